//! Token buckets that all workers of one Envoy share. A bucket is kept as the time at which it will be full again (GCRA):
//! taking a token moves that time later, waiting lets it pass. So there is one value to swap and nothing to refill.
//!
//! Beside the time stands the limit it was counted in: when a reload changes the limit, the tokens that are left stay as
//! many as they were, and fill at the new rate. One that was full has gained from the time since, where more fits in now.
//!
//! Workers read the clock before they read the bucket, so one may come with an older time than what is stored was counted
//! with. An older time shows more tokens missing than are, never fewer, and moves nothing: the limit stays exact.

mod bucket;

pub use bucket::Bucket;

use crate::host::{NANOS_PER_SECOND, Shared, SharedData, UnixNanos};

/// How often a swap is tried when other workers keep being faster. Then the answer is no: an attacker who can make
/// workers collide must not get past the limit with it.
const MAX_SWAP_TRIES: u32 = 64;

/// How far a worker's clock reading may lie behind the one another worker has counted with. So much is a worker that was
/// held up between reading the clock and the bucket; only more is a clock that has stepped back.
const MAX_STALENESS_NANOS: u64 = 5 * NANOS_PER_SECOND;

/// How fast a bucket fills and how much it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    interval_nanos: u64,
    burst: u64,
}

impl Limit {
    /// `tokens` per `seconds`, at most `burst` at once, shared evenly by `replicas` Envoys. Each share is rounded down,
    /// so that all together never let more through than was agreed; but a share of the burst is at least one token.
    #[must_use]
    pub fn share(tokens: u32, seconds: u32, burst: u32, replicas: u32) -> Limit {
        let replicas = u64::from(replicas.max(1));
        let span = u64::from(seconds.max(1)) * NANOS_PER_SECOND;
        Limit {
            interval_nanos: span
                .saturating_mul(replicas)
                .div_ceil(u64::from(tokens.max(1))),
            burst: (u64::from(burst) / replicas).max(1),
        }
    }

    /// How many tokens a full bucket holds.
    #[must_use]
    pub fn burst(&self) -> u64 {
        self.burst
    }

    /// Seconds in which an empty bucket is full again, rounded up.
    #[must_use]
    pub fn window_seconds(&self) -> u64 {
        self.capacity_nanos().div_ceil(NANOS_PER_SECOND)
    }

    fn capacity_nanos(&self) -> u64 {
        self.interval_nanos.saturating_mul(self.burst)
    }

    /// Time until a bucket that misses this much has a token; `None` when it has one.
    fn wait_nanos(&self, missing_nanos: u64) -> Option<u64> {
        let after = missing_nanos.saturating_add(self.interval_nanos);
        after
            .checked_sub(self.capacity_nanos())
            .filter(|wait| *wait > 0)
    }
}

/// What asking for a token came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// A token was there.
    Yes,
    /// None was there; the next one comes in this many nanoseconds (at least one).
    Empty {
        /// Time until the next token.
        wait_nanos: u64,
    },
    /// Other workers were faster each time. Counts as no.
    Contended,
}

/// Takes one token from the bucket under `key`.
pub fn take(shared: &impl SharedData, key: &str, limit: Limit, now: UnixNanos) -> Taken {
    let take_from = |seen: &Seen| seen.take(shared, key, limit, now).is_some();
    take_by_reading(shared, key, limit, now, take_from)
}

/// Reads the bucket and takes from it, until nobody is faster.
fn take_by_reading(
    shared: &impl SharedData,
    key: &str,
    limit: Limit,
    now: UnixNanos,
    take_from: impl Fn(&Seen) -> bool,
) -> Taken {
    for _ in 0..MAX_SWAP_TRIES {
        let stored = shared.read(key);
        let seen = Seen::of(stored.as_ref(), limit, now);
        if let Some(wait_nanos) = limit.wait_nanos(seen.missing_nanos) {
            seen.settle(shared, key, limit, now);
            return Taken::Empty { wait_nanos };
        }
        if take_from(&seen) {
            return Taken::Yes;
        }
    }
    Taken::Contended
}

/// How a bucket stands, taking nothing from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing is missing.
    Full,
    /// It has a token.
    Ready,
    /// It has none; the next one comes in this many nanoseconds (at least one).
    Empty {
        /// Time until the next token.
        wait_nanos: u64,
    },
}

/// How the bucket under `key` stands. Takes nothing.
pub fn standing(shared: &impl SharedData, key: &str, limit: Limit, now: UnixNanos) -> Standing {
    let stored = shared.read(key);
    let seen = Seen::of(stored.as_ref(), limit, now);
    match limit.wait_nanos(seen.missing_nanos) {
        Some(wait_nanos) => {
            seen.settle(shared, key, limit, now);
            Standing::Empty { wait_nanos }
        }
        None if seen.missing_nanos == 0 => Standing::Full,
        None => Standing::Ready,
    }
}

/// A bucket as it lies in shared data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Level {
    full_at_nanos: u64,
    interval_nanos: u64,
    capacity_nanos: u64,
}

