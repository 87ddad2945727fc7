//! When a partner counts as silent: it posted more than so often in a day, and then nothing for hours.

use postern_protocol::time::UnixSeconds;

use crate::agreement::DAY_SECONDS;
use crate::store::{LastHeard, Used};

const HOUR_SECONDS: i64 = 3_600;

/// When a partner counts as silent: it posted more than so often in a day, and then nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SilenceSettings {
    /// How many hours of nothing are silence.
    pub hours: u32,
    /// Deliveries in the day before that; a partner with no more posts too seldom to be missed.
    pub per_day: u32,
}

impl Default for SilenceSettings {
    /// As the alert rule `PosternPartnerSilent` has it.
    fn default() -> Self {
        Self {
            hours: 3,
            per_day: 24,
        }
    }
}

impl SilenceSettings {
    /// What is asked of the store: how much a partner posted in the day before the silence.
    pub(super) fn used(self, now: UnixSeconds) -> Used {
        let until = self.begins(now);
        Used {
            from: UnixSeconds(until.saturating_sub(DAY_SECONDS)),
            until: UnixSeconds(until),
            up_to: self.per_day.saturating_add(1),
        }
    }

    /// Whether a partner that was heard of so is silent now.
    pub(super) fn is_broken_off(self, heard: &LastHeard, now: UnixSeconds) -> bool {
        let was_busy = heard.used > u64::from(self.per_day);
        was_busy && heard.last_at.is_some_and(|at| at.0 <= self.begins(now))
    }

    fn begins(self, now: UnixSeconds) -> i64 {
        now.0.saturating_sub(i64::from(self.hours) * HOUR_SECONDS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::START;

    #[test]
    fn silence_is_three_hours_after_a_busy_day() {
        let silence = SilenceSettings::default();
        let is_silent = |ago: Option<i64>, used| {
            let heard = LastHeard {
                partner: "acme".to_owned(),
                last_at: ago.map(|ago| UnixSeconds(START.0 - ago)),
                used,
            };
            silence.is_broken_off(&heard, START)
        };
        let hours = 3 * HOUR_SECONDS;
        assert!(is_silent(Some(hours), 25));
        assert!(!is_silent(Some(hours - 1), 25), "it was heard since");
        assert!(!is_silent(Some(hours), 24), "it posts too seldom");
        assert!(!is_silent(None, 0), "it never posted");
        let used = silence.used(START);
        assert_eq!(
            (used.from.0, used.until.0),
            (START.0 - hours - DAY_SECONDS, START.0 - hours)
        );
        assert_eq!(used.up_to, 25);
    }
}
