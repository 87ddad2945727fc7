//! The backend bench: how many deliveries a second become durable. The server has core 0, the load core 1; SQLite
//! syncs each transaction to disk. Beside it, the same with one transaction for each delivery, and the store alone
//! without HTTP before it.

mod bare_store;
mod deliveries;
mod server;

use std::path::Path;

use serde::{Deserialize, Serialize};

pub(crate) use bare_store::serve as run_bare_store;

use crate::load::Measured;
use crate::stats::{median, rounded};
use crate::{Length, progress};
use server::Template;

/// The figures of one way to record deliveries: medians over the rounds.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Recording {
    pub(crate) id: String,
    pub(crate) name: String,
    /// How many deliveries are on their way at once.
    pub(crate) in_flight: usize,
    pub(crate) per_second: f64,
    pub(crate) p50_millis: f64,
    pub(crate) p99_millis: f64,
    /// CPU microseconds per delivery, all threads of the process.
    pub(crate) cpu_micros: f64,
    /// How often the rate of one transaction per delivery, same number in flight; none for that one itself.
    pub(crate) of_single: Option<f64>,
}

/// One way to record deliveries.
struct Case {
    id: &'static str,
    name: &'static str,
    in_flight: usize,
    way: Way,
}

enum Way {
    /// Through HTTP; as many deliveries in one transaction as the backend's own setting allows, or this many.
    Http { batch: Option<u32> },
    /// Booked by the store within its own process.
    Store,
}

/// The case all others are compared with, for each number in flight.
const SINGLE: &str = "single";

const CASES: [Case; 5] = [
    Case {
        id: "http",
        name: "HTTP, grouped commits",
        in_flight: 64,
        way: Way::Http { batch: None },
    },
    Case {
        id: "http",
        name: "HTTP, grouped commits",
        in_flight: 256,
        way: Way::Http { batch: None },
    },
    Case {
        id: SINGLE,
        name: "HTTP, a commit per delivery",
        in_flight: 64,
        way: Way::Http { batch: Some(1) },
    },
    Case {
        id: SINGLE,
        name: "HTTP, a commit per delivery",
        in_flight: 256,
        way: Way::Http { batch: Some(1) },
    },
    Case {
        id: "store",
        name: "the store alone, without HTTP",
        in_flight: 256,
        way: Way::Store,
    },
];

/// What one round of one case says.
#[derive(Serialize, Deserialize)]
pub(crate) struct Round {
    per_second: f64,
    p50_millis: f64,
    p99_millis: f64,
    cpu_micros: f64,
}

/// Records the same deliveries in each way, interleaved. Each run starts from a copy of one store with all clicks.
pub(crate) fn run(folder: &Path, length: Length) -> Result<Vec<Recording>, String> {
    let template = Template::make(&folder.join("store"), length)?;
    let mut rounds: Vec<Vec<Round>> = CASES.iter().map(|_| Vec::new()).collect();
    for round in 1..=length.rounds {
        for (case, done) in CASES.iter().zip(&mut rounds) {
            progress(&format!(
                "round {round} of {}: {}, {} in flight",
                length.rounds, case.name, case.in_flight
            ));
            let copy = template.copy(&folder.join("run"))?;
            let result = match case.way {
                Way::Http { batch } => server::time(&copy, batch, case.in_flight, length),
                Way::Store => bare_store::time(&copy, case.in_flight, length),
            };
            done.push(result.map_err(|error| format!("{}: {error}", case.name))?);
        }
    }
    Ok(figures(&rounds))
}

impl From<&Measured> for Round {
    fn from(measured: &Measured) -> Self {
        Self {
            per_second: measured.per_second(),
            p50_millis: measured.latency_millis(0.50),
            p99_millis: measured.latency_millis(0.99),
            cpu_micros: measured.cpu_micros().iter().sum(),
        }
    }
}

fn figures(rounds: &[Vec<Round>]) -> Vec<Recording> {
    let rate = |done: &[Round]| median(done.iter().map(|round| round.per_second));
    let single = |in_flight: usize| {
        let same = |case: &Case| case.id == SINGLE && case.in_flight == in_flight;
        CASES.iter().position(same).map(|at| rate(&rounds[at]))
    };
    CASES
        .iter()
        .zip(rounds)
        .map(|(case, done)| Recording {
            id: case.id.to_owned(),
            name: case.name.to_owned(),
            in_flight: case.in_flight,
            per_second: rounded(rate(done), 0),
            p50_millis: rounded(median(done.iter().map(|round| round.p50_millis)), 2),
            p99_millis: rounded(median(done.iter().map(|round| round.p99_millis)), 2),
            cpu_micros: rounded(median(done.iter().map(|round| round.cpu_micros)), 1),
            of_single: single(case.in_flight)
                .filter(|_| case.id != SINGLE)
                .map(|one| rounded(rate(done) / one, 1)),
        })
        .collect()
}