impl Level {
    fn new(missing_nanos: u64, limit: Limit, now: UnixNanos) -> Level {
        Level {
            full_at_nanos: now.0.saturating_add(missing_nanos),
            interval_nanos: limit.interval_nanos,
            capacity_nanos: limit.capacity_nanos(),
        }
    }

    fn to_bytes(self) -> [u8; 24] {
        let mut bytes = [0; 24];
        let words = [self.full_at_nanos, self.interval_nanos, self.capacity_nanos];
        for (place, word) in bytes.chunks_exact_mut(8).zip(words) {
            place.copy_from_slice(&word.to_le_bytes());
        }
        bytes
    }

    fn read(bytes: &[u8]) -> Option<Level> {
        let ([full_at, interval, capacity], []) = bytes.as_chunks::<8>() else {
            return None;
        };
        Some(Level {
            full_at_nanos: u64::from_le_bytes(*full_at),
            interval_nanos: u64::from_le_bytes(*interval),
            capacity_nanos: u64::from_le_bytes(*capacity),
        })
    }
}

/// A bucket as it is now, under the limit of now.
struct Seen {
    /// Nanoseconds' worth of tokens missing from a full bucket, between none and all.
    missing_nanos: u64,
    ticket: Option<u32>,
    /// What is stored does not lead here by waiting alone.
    is_unsettled: bool,
}

impl Seen {
    fn of(stored: Option<&Shared>, limit: Limit, now: UnixNanos) -> Seen {
        let ticket = stored.map(|shared| shared.ticket);
        let (missing_nanos, is_unsettled) = match stored {
            None => (0, false),
            Some(shared) => match Level::read(&shared.value) {
                Some(level) => level.seen_under(limit, now),
                // Not of our making, so nothing is known about it: empty from now on.
                None => (limit.capacity_nanos(), true),
            },
        };
        Seen {
            missing_nanos,
            ticket,
            is_unsettled,
        }
    }

    /// Writes the level with one token less; `None` when another worker was faster.
    fn take(
        &self,
        shared: &impl SharedData,
        key: &str,
        limit: Limit,
        now: UnixNanos,
    ) -> Option<Level> {
        let missing_nanos = self.missing_nanos.saturating_add(limit.interval_nanos);
        let level = Level::new(missing_nanos, limit, now);
        let is_ours = shared.swap(key, &level.to_bytes(), self.ticket);
        is_ours.then_some(level)
    }

    /// Writes a level from which waiting leads on. Were another worker faster, the next request does it.
    fn settle(&self, shared: &impl SharedData, key: &str, limit: Limit, now: UnixNanos) {
        if self.is_unsettled {
            let _ = shared.swap(
                key,
                &Level::new(self.missing_nanos, limit, now).to_bytes(),
                self.ticket,
            );
        }
    }
}

impl Level {
    /// What is missing now under this limit, and whether the level has to be settled first: after another limit, and
    /// when its time lies so far ahead that the clock must have stepped back. Then the bucket counts as empty and fills
    /// from now on. A little too far ahead and it is `now` that is old: empty as well, but what is stored stays.
    fn seen_under(self, limit: Limit, now: UnixNanos) -> (u64, bool) {
        let missing_nanos = self.full_at_nanos.saturating_sub(now.0);
        if let Some(ahead_nanos @ 1..) = missing_nanos.checked_sub(self.capacity_nanos) {
            return (limit.capacity_nanos(), ahead_nanos > MAX_STALENESS_NANOS);
        }
        if (self.interval_nanos, self.capacity_nanos)
            == (limit.interval_nanos, limit.capacity_nanos())
        {
            return (missing_nanos, false);
        }
        let left_nanos = u128::from(self.capacity_nanos - missing_nanos);
        let left_nanos =
            left_nanos * u128::from(limit.interval_nanos) / u128::from(self.interval_nanos.max(1));
        // Only a bucket that was full has idled; any other has turned its time into tokens already.
        let idle_nanos = now.0.saturating_sub(self.full_at_nanos);
        let left_nanos = u64::try_from(left_nanos)
            .unwrap_or(u64::MAX)
            .saturating_add(idle_nanos);
        (limit.capacity_nanos().saturating_sub(left_nanos), true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn shares_together_never_exceed_the_whole() {
        let whole = Limit::share(10, 1, 20, 1);
        let third = Limit::share(10, 1, 20, 3);
        assert_eq!((whole.interval_nanos, whole.burst()), (100_000_000, 20));
        assert_eq!((third.interval_nanos, third.burst()), (300_000_000, 6));
        assert_eq!(Limit::share(7, 1, 1, 3).interval_nanos, 428_571_429);
        assert_eq!(Limit::share(7, 1, 1, 3).burst(), 1);
        assert_eq!(whole.window_seconds(), 2);
    }

    #[test]
    fn a_level_is_read_as_it_was_written() {
        let limit = Limit::share(3, 1, 5, 1);
        let level = Level::new(7, limit, UnixNanos(11));
        assert!(Level::read(&level.to_bytes()) == Some(level));
        assert!(Level::read(b"something else").is_none());
    }
}
