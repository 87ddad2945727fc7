//! Token buckets that all workers of one Envoy share. A bucket is kept as the time at which it will be full again (GCRA):
//! taking a token moves that time later, waiting lets it pass. So there is one value to swap and nothing to refill.
//!
//! Beside the time stands the interval it was counted in. When a reload changes the rate, what had been taken stays taken.

use crate::host::{NANOS_PER_SECOND, SharedData, UnixNanos};

/// How often a swap is tried when other workers keep being faster. Then the answer is no: an attacker who can make
/// workers collide must not get past the limit with it.
const MAX_SWAP_TRIES: u32 = 64;

/// Bytes of a stored bucket: two little-endian `u64`.
const LEVEL_BYTES: usize = 16;

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
    for _ in 0..MAX_SWAP_TRIES {
        let stored = shared.read(key);
        let missing = missing_nanos(stored.as_ref().map(|s| s.value.as_slice()), limit, now);
        let after = missing.saturating_add(limit.interval_nanos);
        if let Some(wait_nanos) = after
            .checked_sub(limit.capacity_nanos())
            .filter(|wait| *wait > 0)
        {
            return Taken::Empty { wait_nanos };
        }
        if shared.swap(key, &level(after, limit, now), stored.map(|s| s.ticket)) {
            return Taken::Yes;
        }
    }
    Taken::Contended
}

/// Nanoseconds until the bucket under `key` has a token, `None` when it has one now. Takes nothing. `now` is only asked
/// for when the bucket has been used at all.
pub fn wait(
    shared: &impl SharedData,
    key: &str,
    limit: Limit,
    now: impl FnOnce() -> UnixNanos,
) -> Option<u64> {
    let stored = shared.read(key)?;
    let missing = missing_nanos(Some(&stored.value), limit, now());
    missing
        .saturating_add(limit.interval_nanos)
        .checked_sub(limit.capacity_nanos())
        .filter(|wait| *wait > 0)
}

/// Nanoseconds' worth of tokens that are missing from a full bucket, between none and all.
///
/// A time too far ahead means that the clock stepped back, or that the limit shrank: the bucket then counts as empty and
/// fills from now on. Stored bytes of another length count as empty as well.
fn missing_nanos(stored: Option<&[u8]>, limit: Limit, now: UnixNanos) -> u64 {
    let Some(stored) = stored else { return 0 };
    let Some((full_at, interval)) = read_level(stored) else {
        return limit.capacity_nanos();
    };
    let missing = full_at.saturating_sub(now.0);
    let rescaled =
        u128::from(missing) * u128::from(limit.interval_nanos) / u128::from(interval.max(1));
    u64::try_from(rescaled)
        .unwrap_or(u64::MAX)
        .min(limit.capacity_nanos())
}

fn level(missing_nanos: u64, limit: Limit, now: UnixNanos) -> [u8; LEVEL_BYTES] {
    let full_at = now.0.saturating_add(missing_nanos);
    (u128::from(full_at) | u128::from(limit.interval_nanos) << u64::BITS).to_le_bytes()
}

fn read_level(stored: &[u8]) -> Option<(u64, u64)> {
    let both = u128::from_le_bytes(stored.try_into().ok()?);
    let interval = u64::try_from(both >> u64::BITS).ok()?;
    let full_at = u64::try_from(both & u128::from(u64::MAX)).ok()?;
    Some((full_at, interval))
}
