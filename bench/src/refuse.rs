//! What refusing costs. An attacker chooses how often we refuse, so it must be cheap; and a refusal must not cost the
//! connection, or a throttled partner would pay a new handshake for each request.

use std::path::Path;

use serde::Serialize;

use crate::Length;
use crate::contestants::{GateSetting, Ground, start_gate};
use crate::load::{self, Measured, Plan};
use crate::postbacks::{PARTNER, Pool, Signature};
use crate::progress;
use crate::stats::{median, rounded};

const CONNECTIONS: usize = 64;

/// The figures of one kind of refusal: medians over the rounds.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Refusal {
    pub(crate) name: String,
    pub(crate) status: u16,
    pub(crate) per_second: f64,
    pub(crate) cpu_micros: f64,
    pub(crate) p99_millis: f64,
    /// Connections the load had to open again, all rounds together. None while keep-alive holds.
    pub(crate) reconnects: u64,
    /// Requests in all rounds together.
    pub(crate) requests: u64,
}

/// One kind of refusal: who asks what, and what has to come.
struct Case {
    name: &'static str,
    partner: &'static str,
    signature: Signature,
    setting: GateSetting,
    status: u16,
    /// A status that may come as well, and how often a second.
    also: Option<(u16, u64)>,
}

/// Allowed from another address only.
pub(crate) const ELSEWHERE: &str = "elsewhere";
/// A partner with a rate that any load is over.
pub(crate) const SLOW: &str = "slow";
/// Its rate and its burst.
pub(crate) const SLOW_PER_SECOND: u32 = 5;
/// How often an address may fail in [`GateSetting::Strict`], before it is refused unheard.
pub(crate) const FAILURES_PER_MINUTE: u32 = 60;

const CASES: [Case; 4] = [
    Case {
        name: "wrong address",
        partner: ELSEWHERE,
        signature: Signature::Header,
        setting: GateSetting::Patient,
        status: 403,
        also: None,
    },
    Case {
        name: "wrong sign",
        partner: PARTNER,
        signature: Signature::Forged,
        setting: GateSetting::Patient,
        status: 401,
        also: None,
    },
    Case {
        name: "over its rate",
        partner: SLOW,
        signature: Signature::Header,
        setting: GateSetting::Patient,
        status: 429,
        also: Some((200, SLOW_PER_SECOND as u64)),
    },
    Case {
        name: "failed too often",
        partner: PARTNER,
        signature: Signature::Forged,
        setting: GateSetting::Strict,
        status: 429,
        also: Some((401, FAILURES_PER_MINUTE.div_ceil(60) as u64)),
    },
];

/// Refuses the same load in four ways, interleaved.
pub(crate) fn run(ground: &Ground<'_>, length: Length) -> Result<Vec<Refusal>, String> {
    let mut measured: Vec<Vec<Measured>> = CASES.iter().map(|_| Vec::new()).collect();
    for round in 1..=length.rounds {
        for (case, rounds) in CASES.iter().zip(&mut measured) {
            progress(&format!(
                "round {round} of {}: refusing, {}",
                length.rounds, case.name
            ));
            let folder = ground
                .folder
                .join(format!("refuse-{round}-{}", case.name.replace(' ', "-")));
            rounds.push(time(ground, &folder, case, length)?);
        }
    }
    Ok(CASES
        .iter()
        .zip(&measured)
        .map(|(case, rounds)| figures(case, rounds))
        .collect())
}

/// A gate of its own for each run: its buckets are full at the start.
fn time(
    ground: &Ground<'_>,
    folder: &Path,
    case: &Case,
    length: Length,
) -> Result<Measured, String> {
    let (server, target) = start_gate(ground, folder, case.setting)?;
    let plan = Plan {
        target,
        connections: CONNECTIONS,
        warm_up: length.warm_up(),
        window: length.window,
        marker: b"",
        cores: crate::cores::LOAD_CORE,
    };
    let pool = Pool::new(case.partner, case.signature);
    let with_name = |error| format!("refusing, {}: {error}", case.name);
    let measured =
        load::run(&plan, Box::new(pool), &|| Ok(vec![server.cpu_time()?])).map_err(with_name)?;
    let seconds = length.window.as_secs() + 1;
    let also = case
        .also
        .map(|(status, per_second)| (status, per_second * seconds));
    measured.check(case.status, also).map_err(with_name)?;
    Ok(measured)
}

fn figures(case: &Case, rounds: &[Measured]) -> Refusal {
    let cpu = |one: &Measured| one.cpu_micros().iter().sum::<f64>();
    Refusal {
        name: case.name.to_owned(),
        status: case.status,
        per_second: rounded(median(rounds.iter().map(Measured::per_second)), 0),
        cpu_micros: rounded(median(rounds.iter().map(cpu)), 1),
        p99_millis: rounded(median(rounds.iter().map(|one| one.latency_millis(0.99))), 2),
        reconnects: rounds.iter().map(|one| one.reconnects).sum(),
        requests: rounds.iter().map(Measured::requests).sum(),
    }
}
