//! How close a partner comes to its limits.

use super::health::Peak;

/// From how much of a limit on it is close.
const CLOSE_PERCENT: u64 = 80;

/// A limit and what was used of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Limit {
    /// What is limited.
    pub(super) name: &'static str,
    /// The most that was used.
    pub(super) used: u64,
    /// The most that is let in.
    pub(super) most: u64,
    /// How much of it that is, 100 at most.
    pub(super) percent: u64,
    /// Whether that is close.
    pub(super) is_close: bool,
}

impl Limit {
    fn of(name: &'static str, used: u64, most: u64) -> Self {
        let percent = used.saturating_mul(100) / most.max(1);
        Self {
            name,
            used,
            most,
            percent: percent.min(100),
            is_close: percent >= CLOSE_PERCENT,
        }
    }

    /// In words for a chip, so that it does not speak by colour alone.
    pub(super) const fn word(&self) -> &'static str {
        if self.is_close { "close" } else { "far" }
    }
}

/// The fullest second and the fullest minute beside what the bucket lets in: a burst at once, and
/// the rate from then on.
pub(super) fn limits(peak: Peak, rate_per_second: u64, burst: u64) -> [Limit; 2] {
    let in_a_minute = rate_per_second.saturating_mul(60).saturating_add(burst);
    let in_a_second = rate_per_second.saturating_add(burst);
    [
        Limit::of("in one second", peak.second, in_a_second),
        Limit::of("in one minute", peak.minute, in_a_minute),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn percents(second: u64, minute: u64) -> [(u64, bool); 2] {
        limits(Peak { second, minute }, 5, 5).map(|it| (it.percent, it.is_close))
    }

    #[test]
    fn a_peak_is_close_from_four_fifths_of_what_is_let_in() {
        assert_eq!(percents(0, 0), [(0, false), (0, false)]);
        assert_eq!(percents(7, 243), [(70, false), (79, false)]);
        assert_eq!(percents(8, 244), [(80, true), (80, true)]);
        assert_eq!(
            percents(25, 400),
            [(100, true), (100, true)],
            "several Envoys"
        );
    }

    #[test]
    fn no_limit_divides_by_nothing() {
        let [second, _] = limits(Peak::default(), 0, 0);
        assert_eq!(second.percent, 0);
    }
}
