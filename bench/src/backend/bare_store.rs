//! The ceiling: deliveries booked by the store with no HTTP and no queue before it, as many per transaction as are in
//! flight elsewhere. Reading each delivery belongs to it. Runs as a process of its own on the gate's core.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use postern::delivery::{Arrival, Delivery};
use postern::store::Store;
use postern_protocol::answer::Verdict;
use postern_protocol::id::{KeyId, PartnerId};
use postern_protocol::money::AmountUnit;
use postern_protocol::proof::Proof;
use postern_protocol::request::{Encoding, Method};
use postern_protocol::sign::Form;
use postern_protocol::time::UnixSeconds;
use uuid::Uuid;

use super::Round;
use crate::Length;
use crate::cores::{GATE_CORE, command_on, stay_on};
use crate::postbacks::{PARTNER, Signature, body};
use crate::process::own_cpu_time;
use crate::stats::percentile;

/// When the deliveries are said to have come; any time will do.
const RECEIVED_AT: UnixSeconds = UnixSeconds(1_717_000_000);

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
        let url = format!("sqlite://{}", database.display());
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

async fn book(
    store: &Store,
    next: &mut usize,
    in_flight: usize,
    span: Duration,
) -> Result<Round, String> {
    let cpu_before = own_cpu_time().map_err(|error| error.to_string())?;
    let start = Instant::now();
    let mut took = Vec::new();
    while start.elapsed() < span {
        let batch_start = Instant::now();
        let deliveries: Vec<Delivery> = (*next..*next + in_flight)
            .map(delivery)
            .collect::<Result<_, _>>()?;
        *next += in_flight;
        let entries = store
            .book(&deliveries)
            .await
            .map_err(|error| error.to_string())?;
        if let Some(other) = entries
            .iter()
            .find(|entry| entry.verdict != Verdict::Accepted)
        {
            return Err(format!(
                "The run is invalid: a delivery was {:?}.",
                other.verdict
            ));
        }
        took.push(batch_start.elapsed());
    }
    let span = start.elapsed().as_secs_f64();
    let cpu = own_cpu_time().map_err(|error| error.to_string())? - cpu_before;
    let booked = (took.len() * in_flight) as f64;
    took.sort_unstable();
    let millis = |share| percentile(&took, share).as_secs_f64() * 1e3;
    Ok(Round {
        per_second: booked / span,
        p50_millis: millis(0.50),
        p99_millis: millis(0.99),
        cpu_micros: cpu.as_secs_f64() * 1e6 / booked,
    })
}

fn delivery(number: usize) -> Result<Delivery, String> {
    let id = |error: postern_protocol::id::IdError| error.to_string();
    let (body, sign) = body(Signature::Header, number);
    let arrival = Arrival {
        proof: Proof {
            partner: PartnerId::parse(PARTNER).map_err(id)?,
            key: KeyId::parse("k1").map_err(id)?,
            form: Form::Raw,
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        },
        request_id: "00000000-0000-4000-8000-000000000000".to_owned(),
        method: Method::Post,
        encoding: Encoding::Json,
        content_type: Some("application/json".to_owned()),
        sign_header: sign.map(Bytes::from),
        query: String::new(),
        body: Bytes::from(body),
    };
    arrival
        .read(Uuid::now_v7(), RECEIVED_AT, AmountUnit::Major)
        .map_err(|error| format!("{error:?}"))
}
