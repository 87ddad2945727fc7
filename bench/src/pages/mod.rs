//! `make bench-pages`: how long each page of the console takes where 100,000 deliveries are kept.
//!
//! [`story`] tells what partners sent in a month, [`fill`] has the product book it, [`console`] logs in at the real
//! `postern` as a person and asks every page of [`cases`] round after round, [`report`] writes `docs/bench-pages.md`.

mod cases;
mod chance;
mod clicks;
mod console;
mod fill;
mod partners;
mod report;
mod story;

use std::path::Path;
use std::time::Duration;

use postern::clock::Clock;
use postern_protocol::time::UnixSeconds;
use serde::Serialize;

use crate::backend::cluster::Cluster;
use crate::backend::engine::Engine;
use crate::machine::Machine;
use crate::stats::{median, rounded};
use crate::{progress, sql};
use cases::Case;
use console::Console;
use fill::Place;

pub(crate) use report::write;

/// What is asked for.
pub(crate) struct Asked {
    pub(crate) engines: Vec<Engine>,
    /// Deliveries that are kept.
    pub(crate) deliveries: usize,
    /// How often each page is asked.
    pub(crate) rounds: u32,
}

/// How long one page took.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Took {
    pub(crate) area: &'static str,
    pub(crate) what: &'static str,
    pub(crate) first_millis: f64,
    pub(crate) median_millis: f64,
    pub(crate) worst_millis: f64,
    pub(crate) kilobytes: f64,
}

/// What a store held, and how long each page took over it.
#[derive(Debug, Serialize)]
pub(crate) struct Pages {
    pub(crate) engine: Engine,
    pub(crate) held: fill::Held,
    pub(crate) took: Vec<Took>,
}

/// Everything a run says.
#[derive(Serialize)]
pub(crate) struct Report {
    pub(crate) machine: Machine,
    pub(crate) rounds: u32,
    pub(crate) stores: Vec<Pages>,
}

/// Fills and asks, store after store.
pub(crate) fn run(folder: &Path, asked: &Asked) -> Result<Vec<Pages>, String> {
    let mut all = Vec::new();
    for engine in &asked.engines {
        let cluster = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(Cluster::start()?),
        };
        let place = Place::make(&folder.join(engine.name()), cluster.as_ref())?;
        let story = story::told(asked.deliveries, Clock::system().unix_seconds());
        let held = place.fill(&story)?;
        let took = sql::wait(ask_all(&place, story.now, asked.rounds.max(1)))?;
        all.push(Pages {
            engine: *engine,
            held,
            took,
        });
    }
    Ok(all)
}

/// Each page once in a round, so that whatever a round meets, a disturbance or figures made anew, no page has it alone.
async fn ask_all(place: &Place<'_>, now: UnixSeconds, rounds: u32) -> Result<Vec<Took>, String> {
    let console = Console::open(place).await?;
    let cases = cases::find(&console, now).await?;
    // What was asked to find the cases has warmed the backend up; the first round is for one that was just started.
    let console = console.again(place).await?;
    let mut took: Vec<Vec<Duration>> = cases.iter().map(|_| Vec::new()).collect();
    let mut sizes = vec![0; cases.len()];
    for round in 1..=rounds {
        progress(&format!(
            "asking {} pages: round {round} of {rounds}",
            cases.len()
        ));
        for (place, case) in cases.iter().enumerate() {
            let answer = console.ask(case).await?;
            took[place].push(answer.took);
            sizes[place] = answer.bytes;
        }
    }
    let figures = cases.iter().zip(took).zip(sizes);
    Ok(figures
        .map(|((case, took), bytes)| figure(case, &took, bytes))
        .collect())
}

fn figure(case: &Case, took: &[Duration], bytes: usize) -> Took {
    let millis: Vec<f64> = took.iter().map(|it| it.as_secs_f64() * 1e3).collect();
    Took {
        area: case.area,
        what: case.what,
        first_millis: rounded(millis.first().copied().unwrap_or(0.0), 1),
        median_millis: rounded(median(millis.iter().copied()), 1),
        worst_millis: rounded(millis.iter().copied().fold(0.0, f64::max), 1),
        kilobytes: rounded(bytes as f64 / 1e3, 1),
    }
}
