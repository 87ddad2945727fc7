//! The backend bench: how many deliveries a second become durable, on SQLite and PostgreSQL side by side, each delivery
//! with all that belongs to it: its row, its content, its conversion, the check against the click log, its lines of
//! money. Beside it the same with one transaction for each delivery, the store without HTTP, and the bare statements.

mod bare_store;
mod cases;
pub(crate) mod cluster;
pub(crate) mod deliveries;
pub(crate) mod engine;
mod replay;
pub(crate) mod server;
pub(crate) mod stage;

use std::path::Path;

use serde::{Deserialize, Serialize};

pub(crate) use bare_store::{Booking, serve as run_bare_store};

use crate::load::Measured;
use crate::stats::{median, rounded};
use crate::{Length, progress};
use cases::{BARE, CASES, Case, SINGLE, Way};
use cluster::{Cluster, Setting};
use engine::Engine;
use replay::Replay;
use server::Sending;
use stage::Template;

/// More deliveries a second than these cores can take: the clicks last for every run.
const MOST_PER_SECOND: usize = 50_000;

/// The figures of one way to record deliveries: medians over the rounds.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Recording {
    pub(crate) engine: Engine,
    pub(crate) id: String,
    pub(crate) name: String,
    /// How many deliveries are on their way at once, or in one transaction; none where all are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) in_flight: Option<usize>,
    pub(crate) per_second: f64,
    /// Of a delivery through HTTP, else of a batch.
    pub(crate) p50_millis: Option<f64>,
    pub(crate) p99_millis: Option<f64>,
    /// CPU microseconds per delivery, all threads of the backend, and the database server's.
    pub(crate) cpu_micros: f64,
    /// How often the rate of one transaction per delivery; none for that one itself.
    pub(crate) of_single: Option<f64>,
    /// How much of the rate of the bare statements on one connection; none for those themselves.
    pub(crate) of_bare: Option<f64>,
}

/// What the backend bench says.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Recordings {
    pub(crate) postgres: Vec<Setting>,
    pub(crate) recordings: Vec<Recording>,
}

/// What one round of one case says.
#[derive(Serialize, Deserialize)]
pub(crate) struct Round {
    per_second: f64,
    p50_millis: Option<f64>,
    p99_millis: Option<f64>,
    cpu_micros: f64,
}

/// One engine, made ready.
struct Setup<'a> {
    engine: Engine,
    template: Template<'a>,
    replay: Replay,
}

/// Records the same deliveries in each way, interleaved. Each run starts from a copy of one store with all clicks.
pub(crate) fn run(folder: &Path, length: Length) -> Result<Recordings, String> {
    let cluster = Cluster::start()?;
    let setups: Result<Vec<Setup<'_>>, String> = Engine::ALL
        .into_iter()
        .map(|engine| Setup::make(engine, folder, &cluster, length))
        .collect();
    let setups = setups?;
    let mut rounds: Vec<Vec<Round>> = CASES.iter().map(|_| Vec::new()).collect();
    for round in 1..=length.rounds {
        for (case, done) in CASES.iter().zip(&mut rounds) {
            progress(&format!("round {round} of {}: {case}", length.rounds));
            let result = setups
                .iter()
                .find(|setup| setup.engine == case.engine)
                .ok_or_else(|| "an engine without a store".to_owned())
                .and_then(|setup| setup.time(case, folder, length));
            done.push(result.map_err(|error| format!("{case}: {error}"))?);
        }
    }
    Ok(Recordings {
        postgres: cluster.settings()?,
        recordings: figures(&rounds),
    })
}

impl<'a> Setup<'a> {
    fn make(
        engine: Engine,
        folder: &Path,
        cluster: &'a Cluster,
        length: Length,
    ) -> Result<Self, String> {
        let cluster = (engine == Engine::Postgres).then_some(cluster);
        let seconds = (length.warm_up() + length.window).as_secs() + 1;
        let seconds = usize::try_from(seconds).unwrap_or(1);
        let store = folder.join(format!("store-{}", engine.name()));
        let template = Template::make(&store, cluster, seconds * MOST_PER_SECOND)?;
        let replay = Replay::record(&template, &folder.join("run"), Replay::count(length))?;
        Ok(Self {
            engine,
            template,
            replay,
        })
    }

    fn time(&self, case: &Case, folder: &Path, length: Length) -> Result<Round, String> {
        let stage = self.template.copy(&folder.join("run"))?;
        match case.way {
            Way::Http { in_flight, batch } => {
                let sending = Sending {
                    in_flight,
                    batch,
                    first: 0,
                };
                server::time(&stage, &sending, length)
            }
            Way::Store { batch } => bare_store::time(&stage, batch, length),
            Way::Bare(manner) => self.replay.time(&stage, manner),
        }
    }
}

impl From<&Measured> for Round {
    fn from(measured: &Measured) -> Self {
        Self {
            per_second: measured.per_second(),
            p50_millis: Some(measured.latency_millis(0.50)),
            p99_millis: Some(measured.latency_millis(0.99)),
            cpu_micros: measured.cpu_micros().iter().sum(),
        }
    }
}

fn figures(rounds: &[Vec<Round>]) -> Vec<Recording> {
    let rate = |done: &[Round]| median(done.iter().map(|round| round.per_second));
    let rate_of = |id: &str, engine: Engine| {
        let same = |case: &Case| case.id == id && case.engine == engine;
        CASES.iter().position(same).map(|at| rate(&rounds[at]))
    };
    let times =
        |done: &[Round], of: Option<f64>, digits| of.map(|of| rounded(rate(done) / of, digits));
    let latency = |done: &[Round], of: fn(&Round) -> Option<f64>| {
        let all: Option<Vec<f64>> = done.iter().map(of).collect();
        all.map(|all| rounded(median(all), 2))
    };
    CASES
        .iter()
        .zip(rounds)
        .map(|(case, done)| Recording {
            engine: case.engine,
            id: case.id.to_owned(),
            name: case.name.to_owned(),
            in_flight: case.in_flight(),
            per_second: rounded(rate(done), 0),
            p50_millis: latency(done, |round| round.p50_millis),
            p99_millis: latency(done, |round| round.p99_millis),
            cpu_micros: rounded(median(done.iter().map(|round| round.cpu_micros)), 1),
            of_single: times(done, rate_of(SINGLE, case.engine), 1).filter(|_| case.id != SINGLE),
            of_bare: times(done, rate_of(BARE, case.engine), 2).filter(|_| case.id != BARE),
        })
        .collect()
}
