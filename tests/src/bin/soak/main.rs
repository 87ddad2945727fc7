//! `make soak`: the real Envoy, filter and backend under a mix of good, forged, forbidden and broken
//! requests, for minutes. The memory of each is sampled, drawn and judged: it must stay flat.
//!
//! `main` → [`traffic`] against a gate, [`sample`] beside it → [`slope`] (the verdict) → [`report`],
//! [`plot`]. Ends with 1 when a verdict is bad, or when a good postback was not recorded.

mod plot;
mod report;
mod sample;
mod slope;
mod traffic;

use postern_tests::gate::Gate;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::report::Soak;
use crate::sample::Sample;
use crate::traffic::{SHARE_QUIET, Traffic};

/// How long it runs unless `SOAK_SECONDS` says otherwise.
const SECONDS: u64 = 600;
/// Below this there are too few samples for a slope; above it, too few clicks for each to be new.
const ALLOWED_SECONDS: RangeInclusive<u64> = 60..=3_600;
const SAMPLE_EVERY: Duration = Duration::from_secs(2);
/// How often the partners are applied anew: each time the filter gets a new configuration.
const APPLY_EVERY: Duration = Duration::from_secs(30);

#[tokio::main]
async fn main() -> ExitCode {
    let (seconds, out) = match settings() {
        Ok(settings) => settings,
        Err(mistake) => {
            eprintln!("{mistake}");
            return ExitCode::FAILURE;
        }
    };
    let soak = run(Duration::from_secs(seconds)).await;
    println!("{}", soak.markdown());
    if let Err(error) = soak.write(&out) {
        eprintln!("{}: {error}", out.display());
        return ExitCode::FAILURE;
    }
    if soak.holds() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Seconds to run and the folder for the results (`SOAK_OUT`, else `docs/`).
fn settings() -> Result<(u64, PathBuf), String> {
    let seconds = match std::env::var("SOAK_SECONDS") {
        Err(_) => SECONDS,
        Ok(text) => text
            .parse()
            .ok()
            .filter(|seconds| ALLOWED_SECONDS.contains(seconds))
            .ok_or_else(|| {
                let (least, most) = (ALLOWED_SECONDS.start(), ALLOWED_SECONDS.end());
                format!("SOAK_SECONDS is `{text}`; give a whole number from {least} to {most}")
            })?,
    };
    let docs = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs");
    let out = std::env::var_os("SOAK_OUT").unwrap_or_else(|| docs.into());
    Ok((seconds, PathBuf::from(out)))
}

async fn run(length: Duration) -> Soak {
    let load_before = report::load_average();
    let gate = traffic::gate().await;
    let mut traffic = Traffic::start(&gate);
    let mut samples = Vec::new();
    let start = Instant::now();
    let mut next = interval(SAMPLE_EVERY);
    next.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut applied = 0;
    while start.elapsed() < length {
        next.tick().await;
        samples.push(Sample::take(&gate, start.elapsed()));
        if start.elapsed() > APPLY_EVERY * (applied + 1) {
            applied += 1;
            gate.applies(&traffic::partners(applied)).await;
        }
        if start.elapsed() > length.mul_f64(SHARE_QUIET) {
            traffic.attack();
        }
    }
    let seen = traffic.stop().await;
    let recorded = recorded(&gate).await;
    Soak {
        length,
        samples,
        seen,
        applied,
        recorded,
        load: [load_before, report::load_average()],
    }
}

/// Requests that went on to the backend, and deliveries in its store.
async fn recorded(gate: &Gate) -> (u64, u64) {
    let asked = gate.envoy_counts("cluster.backend.upstream_rq_total");
    (asked, gate.ledger().await.deliveries().await)
}
