//! The failure throttle: who keeps sending what is refused is answered `too_many_failures` before any more work is done
//! for it. Requests that pass drain nothing, so a partner in order never notices it.
//!
//! Shared data never frees a key, so the callers of each partner share a fixed number of slots: the configuration bounds
//! the memory, and whoever fails in one partner's networks holds off none of another's. Which caller falls into which slot
//! hangs on a keyed hash: nobody outside can pick an address that shares a slot with somebody else's. Its key comes from
//! the proof token, so another token deals the slots anew: until they are full again, a caller may then find a slot that
//! another of the same partner has drained, or one less drained than its own was.
//!
//! Asking shared data on each request would be paid by those who never fail. So each worker remembers in which slots it
//! has seen a failure itself, and asks only for those: at the headers, and once more when the body is complete, since
//! many requests may have come past the headers together. Failures are counted in shared data, exactly over all workers;
//! but a worker that has seen none yet lets one more through to the checks. So from an address, at most `burst` failures
//! and one more for each worker get as far as the signature before it has to wait. A reload makes workers forget.

use crate::buckets::{self, Limit, Standing, Taken};
use crate::callers::household;
use crate::host::{Host, SharedData, UnixNanos};
use postern_protocol::id::PartnerId;
use siphasher::sip::SipHasher13;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;
use std::net::IpAddr;

/// Slots of each partner, each one key in shared data.
pub const SLOTS_PER_PARTNER: u64 = 256;

/// The throttle of one partner's callers.
pub struct Throttle {
    partner: PartnerId,
    limit: Limit,
    hasher: SipHasher13,
    /// Slots in which this worker has seen a failure since they were last full.
    failing: RefCell<BTreeSet<Slot>>,
}

/// A caller's slot.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot(u64);

impl Throttle {
    /// This partner's throttle, each slot of this limit; `seed` is secret and the same in each worker.
    #[must_use]
    pub fn new(partner: PartnerId, limit: Limit, seed: &[u8]) -> Throttle {
        let first = SipHasher13::new_with_keys(0, 0).hash(seed);
        let second = SipHasher13::new_with_keys(1, 1).hash(seed);
        Throttle {
            partner,
            limit,
            hasher: SipHasher13::new_with_keys(first, second),
            failing: RefCell::default(),
        }
    }

    /// The slot of this address.
    #[must_use]
    pub fn slot(&self, address: IpAddr) -> Slot {
        Slot(self.hasher.hash(&household(address)) % SLOTS_PER_PARTNER)
    }

    /// Nanoseconds the caller has to wait, `None` when it may go on.
    pub fn wait(&self, host: &impl Host, slot: Slot) -> Option<u64> {
        let mut failing = self.failing.borrow_mut();
        if !failing.contains(&slot) {
            return None;
        }
        match buckets::standing(host, &self.key(slot), self.limit, host.now()) {
            Standing::Empty { wait_nanos } => return Some(wait_nanos),
            Standing::Full => _ = failing.remove(&slot),
            Standing::Ready => {}
        }
        None
    }

    /// Notes one failure. An empty slot stays empty: requests under way together cannot lock a caller out for longer
    /// than the limit says.
    pub fn note_failure(&self, shared: &impl SharedData, slot: Slot, now: UnixNanos) {
        self.failing.borrow_mut().insert(slot);
        match buckets::take(shared, &self.key(slot), self.limit, now) {
            Taken::Yes | Taken::Empty { .. } | Taken::Contended => {}
        }
    }

    /// The limit of each slot.
    #[must_use]
    pub fn limit(&self) -> Limit {
        self.limit
    }

    /// Partners' ids hold no slash, so no two slots share a key.
    fn key(&self, slot: Slot) -> String {
        format!("failures/{}/{}", self.partner, slot.0)
    }
}

/// Shows no seed.
impl fmt::Debug for Throttle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Throttle");
        shown.field("limit", &self.limit).finish_non_exhaustive()
    }
}
