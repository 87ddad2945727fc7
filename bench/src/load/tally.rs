//! What the connections report while they run, and what a closed window says.

use std::collections::BTreeMap;
use std::io;
use std::time::{Duration, Instant};

use crate::stats::percentile;

/// Counts of a run. Nothing is counted before [`Tally::open`] but the connections and what broke.
#[derive(Default)]
pub(super) struct Tally {
    opened_at: Option<Instant>,
    statuses: BTreeMap<u16, u64>,
    latencies: Vec<Duration>,
    connects: u64,
    connects_before: u64,
    broken: u64,
    first_error: Option<String>,
}

impl Tally {
    pub(super) fn open(&mut self) {
        self.connects_before = self.connects;
        self.opened_at = Some(Instant::now());
    }

    pub(super) fn connected(&mut self) {
        self.connects += 1;
    }

    pub(super) fn answered(&mut self, status: u16, sent_at: Instant) {
        if self.opened_at.is_some() {
            *self.statuses.entry(status).or_default() += 1;
            self.latencies.push(sent_at.elapsed());
        }
    }

    pub(super) fn broke(&mut self, error: &io::Error) {
        self.broken += 1;
        self.first_error.get_or_insert_with(|| error.to_string());
    }

    pub(super) fn close(&mut self) -> Measured {
        let window = self
            .opened_at
            .take()
            .map_or(Duration::ZERO, |start| start.elapsed());
        let mut latencies = std::mem::take(&mut self.latencies);
        latencies.sort_unstable();
        Measured {
            window,
            statuses: std::mem::take(&mut self.statuses),
            latencies,
            reconnects: self.connects - self.connects_before,
            broken: self.broken,
            first_error: self.first_error.take(),
            cpu: Vec::new(),
        }
    }
}

/// What one measured window holds.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) window: Duration,
    /// Answers per status.
    pub(crate) statuses: BTreeMap<u16, u64>,
    /// Sorted.
    latencies: Vec<Duration>,
    /// Connections opened inside the window: none when keep-alive holds.
    pub(crate) reconnects: u64,
    /// Exchanges without an answer, warm-up included.
    pub(crate) broken: u64,
    pub(crate) first_error: Option<String>,
    /// CPU time used inside the window by each process under test.
    pub(crate) cpu: Vec<Duration>,
}

impl Measured {
    pub(super) fn with_cpu(mut self, cpu: Vec<Duration>) -> Result<Self, String> {
        if self.requests() == 0 {
            let error = self.first_error.unwrap_or_default();
            return Err(format!("No answer came within the window. {error}"));
        }
        self.cpu = cpu;
        Ok(self)
    }

    pub(crate) fn requests(&self) -> u64 {
        self.statuses.values().sum()
    }

    pub(crate) fn per_second(&self) -> f64 {
        self.requests() as f64 / self.window.as_secs_f64()
    }

    /// Share of one core that the processes under test used together.
    pub(crate) fn core_used(&self) -> f64 {
        self.cpu.iter().sum::<Duration>().as_secs_f64() / self.window.as_secs_f64()
    }

    /// CPU microseconds per request of each process under test.
    pub(crate) fn cpu_micros(&self) -> Vec<f64> {
        let requests = self.requests() as f64;
        self.cpu
            .iter()
            .map(|time| time.as_secs_f64() * 1e6 / requests)
            .collect()
    }

    /// The latency that `share` (0.0 to 1.0) of the requests did not pass, in milliseconds.
    pub(crate) fn latency_millis(&self, share: f64) -> f64 {
        percentile(&self.latencies, share).as_secs_f64() * 1e3
    }

    /// Every answer had the status that was due, and none was lost. `also` is a status that may come besides, and
    /// how often at most.
    pub(crate) fn check(&self, status: u16, also: Option<(u16, u64)>) -> Result<(), String> {
        let allowed = |seen: u16, count: u64| {
            also.is_some_and(|(other, most)| seen == other && count <= most)
        };
        let other: Vec<String> = self
            .statuses
            .iter()
            .filter(|(seen, count)| **seen != status && !allowed(**seen, **count))
            .map(|(seen, count)| format!("{count} × {seen}"))
            .collect();
        if !other.is_empty() {
            return Err(format!(
                "The run is invalid: {status} was due, but there came {}.",
                other.join(", ")
            ));
        }
        match (&self.first_error, self.broken) {
            (_, 0) => Ok(()),
            (error, count) => Err(format!(
                "The run is invalid: {count} requests had no answer ({}).",
                error.as_deref().unwrap_or("unknown")
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally_with(statuses: &[u16]) -> Measured {
        let mut tally = Tally::default();
        tally.open();
        for status in statuses {
            tally.answered(*status, Instant::now());
        }
        tally.close()
    }

    #[test]
    fn a_run_of_one_status_is_valid() {
        assert_eq!(tally_with(&[200, 200]).check(200, None), Ok(()));
    }

    #[test]
    fn one_wrong_status_makes_the_run_invalid() {
        let error = tally_with(&[200, 503, 200])
            .check(200, None)
            .expect_err("invalid");
        assert!(error.contains("1 × 503"), "{error}");
    }

    #[test]
    fn a_status_that_may_come_too_may_not_come_too_often() {
        let also = Some((200, 1));
        assert_eq!(tally_with(&[429, 200, 429]).check(429, also), Ok(()));
        assert!(tally_with(&[429, 200, 200]).check(429, also).is_err());
    }

    #[test]
    fn a_lost_answer_makes_the_run_invalid() {
        let mut tally = Tally::default();
        tally.open();
        tally.answered(200, Instant::now());
        tally.broke(&io::ErrorKind::ConnectionReset.into());
        assert!(tally.close().check(200, None).is_err());
    }

    #[test]
    fn answers_outside_the_window_do_not_count() {
        let mut tally = Tally::default();
        tally.answered(500, Instant::now());
        tally.open();
        tally.answered(200, Instant::now());
        assert_eq!(tally.close().requests(), 1);
    }

    #[test]
    fn a_window_without_answers_is_an_error() {
        assert!(tally_with(&[]).with_cpu(Vec::new()).is_err());
    }
}
