//! The failure throttle: who keeps sending what is refused is answered `too_many_failures` before any more work is done
//! for it. Requests that pass drain nothing, so a partner in order never notices it.
//!
//! Shared data never frees a key, so callers share a fixed number of slots. Which caller falls into which slot hangs on
//! a keyed hash: nobody outside can pick an address that shares a slot with somebody else's.

use crate::buckets::{self, Limit, Taken};
use crate::callers::household;
use crate::host::{Host, SharedData, UnixNanos};
use siphasher::sip::SipHasher13;
use std::net::IpAddr;

/// Slots, each one key in shared data.
const SLOTS: u64 = 4_096;

/// The throttle of one configuration.
pub struct Throttle {
    limit: Limit,
    hasher: SipHasher13,
}

/// A caller's slot.
pub struct Slot(String);

impl Throttle {
    /// A throttle of this limit; `seed` is secret and the same in each worker.
    #[must_use]
    pub fn new(limit: Limit, seed: &[u8]) -> Throttle {
        let first = SipHasher13::new_with_keys(0, 0).hash(seed);
        let second = SipHasher13::new_with_keys(1, 1).hash(seed);
        Throttle {
            limit,
            hasher: SipHasher13::new_with_keys(first, second),
        }
    }

    /// The slot of this address.
    #[must_use]
    pub fn slot(&self, address: IpAddr) -> Slot {
        Slot(format!(
            "failures/{}",
            self.hasher.hash(&household(address)) % SLOTS
        ))
    }

    /// Nanoseconds the caller has to wait, `None` when it may go on.
    pub fn wait(&self, host: &impl Host, slot: &Slot) -> Option<u64> {
        buckets::wait(host, &slot.0, self.limit, || host.now())
    }

    /// Notes one failure. An empty slot stays empty: requests under way together cannot lock a caller out for longer
    /// than the limit says.
    pub fn note_failure(&self, shared: &impl SharedData, slot: &Slot, now: UnixNanos) {
        match buckets::take(shared, &slot.0, self.limit, now) {
            Taken::Yes | Taken::Empty { .. } | Taken::Contended => {}
        }
    }

    /// The limit of each slot.
    #[must_use]
    pub fn limit(&self) -> Limit {
        self.limit
    }
}
