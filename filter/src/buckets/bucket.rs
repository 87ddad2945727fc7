//! A bucket a worker takes from again and again, mostly without reading it first.
//!
//! Reading shared data costs nine thousand instructions of Envoy's, writing one thousand. A swap needs the ticket of what is
//! stored, and Envoy does not tell the ticket of what it writes. But it hands tickets out in order: that of a worker's own
//! write is most likely the one after the ticket it was swapped for. So the worker takes its last write for what is stored,
//! and the swap itself proves it right: no two writes share a ticket, and the one after ours was no write's to this key but
//! our own. A wrong guess is one more lost race; then the bucket is read as ever, and not guessed at for a while.

use super::{Level, Limit, Seen, Taken, take_by_reading};
use crate::host::{NANOS_PER_SECOND, SharedData, UnixNanos};
use std::cell::Cell;

/// How long a write is remembered. Tickets begin anew after four billion writes, which take Envoy far longer.
const MAX_MEMORY_NANOS: u64 = 60 * NANOS_PER_SECOND;

/// How many tokens are taken by reading after a wrong guess. Where several workers share a bucket, nearly each guess is
/// wrong; it must cost them next to nothing.
const TAKES_BEFORE_NEXT_GUESS: u32 = 32;

/// A bucket in shared data, and what this worker wrote into it last.
#[derive(Debug)]
pub struct Bucket {
    key: String,
    written: Cell<Option<Written>>,
    takes_before_guess: Cell<u32>,
}

/// A write of this worker.
#[derive(Clone, Copy, Debug)]
struct Written {
    level: Level,
    /// The ticket it has, if no other write came between.
    ticket: u32,
    at: UnixNanos,
}

impl Bucket {
    /// The bucket under this key.
    #[must_use]
    pub fn new(key: String) -> Bucket {
        Bucket {
            key,
            written: Cell::default(),
            takes_before_guess: Cell::default(),
        }
    }

    /// Takes one token: exact over all workers.
    pub fn take(&self, shared: &impl SharedData, limit: Limit, now: UnixNanos) -> Taken {
        match self.guess(limit, now) {
            Some(seen) if self.take_from(&seen, shared, limit, now) => return Taken::Yes,
            Some(_) => self.takes_before_guess.set(TAKES_BEFORE_NEXT_GUESS),
            None => {}
        }
        take_by_reading(shared, &self.key, limit, now, |seen| {
            self.take_from(seen, shared, limit, now)
        })
    }

    /// The bucket as this worker left it; `None` where it has to be read, also when no token would be left: a refusal
    /// says how long to wait, and that is read.
    fn guess(&self, limit: Limit, now: UnixNanos) -> Option<Seen> {
        let written = self.written.take()?;
        if let Some(fewer) = self.takes_before_guess.get().checked_sub(1) {
            self.takes_before_guess.set(fewer);
            return None;
        }
        let age_nanos = now.0.checked_sub(written.at.0)?;
        let (missing_nanos, is_unsettled) = written.level.seen_under(limit, now);
        let has_token = limit.wait_nanos(missing_nanos).is_none();
        (age_nanos <= MAX_MEMORY_NANOS && has_token).then_some(Seen {
            missing_nanos,
            ticket: Some(written.ticket),
            is_unsettled,
        })
    }

    fn take_from(
        &self,
        seen: &Seen,
        shared: &impl SharedData,
        limit: Limit,
        now: UnixNanos,
    ) -> bool {
        let level = seen.take(shared, &self.key, limit, now);
        // Never 0, which would overwrite whatever is there.
        let ticket = seen.ticket.and_then(|ticket| ticket.checked_add(1));
        let written = level.zip(ticket).map(|(level, ticket)| Written {
            level,
            ticket,
            at: now,
        });
        self.written.set(written);
        level.is_some()
    }
}
