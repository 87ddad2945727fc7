//! How many wrong tokens are answered in full: a bucket that each of them drains.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Wrong tokens that may come at once.
pub(crate) const FAILURE_BURST: u32 = 20;

/// One more may come after each of these.
pub(in crate::admin) const FAILURE_EVERY: Duration = Duration::from_secs(1);

/// Counts wrong tokens.
#[derive(Debug, Default)]
pub(crate) struct Failures(Mutex<Bucket>);

/// When the bucket will be full again, and the latest time that was seen.
#[derive(Debug, Default)]
struct Bucket {
    full_at: Duration,
    seen: Duration,
}

impl Failures {
    /// Notes one more, and says whether it is still within bounds. A clock that steps back stands
    /// still for the bucket until it is past that again.
    pub(crate) fn note(&self, now: Duration) -> bool {
        let mut bucket = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = now.max(bucket.seen);
        bucket.seen = now;
        let full_at = bucket.full_at.max(now) + FAILURE_EVERY;
        if full_at > now + FAILURE_EVERY * FAILURE_BURST {
            return false;
        }
        bucket.full_at = full_at;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_one_at_a_time() {
        let failures = Failures::default();
        let start = Duration::from_secs(1_000);
        for _ in 0..FAILURE_BURST {
            assert!(failures.note(start));
        }
        assert!(!failures.note(start));
        assert!(
            !failures.note(start - FAILURE_EVERY * 500),
            "a clock stepped back"
        );
        assert!(failures.note(start + FAILURE_EVERY));
        assert!(!failures.note(start + FAILURE_EVERY));
    }
}
