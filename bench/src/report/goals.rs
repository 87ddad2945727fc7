//! What the project has set itself to reach, and whether this run did. A figure that missed is said as plainly.

use std::fmt;

use super::Report;
use crate::backend::Recording;
use crate::backend::engine::Engine;
use crate::clicks::Intake;

/// Our complete gate against bare Envoy with the buffer filter, CPU per request.
const MOST_OF_BARE: f64 = 1.25;
/// And against Envoy with Lua and with ext_authz.
const MOST_OF_PEERS: f64 = 0.7;
/// Durable deliveries a second through HTTP.
const LEAST_ON_SQLITE: f64 = 15_000.0;
const LEAST_ON_POSTGRES: f64 = 20_000.0;
/// Clicks a second that an import brings in.
const LEAST_CLICKS_ON_SQLITE: f64 = 50_000.0;
const LEAST_CLICKS_ON_POSTGRES: f64 = 100_000.0;
/// The slowest hundredth of them with 64 in flight.
const MOST_P99_MILLIS: f64 = 25.0;
/// Their rate against one transaction per delivery.
const LEAST_OF_SINGLE: f64 = 4.0;

/// One goal and this run's figure.
pub(crate) struct Goal {
    what: String,
    figure: f64,
    bound: Bound,
}

enum Bound {
    AtMost(f64),
    AtLeast(f64),
}

impl Goal {
    fn is_reached(&self) -> bool {
        match self.bound {
            Bound::AtMost(most) => self.figure <= most,
            Bound::AtLeast(least) => self.figure >= least,
        }
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.is_reached() {
            "reached"
        } else {
            "missed"
        };
        let (word, bound) = match self.bound {
            Bound::AtMost(most) => ("at most", most),
            Bound::AtLeast(least) => ("at least", least),
        };
        write!(
            out,
            "{verdict}: {}: {} (goal: {word} {bound})",
            self.what, self.figure
        )
    }
}

/// The goals this report has figures for.
pub(crate) fn of(report: &Report) -> Vec<Goal> {
    let mut goals = edge(report);
    let recordings = report.backend.iter().flat_map(|it| &it.recordings);
    let recordings: Vec<&Recording> = recordings.collect();
    goals.extend(backend(&recordings, Engine::Sqlite, LEAST_ON_SQLITE));
    goals.extend(backend(&recordings, Engine::Postgres, LEAST_ON_POSTGRES));
    goals.extend(report.clicks.iter().filter_map(clicks));
    goals
}

fn clicks(intake: &Intake) -> Option<Goal> {
    let least = match intake.id {
        "sqlite" => LEAST_CLICKS_ON_SQLITE,
        "postgres" => LEAST_CLICKS_ON_POSTGRES,
        _ => return None,
    };
    Some(Goal {
        what: format!("clicks a second, {}", intake.name),
        figure: intake.per_second,
        bound: Bound::AtLeast(least),
    })
}

fn backend(recordings: &[&Recording], engine: Engine, least: f64) -> Vec<Goal> {
    let name = engine.name();
    let through_http = recordings
        .iter()
        .filter(|one| one.id == "http" && one.engine == engine);
    let mut goals = Vec::new();
    for one in through_http {
        let in_flight = one.in_flight.unwrap_or_default();
        goals.push(Goal {
            what: format!(
                "durable deliveries a second through HTTP on {name}, {in_flight} in flight"
            ),
            figure: one.per_second,
            bound: Bound::AtLeast(least),
        });
        goals.extend(
            one.p99_millis
                .filter(|_| in_flight == 64)
                .map(|figure| Goal {
                    what: format!("their p99 on {name}, {in_flight} in flight, ms"),
                    figure,
                    bound: Bound::AtMost(MOST_P99_MILLIS),
                }),
        );
        goals.extend(one.of_single.map(|figure| Goal {
            what: format!("their rate on {name} against one transaction per delivery, ×"),
            figure,
            bound: Bound::AtLeast(LEAST_OF_SINGLE),
        }));
    }
    goals
}

fn edge(report: &Report) -> Vec<Goal> {
    let contestants = report.edge.iter().flat_map(|edge| &edge.contestants);
    let cpu = |id: &str| {
        contestants
            .clone()
            .find(|one| one.id == id)
            .map(|one| one.cpu_micros)
    };
    let Some(ours) = cpu("postern") else {
        return Vec::new();
    };
    [
        ("bare", "bare Envoy's", MOST_OF_BARE),
        ("lua", "Envoy + Lua's", MOST_OF_PEERS),
        ("ext_authz", "Envoy + ext_authz's", MOST_OF_PEERS),
    ]
    .into_iter()
    .filter_map(|(id, whose, most)| {
        Some(Goal {
            what: format!("our CPU per request against {whose}, ×"),
            figure: crate::stats::rounded(ours / cpu(id)?, 2),
            bound: Bound::AtMost(most),
        })
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goal(figure: f64, bound: Bound) -> String {
        let what = "x".to_owned();
        Goal {
            what,
            figure,
            bound,
        }
        .to_string()
    }

    #[test]
    fn a_bound_itself_is_reached() {
        assert!(goal(1.25, Bound::AtMost(1.25)).starts_with("reached"));
        assert!(goal(4.0, Bound::AtLeast(4.0)).starts_with("reached"));
    }

    #[test]
    fn a_miss_is_called_a_miss() {
        assert!(goal(1.26, Bound::AtMost(1.25)).starts_with("missed"));
        assert!(goal(3.9, Bound::AtLeast(4.0)).starts_with("missed"));
    }
}
