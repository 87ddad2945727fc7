//! How long work of many transactions leaves room for the other process that writes the same file.
//!
//! SQLite does not queue those who wait for its lock: they look again and again, at first each few
//! milliseconds, at most 25 ms apart within the first 128 ms, later each 100 ms. So it is not
//! enough to let go of the lock between two transactions; it must be free for long enough.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long one transaction goes on taking clicks while another process writes: a booking finds
/// the lock free after this and a commit, while it still looks often.
const TURN: Duration = Duration::from_millis(75);

/// The same while nobody else seems to write: the more clicks at once, the fewer pages are written
/// twice. Far below the time after which a booking gives up.
const TURN_ALONE: Duration = Duration::from_millis(250);

/// The pause after each turn while another process writes.
const PAUSE: Duration = Duration::from_millis(25);

/// The pause now and then while none seems to: whoever has waited for long finds this one.
const LONG_PAUSE: Duration = Duration::from_millis(105);

/// Turns add up to this much between two long pauses: half of what a booking waits at most.
const BUSY_UNTIL_LONG_PAUSE: Duration = Duration::from_millis(1_000);

/// What was seen so far.
#[derive(Debug, Default)]
pub(super) struct Pace(Mutex<Seen>);

#[derive(Debug, Default)]
struct Seen {
    /// SQLite's `data_version`: another one after a commit that was not ours.
    version: Option<i64>,
    is_shared: bool,
    busy: Duration,
}

impl Pace {
    /// How long the next turn may take.
    pub(super) fn turn(&self) -> Duration {
        if self.seen().is_shared {
            TURN
        } else {
            TURN_ALONE
        }
    }

    /// How long to leave the file alone after a turn that took `busy` and saw this `version`.
    pub(super) fn after(&self, busy: Duration, version: i64) -> Duration {
        let mut seen = self.seen();
        let is_another = seen
            .version
            .replace(version)
            .is_some_and(|it| it != version);
        seen.busy += busy;
        if seen.busy >= BUSY_UNTIL_LONG_PAUSE {
            // Others get this much time to be seen again.
            seen.busy = Duration::ZERO;
            seen.is_shared = is_another;
            return LONG_PAUSE;
        }
        seen.is_shared |= is_another;
        if seen.is_shared {
            PAUSE
        } else {
            Duration::ZERO
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::from_millis(400);

    #[test]
    fn alone_it_pauses_rarely() {
        let pace = Pace::default();
        let pauses = [0, 1, 2, 3, 4, 5].map(|_| pace.after(SHORT, 7));
        let none = Duration::ZERO;
        assert_eq!(pauses, [none, none, LONG_PAUSE, none, none, LONG_PAUSE]);
        assert_eq!(pace.turn(), TURN_ALONE);
    }

    #[test]
    fn beside_others_it_pauses_each_time_until_they_are_gone() {
        let pace = Pace::default();
        let none = Duration::ZERO;
        assert_eq!([7, 8].map(|it| pace.after(SHORT, it)), [none, PAUSE]);
        assert_eq!(pace.turn(), TURN);
        assert_eq!([8, 8].map(|it| pace.after(SHORT, it)), [LONG_PAUSE, none]);
        assert_eq!(pace.turn(), TURN_ALONE);
    }
}
