//! The edge bench: every contestant answers the same load, one after the other, in as many rounds as are asked for.
//! Interleaved, so that a machine that grows slower or faster does so for all.

use serde::Serialize;

use crate::contestants::{Contestant, Ground, check, start_all};
use crate::load::{self, Measured, Plan};
use crate::postbacks::Pool;
use crate::stats::{median, rounded};
use crate::{Length, progress, upstream};

/// Keep-alive connections of the load.
const CONNECTIONS: usize = 64;

/// The figures of one contestant: medians over the rounds.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Figures {
    pub(crate) id: String,
    pub(crate) name: String,
    /// CPU microseconds per request on the gate's core, all processes that belong to the contestant.
    pub(crate) cpu_micros: f64,
    /// Of these, in the proxy itself.
    pub(crate) proxy_cpu_micros: f64,
    /// And in the service it asks, where there is one.
    pub(crate) service_cpu_micros: Option<f64>,
    pub(crate) ratio_to_bare: f64,
    pub(crate) per_second: f64,
    /// Share of its core the contestant used. Well below 1, and the load was what bounded the rate.
    pub(crate) core_used: f64,
    pub(crate) p50_millis: f64,
    pub(crate) p99_millis: f64,
    /// CPU microseconds per request of each round.
    pub(crate) rounds: Vec<f64>,
}

/// A contestant that could not run here, and why.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Absent {
    pub(crate) name: String,
    pub(crate) reason: String,
}

/// What the edge bench says.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Edge {
    pub(crate) connections: usize,
    pub(crate) contestants: Vec<Figures>,
    pub(crate) left_out: Vec<Absent>,
}

/// Starts all contestants, makes each show that it does its work, and times them.
pub(crate) fn run(ground: &Ground<'_>, length: Length) -> Result<Edge, String> {
    let (contestants, left_out) = start_all(ground)?;
    for contestant in &contestants {
        check(contestant)?;
    }
    let mut measured: Vec<Vec<Measured>> = contestants.iter().map(|_| Vec::new()).collect();
    for round in 1..=length.rounds {
        for (contestant, rounds) in contestants.iter().zip(&mut measured) {
            progress(&format!(
                "round {round} of {}: {}",
                length.rounds, contestant.name
            ));
            rounds.push(time(contestant, length)?);
        }
    }
    Ok(Edge {
        connections: CONNECTIONS,
        contestants: figures(&contestants, &measured),
        left_out: left_out
            .into_iter()
            .map(|absent| Absent {
                name: absent.name.to_owned(),
                reason: absent.reason,
            })
            .collect(),
    })
}

fn time(contestant: &Contestant, length: Length) -> Result<Measured, String> {
    let plan = Plan {
        target: contestant.address,
        connections: CONNECTIONS,
        warm_up: length.warm_up(),
        window: length.window,
        marker: upstream::MARKER,
        cores: crate::cores::LOAD_CORE,
    };
    let pool = Pool::new(crate::postbacks::PARTNER, contestant.signature);
    let with_name = |error| format!("{}: {error}", contestant.name);
    let measured =
        load::run(&plan, Box::new(pool), &|| contestant.cpu_time()).map_err(with_name)?;
    measured.check(200, None).map_err(with_name)?;
    Ok(measured)
}

fn figures(contestants: &[Contestant], measured: &[Vec<Measured>]) -> Vec<Figures> {
    let total = |one: &Measured| one.cpu_micros().iter().sum::<f64>();
    let bare = measured
        .first()
        .map_or(0.0, |rounds| median(rounds.iter().map(total)));
    contestants
        .iter()
        .zip(measured)
        .map(|(contestant, rounds)| {
            let of = |server: usize| median(rounds.iter().map(|one| one.cpu_micros()[server]));
            let cpu = median(rounds.iter().map(total));
            Figures {
                id: contestant.id.to_owned(),
                name: contestant.name.to_owned(),
                cpu_micros: rounded(cpu, 1),
                proxy_cpu_micros: rounded(of(0), 1),
                service_cpu_micros: (contestant.servers.len() > 1).then(|| rounded(of(1), 1)),
                ratio_to_bare: rounded(cpu / bare, 2),
                per_second: rounded(median(rounds.iter().map(Measured::per_second)), 0),
                core_used: rounded(median(rounds.iter().map(Measured::core_used)), 2),
                p50_millis: rounded(median(rounds.iter().map(|one| one.latency_millis(0.50))), 2),
                p99_millis: rounded(median(rounds.iter().map(|one| one.latency_millis(0.99))), 2),
                rounds: rounds.iter().map(|one| rounded(total(one), 1)).collect(),
            }
        })
        .collect()
}
