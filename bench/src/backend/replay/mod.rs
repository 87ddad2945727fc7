//! The limit: what the product has written, written once more with nothing around it. The product books deliveries,
//! their rows are read back, and then the same rows go into a fresh copy of the same store by the same kind of
//! statements: no HTTP, no reading of requests, no deciding, everything made ready before the clock runs.

mod postgres;
mod rows;
mod sqlite;

use std::path::Path;
use std::time::{Duration, Instant};

use postern::store::Store;

use super::Round;
use super::bare_store::check;
use super::deliveries::{agreement, handed_in};
use super::engine::Engine;
use super::stage::{Stage, Template};
use crate::cores::{BOTH_CORES, stay_on};
use crate::process::own_cpu_time;
use crate::stats::percentile;
use crate::{Length, sql};
use rows::Recorded;

/// Deliveries in one transaction, enough to share a sync.
pub(crate) const BATCH: usize = 256;

/// Deliveries written bare for each second of a window.
const A_SECOND: usize = 20_000;

/// How the rows go in.
#[derive(Clone, Copy)]
pub(super) enum Manner {
    /// The product's statements in batches of [`BATCH`], on so many connections.
    Statements { connections: usize },
    /// `COPY`, all in one transaction: nothing is looked up and nothing shares a sync with others.
    Copy,
}

/// Rows to write again, and as many deliveries as they are of.
pub(super) struct Replay {
    recorded: Recorded,
    copies: Vec<postgres::Copied>,
}

impl Replay {
    /// How many deliveries are written bare: about as many seconds' worth as are measured otherwise.
    pub(super) fn count(length: Length) -> usize {
        let seconds = usize::try_from(length.window.as_secs()).unwrap_or(1);
        (seconds * A_SECOND).next_multiple_of(BATCH)
    }

    /// Books `deliveries` by the product into a copy of the template, and reads their rows.
    pub(super) fn record(
        template: &Template<'_>,
        folder: &Path,
        deliveries: usize,
    ) -> Result<Self, String> {
        let stage = template.copy(folder)?;
        crate::progress(&format!(
            "booking {deliveries} deliveries on {} to write their rows again",
            stage.engine.name()
        ));
        sql::wait(book(&stage, deliveries))?;
        let url = stage.url.clone();
        let read: Result<_, String> = sql::wait(async move {
            match stage.engine {
                Engine::Sqlite => sqlite::read(&url).await.map(|rows| (rows, Vec::new())),
                Engine::Postgres => postgres::read(&url).await,
            }
        });
        let (recorded, copies): (Recorded, _) = read?;
        Ok(Self { recorded, copies })
    }

    /// Writes them into this fresh copy.
    pub(super) fn time(&self, stage: &Stage<'_>, manner: Manner) -> Result<Round, String> {
        stay_on(BOTH_CORES).map_err(|error| error.to_string())?;
        let used = || -> Result<Duration, String> {
            let server = stage.cluster.map(|it| it.cpu_time()).transpose();
            let server = server
                .map_err(|error| error.to_string())?
                .unwrap_or_default();
            own_cpu_time()
                .map(|own| own + server)
                .map_err(|error| error.to_string())
        };
        let before = used()?;
        let done = sql::wait(self.write(stage, manner))?;
        let booked = self.recorded.deliveries as f64;
        let mut took = done.batches;
        took.sort_unstable();
        let millis =
            |share| (!took.is_empty()).then(|| percentile(&took, share).as_secs_f64() * 1e3);
        Ok(Round {
            per_second: booked / done.span.as_secs_f64(),
            p50_millis: millis(0.50),
            p99_millis: millis(0.99),
            cpu_micros: (used()? - before).as_secs_f64() * 1e6 / booked,
        })
    }

    async fn write(&self, stage: &Stage<'_>, manner: Manner) -> Result<Done, sqlx::Error> {
        match (stage.engine, manner) {
            (Engine::Sqlite, _) => sqlite::write(&stage.url, &self.recorded).await,
            (Engine::Postgres, Manner::Statements { connections }) => {
                postgres::write(&stage.url, &self.recorded, connections).await
            }
            (Engine::Postgres, Manner::Copy) => postgres::copy(&stage.url, &self.copies).await,
        }
    }
}

/// How long it took, and each batch.
struct Done {
    span: Duration,
    batches: Vec<Duration>,
}

async fn book(stage: &Stage<'_>, count: usize) -> Result<(), String> {
    let words = |error: &dyn std::fmt::Display| error.to_string();
    let agreement = agreement(&stage.folder)?;
    let store = Store::open(&stage.url)
        .await
        .map_err(|error| words(&error))?;
    for first in (0..count).step_by(BATCH) {
        let batch: Result<Vec<_>, _> = (first..first + BATCH)
            .map(|number| handed_in(number, &agreement))
            .collect();
        let entries = store.book(&batch?).await.map_err(|error| words(&error))?;
        check(&entries)?;
    }
    store.close().await;
    Ok(())
}

fn since(start: Instant) -> Duration {
    start.elapsed()
}
