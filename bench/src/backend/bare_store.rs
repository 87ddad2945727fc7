//! The ceiling: deliveries booked by the store with no HTTP and no queue before it, as many per transaction as are in
//! flight elsewhere. Reading each delivery belongs to it. Runs as a process of its own.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use postern::agreement::Agreement;
use postern::delivery::Delivery;
use postern::ledger::Entry;
use postern::store::Store;
use postern_protocol::answer::Verdict;

use super::Round;
use super::deliveries::{agreement, handed_in};
use super::stage::Stage;
use crate::cores::{BOTH_CORES, command_on};
use crate::process::{family_cpu_time, own_cpu_time};
use crate::stats::percentile;
use crate::{Length, sql};

/// Runs [`serve`] as a child and reads what it measured.
pub(super) fn time(stage: &Stage<'_>, in_flight: usize, length: Length) -> Result<Round, String> {
    let program = std::env::current_exe()
        .map_err(|error| format!("The bench does not find itself: {error}"))?;
    let mut command = command_on(BOTH_CORES, &program);
    command.arg("store").arg(&stage.folder).arg(&stage.url);
    command
        .arg(in_flight.to_string())
        .arg(length.window.as_secs().to_string());
    if let Some(cluster) = stage.cluster {
        let process = cluster.process().map_err(|error| error.to_string())?;
        command.arg(process.to_string());
    }
    let output = command.output().map_err(|error| error.to_string())?;
    serde_json::from_slice(&output.stdout)
        .map_err(|_| String::from_utf8_lossy(&output.stderr).into_owned())
}

/// What [`serve`] is told on its command line.
pub(crate) struct Booking<'a> {
    /// Where the partner was applied.
    pub(crate) folder: &'a Path,
    pub(crate) url: &'a str,
    pub(crate) in_flight: usize,
    /// The database server's first process, if there is one.
    pub(crate) server: Option<u32>,
}

/// Books for one window and prints the figures as JSON.
pub(crate) fn serve(booking: &Booking<'_>, length: Length) -> Result<(), String> {
    let agreement = agreement(booking.folder)?;
    let round = sql::wait(async {
        let store = Store::open(booking.url).await;
        let store = store.map_err(|error| error.to_string())?;
        let mut next = 0;
        book(&store, &agreement, &mut next, booking, length.warm_up()).await?;
        let round = book(&store, &agreement, &mut next, booking, length.window).await?;
        store.close().await;
        Ok::<_, String>(round)
    })?;
    let text = serde_json::to_string(&round).map_err(|error| error.to_string())?;
    println!("{text}");
    Ok(())
}

/// Books batch after batch. While one is synced the next is made ready, as the writer does.
async fn book(
    store: &Store,
    agreement: &Arc<Agreement>,
    next: &mut usize,
    booking: &Booking<'_>,
    span: Duration,
) -> Result<Round, String> {
    let mut batch = || {
        let numbers = *next..*next + booking.in_flight;
        *next = numbers.end;
        let deliveries = numbers.map(|number| handed_in(number, agreement));
        deliveries.collect::<Result<Vec<Delivery>, _>>()
    };
    let cpu_before = cpu(booking.server)?;
    let start = Instant::now();
    let mut took = Vec::new();
    let mut ready = batch()?;
    while start.elapsed() < span {
        let booking_since = Instant::now();
        let (booked, following) = tokio::join!(store.book(&ready), async { batch() });
        check(&booked.map_err(|error| error.to_string())?)?;
        ready = following?;
        took.push(booking_since.elapsed());
    }
    let used = cpu(booking.server)? - cpu_before;
    Ok(round(took, booking.in_flight, start.elapsed(), used))
}

/// What this process has used, and the database server with it.
fn cpu(server: Option<u32>) -> Result<Duration, String> {
    let server = server.map(family_cpu_time).transpose();
    let used = server.and_then(|server| Ok(own_cpu_time()? + server.unwrap_or_default()));
    used.map_err(|error| error.to_string())
}

/// Each was booked, and as accepted.
pub(super) fn check(entries: &[Entry]) -> Result<(), String> {
    let other = entries
        .iter()
        .find(|entry| entry.verdict != Verdict::Accepted);
    other.map_or(Ok(()), |entry| {
        Err(format!(
            "The run is invalid: a delivery was {:?} ({:?}).",
            entry.verdict, entry.flags
        ))
    })
}

fn round(mut took: Vec<Duration>, in_flight: usize, span: Duration, cpu: Duration) -> Round {
    let booked = (took.len() * in_flight) as f64;
    took.sort_unstable();
    let millis = |share| Some(percentile(&took, share).as_secs_f64() * 1e3);
    Round {
        per_second: booked / span.as_secs_f64(),
        p50_millis: millis(0.50),
        p99_millis: millis(0.99),
        cpu_micros: cpu.as_secs_f64() * 1e6 / booked,
    }
}
