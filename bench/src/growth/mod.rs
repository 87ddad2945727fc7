//! The growth bench: does the backend slow down as its store fills? The same load through HTTP at 0, 1, 10 … million
//! stored conversions. What is stored has the shape of what the product writes, as it is made from a row that it wrote.

mod fill;
mod report;
mod statements;

use std::path::Path;

use serde::Serialize;

use crate::backend::cluster::Cluster;
use crate::backend::deliveries::MOST_CLICKS;
use crate::backend::engine::Engine;
use crate::backend::server::{Sending, serve};
use crate::backend::stage::Stage;
use crate::disk;
use crate::machine::Machine;
use crate::stats::{median, rounded};
use crate::{Length, progress};
use fill::Fill;

pub(crate) use report::{print, write};

/// Deliveries on their way at once.
const IN_FLIGHT: usize = 64;
/// More deliveries a second than these cores can take: the clicks last for every run.
const MOST_PER_SECOND: usize = 50_000;
const MILLION: usize = 1_000_000;
/// Room a stored conversion takes, with its delivery, indexes and log; as measured, and a little more.
const BYTES_EACH: u64 = 2_400;
/// And without the delivery.
const BYTES_EACH_WITHOUT_REQUEST: u64 = 1_700;
/// The database on the bench's PostgreSQL.
const DATABASE: &str = "bench_growth";

/// What is asked for.
pub(crate) struct Growth {
    /// Millions of stored conversions, ascending.
    pub(crate) millions: Vec<usize>,
    pub(crate) engines: Vec<Engine>,
    /// Millions of the newest conversions whose deliveries are stored as well; those of older ones count as removed.
    pub(crate) requests: usize,
}

/// The figures at one size: medians over the rounds.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Size {
    pub(crate) engine: Engine,
    pub(crate) millions: usize,
    pub(crate) per_second: f64,
    pub(crate) p50_millis: f64,
    pub(crate) p99_millis: f64,
    pub(crate) cpu_micros: f64,
    /// Of the rate with nothing stored.
    pub(crate) of_empty: f64,
    /// What the store takes on disk.
    pub(crate) gigabytes: f64,
}

/// Everything a run says.
#[derive(Serialize)]
pub(crate) struct Grown {
    pub(crate) machine: Machine,
    pub(crate) rounds: u32,
    pub(crate) seconds: u64,
    pub(crate) sizes: Vec<Size>,
}

impl Growth {
    /// What has to be so before hours are spent.
    pub(crate) fn check(&self, folder: &Path) -> Result<(), String> {
        let most = self.millions.iter().max().copied().unwrap_or(0);
        if !self.millions.is_sorted() {
            return Err(
                "Name the millions from small to large, as in --millions 0,1,10.".to_owned(),
            );
        }
        if most * MILLION > MOST_CLICKS {
            let most = MOST_CLICKS / MILLION;
            return Err(format!(
                "At most {most} million can be stored: more clicks have no name."
            ));
        }
        let with_requests = most.min(self.requests) as u64;
        let without = most as u64 - with_requests;
        let needed = with_requests * BYTES_EACH + without * BYTES_EACH_WITHOUT_REQUEST;
        disk::check_free(folder, needed * MILLION as u64)
    }
}

/// Fills and measures, engine after engine; each engine's store is gone before the next one is made. Hands each
/// size's figures to `keep` as soon as they are there.
pub(crate) fn run(
    folder: &Path,
    growth: &Growth,
    length: Length,
    mut keep: impl FnMut(Size) -> Result<(), String>,
) -> Result<(), String> {
    for engine in &growth.engines {
        let store = folder.join(engine.name());
        let cluster = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(Cluster::start()?),
        };
        let stage = Stage::make(&store, cluster.as_ref(), DATABASE)?;
        measure_all(&stage, growth, length, &mut keep)?;
        std::fs::remove_dir_all(&store).map_err(|error| format!("{}: {error}", store.display()))?;
    }
    Ok(())
}

fn measure_all(
    stage: &Stage<'_>,
    growth: &Growth,
    length: Length,
    keep: &mut impl FnMut(Size) -> Result<(), String>,
) -> Result<(), String> {
    let seconds = (length.warm_up() + length.window).as_secs() + 1;
    let clicks_each = usize::try_from(seconds).unwrap_or(1) * MOST_PER_SECOND;
    let rounds = length.rounds as usize;
    let mut fill = Fill::begin(stage, growth)?;
    let mut empty = None;
    for (turn, millions) in growth.millions.iter().enumerate() {
        fill.up_to(millions * MILLION)?;
        let first = turn * rounds * clicks_each;
        stage.import_clicks(first, rounds * clicks_each)?;
        fill.settle()?;
        let mut size = measure(stage, *millions, first, clicks_each, length)?;
        size.of_empty = rounded(size.per_second / *empty.get_or_insert(size.per_second), 2);
        progress(&format!(
            "{} at {millions} million: {:.0} a second, p99 {} ms, {} of empty, {} GB",
            stage.engine.name(),
            size.per_second,
            size.p99_millis,
            size.of_empty,
            size.gigabytes
        ));
        keep(size)?;
    }
    Ok(())
}

fn measure(
    stage: &Stage<'_>,
    millions: usize,
    first: usize,
    clicks_each: usize,
    length: Length,
) -> Result<Size, String> {
    let mut measured = Vec::new();
    for round in 0..length.rounds {
        progress(&format!(
            "{} at {millions} million: round {} of {}",
            stage.engine.name(),
            round + 1,
            length.rounds
        ));
        let sending = Sending {
            in_flight: IN_FLIGHT,
            batch: None,
            first: first + round as usize * clicks_each,
        };
        measured.push(serve(stage, &sending, length)?);
    }
    let middle = |of: &dyn Fn(&crate::load::Measured) -> f64| median(measured.iter().map(of));
    Ok(Size {
        engine: stage.engine,
        millions,
        per_second: rounded(middle(&|it| it.per_second()), 0),
        p50_millis: rounded(middle(&|it| it.latency_millis(0.50)), 2),
        p99_millis: rounded(middle(&|it| it.latency_millis(0.99)), 2),
        cpu_micros: rounded(middle(&|it| it.cpu_micros().iter().sum()), 1),
        of_empty: 1.0,
        gigabytes: rounded(disk::used(&stage.home())? as f64 / 1e9, 1),
    })
}
