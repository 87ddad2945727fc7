//! How a partner's postbacks have been, told from its newest deliveries: pure, so that a page and a
//! test say the same.

use std::collections::BTreeMap;

use postern_protocol::time::UnixSeconds;

use crate::agreement::DAY_SECONDS;
use crate::console::words::percent;
use crate::ledger::Verdict;
use crate::store::Trace;

/// A partner's last day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Health {
    /// When its last delivery came; `None`: never, or none is kept.
    pub(super) last_at: Option<UnixSeconds>,
    /// Whether it has gone silent.
    pub(super) is_silent: bool,
    /// How many deliveries of the last day are counted.
    pub(super) counted: usize,
    /// Whether that is all of the day: else the newest of it.
    pub(super) is_whole_day: bool,
    /// How many of them had each verdict, those with any.
    pub(super) verdicts: Vec<Share>,
    /// The most in one second, and in one minute, of those that are counted.
    pub(super) peak: Peak,
}

/// A part of what was counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Share {
    /// Of what.
    pub(super) name: String,
    /// How many.
    pub(super) count: usize,
    /// In tenths of a per cent of all.
    pub(super) permille: usize,
}

/// The most that came at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Peak {
    /// In one second.
    pub(super) second: u64,
    /// In one minute.
    pub(super) minute: u64,
}

impl Share {
    /// The share for people.
    pub(super) fn percent(&self) -> String {
        percent(self.permille)
    }
}

impl Health {
    /// Of the newest deliveries, newest first, of which `limit` were asked for. Silence is told by the
    /// whole log: a busy day may be longer than those.
    pub(super) fn of(traces: &[Trace], limit: usize, is_silent: bool, now: UnixSeconds) -> Self {
        let since = now.0.saturating_sub(DAY_SECONDS);
        let today: Vec<&Trace> = traces
            .iter()
            .take_while(|it| it.received_at.0 > since)
            .collect();
        let verdicts = today.iter().map(|it| it.verdict.name());
        Self {
            last_at: traces.first().map(|it| it.received_at),
            is_silent,
            counted: today.len(),
            is_whole_day: today.len() < limit,
            verdicts: shares(verdicts),
            peak: Peak::of(&today),
        }
    }

    /// `posts`, `silent` or `never`: the same as a word.
    pub(super) const fn standing(&self) -> &'static str {
        match (self.last_at, self.is_silent) {
            (None, _) => "never",
            (Some(_), true) => "silent",
            (Some(_), false) => "posts",
        }
    }

    /// The share of one verdict, in tenths of a per cent.
    pub(super) fn permille(&self, verdict: Verdict) -> usize {
        let share = self.verdicts.iter().find(|it| it.name == verdict.name());
        share.map_or(0, |it| it.permille)
    }
}

/// How often each name comes, most often first.
pub(super) fn shares<'n>(names: impl Iterator<Item = &'n str>) -> Vec<Share> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in names {
        *counts.entry(name).or_default() += 1;
    }
    let all: usize = counts.values().sum();
    let mut shares: Vec<Share> = counts
        .into_iter()
        .map(|(name, count)| Share {
            name: name.to_owned(),
            count,
            permille: count * 1_000 / all.max(1),
        })
        .collect();
    shares.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
    shares
}

impl Peak {
    fn of(traces: &[&Trace]) -> Self {
        Self {
            second: most(traces, 1),
            minute: most(traces, 60),
        }
    }
}

/// The most deliveries in one span of so many seconds.
fn most(traces: &[&Trace], seconds: i64) -> u64 {
    let mut counts: BTreeMap<i64, u64> = BTreeMap::new();
    for trace in traces {
        *counts
            .entry(trace.received_at.0.div_euclid(seconds))
            .or_default() += 1;
    }
    counts.into_values().max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::START;

    fn traces(seconds_ago: impl IntoIterator<Item = (i64, Verdict)>) -> Vec<Trace> {
        let trace = |(ago, verdict)| Trace {
            received_at: UnixSeconds(START.0 - ago),
            verdict,
            form: "raw".to_owned(),
            key_id: "2026-01".to_owned(),
        };
        seconds_ago.into_iter().map(trace).collect()
    }

    fn of(traces: &[Trace], limit: usize) -> Health {
        Health::of(traces, limit, false, START)
    }

    #[test]
    fn who_never_posted_is_not_silent() {
        let health = of(&[], 200);
        assert_eq!(health.last_at, None);
        assert!(!health.is_silent && health.is_whole_day);
        assert_eq!(health.permille(Verdict::Accepted), 0);
    }

    #[test]
    fn shares_are_of_the_last_day_alone() {
        let mut all = vec![(1, Verdict::Accepted); 3];
        all.push((5, Verdict::Invalid));
        all.push((DAY_SECONDS, Verdict::Flagged));
        let health = of(&traces(all), 200);
        assert_eq!(health.counted, 4);
        assert_eq!(health.permille(Verdict::Accepted), 750);
        assert_eq!(health.permille(Verdict::Invalid), 250);
        assert_eq!(health.permille(Verdict::Flagged), 0);
        assert_eq!(health.verdicts[0].name, "accepted");
    }

    #[test]
    fn what_was_cut_off_is_said() {
        let all = traces([(1, Verdict::Accepted), (2, Verdict::Accepted)]);
        assert!(!of(&all, 2).is_whole_day);
        assert!(of(&all, 3).is_whole_day);
    }

    #[test]
    fn the_peak_is_the_fullest_second_and_the_fullest_minute() {
        let all = traces([10, 10, 10, 11, 12, 400].map(|ago| (ago, Verdict::Accepted)));
        assert_eq!(
            of(&all, 200).peak,
            Peak {
                second: 3,
                minute: 5
            }
        );
    }
}
