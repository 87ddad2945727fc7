//! Where the time comes from: the only place that asks the machine.
//!
//! Everything else takes a [`Clock`] or a moment, so that a test can say what time it is.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use postern_protocol::time::UnixSeconds;

/// A source of time: wall-clock time since the Unix epoch.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Duration + Send + Sync>);

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::new(system_time)
    }

    /// A clock that reads what `now` returns: the time since the Unix epoch.
    pub fn new(now: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The time since the Unix epoch.
    #[must_use]
    pub fn now(&self) -> Duration {
        (self.0)()
    }

    /// The same in whole seconds.
    #[must_use]
    pub fn unix_seconds(&self) -> UnixSeconds {
        whole_seconds(self.now())
    }
}

/// A duration since the Unix epoch, in whole seconds.
#[must_use]
pub fn whole_seconds(since_epoch: Duration) -> UnixSeconds {
    UnixSeconds(i64::try_from(since_epoch.as_secs()).unwrap_or(i64::MAX))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where time enters the backend"
)]
fn system_time() -> Duration {
    // A clock before 1970 is a machine without a clock; zero is as good as any other time there.
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_reads_what_it_is_told() {
        let clock = Clock::new(|| Duration::from_millis(1_717_000_000_999));
        assert_eq!(clock.unix_seconds(), UnixSeconds(1_717_000_000));
    }
}
