//! The ceiling: deliveries booked by the store with no HTTP and no queue before it, as many per transaction as are in
//! flight elsewhere. Reading each delivery belongs to it. Runs as a process of its own on the gate's core.

use std::path::Path;
use std::time::{Duration, Instant};

use postern::delivery::Delivery;
use postern::ledger::Entry;
use postern::store::Store;
use postern_protocol::answer::Verdict;

use super::Round;
use super::deliveries::handed_in;
use crate::Length;
use crate::cores::{GATE_CORE, command_on, stay_on};
use crate::process::own_cpu_time;
use crate::stats::percentile;

/// Runs [`serve`] as a child on the gate's core and reads what it measured.
pub(super) fn time(folder: &Path, in_flight: usize, length: Length) -> Result<Round, String> {
    let program = std::env::current_exe()
        .map_err(|error| format!("The bench does not find itself: {error}"))?;
    let mut command = command_on(GATE_CORE, &program);
    command.arg("store").arg(folder.join("postern.db"));
    command
        .arg(in_flight.to_string())
        .arg(length.window.as_secs().to_string());
    let output = command.output().map_err(|error| error.to_string())?;
    serde_json::from_slice(&output.stdout)
        .map_err(|_| String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Books for one window and prints the figures as JSON.
pub(crate) fn serve(database: &Path, in_flight: usize, length: Length) -> Result<(), String> {
    stay_on(GATE_CORE).map_err(|error| error.to_string())?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let round = runtime.block_on(async {
        let url = url(database);
        let store = Store::open(&url).await.map_err(|error| error.to_string())?;
        let mut next = 0;
        book(&store, &mut next, in_flight, length.warm_up()).await?;
        let round = book(&store, &mut next, in_flight, length.window).await?;
        store.close().await;
        Ok::<_, String>(round)
    })?;
    println!(
        "{}",
        serde_json::to_string(&round).map_err(|error| error.to_string())?
    );
    Ok(())
}

/// A URL as it is, a path as that of a SQLite file.
fn url(database: &Path) -> String {
    let text = database.display().to_string();
    if text.contains("://") {
        text
    } else {
        format!("sqlite://{text}")
    }
}

/// Books batch after batch. While one is synced the next is made ready, as the writer does.
async fn book(
    store: &Store,
    next: &mut usize,
    in_flight: usize,
    span: Duration,
) -> Result<Round, String> {
    let mut batch = || {
        let numbers = *next..*next + in_flight;
        *next = numbers.end;
        numbers.map(handed_in).collect::<Result<Vec<Delivery>, _>>()
    };
    let cpu_before = own_cpu_time().map_err(|error| error.to_string())?;
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
    let cpu = own_cpu_time().map_err(|error| error.to_string())? - cpu_before;
    Ok(round(took, in_flight, start.elapsed(), cpu))
}

fn check(entries: &[Entry]) -> Result<(), String> {
    let other = entries
        .iter()
        .find(|entry| entry.verdict != Verdict::Accepted);
    other.map_or(Ok(()), |entry| {
        Err(format!(
            "The run is invalid: a delivery was {:?}.",
            entry.verdict
        ))
    })
}

fn round(mut took: Vec<Duration>, in_flight: usize, span: Duration, cpu: Duration) -> Round {
    let booked = (took.len() * in_flight) as f64;
    took.sort_unstable();
    let millis = |share| percentile(&took, share).as_secs_f64() * 1e3;
    Round {
        per_second: booked / span.as_secs_f64(),
        p50_millis: millis(0.50),
        p99_millis: millis(0.99),
        cpu_micros: cpu.as_secs_f64() * 1e6 / booked,
    }
}
