//! What a list of rows is asked for. Lists go newest first, by id, a page at a time: an id says when
//! its row was received, so a list that goes on behind an id sees each row once, whatever comes in
//! meanwhile.

use postern_protocol::event::{EventKind, Status};
use postern_protocol::id::PartnerId;
use postern_protocol::time::UnixSeconds;
use uuid::Uuid;

use crate::ledger::Verdict;

/// Which deliveries are listed; what is left open fits all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeliveryFilter {
    /// Who sent them.
    pub partner: Option<PartnerId>,
    /// What became of them.
    pub verdict: Option<Verdict>,
    /// When they were received.
    pub received: Span,
}

/// Which conversions are listed; what is left open fits all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConversionFilter {
    /// Who reports them.
    pub partner: Option<PartnerId>,
    /// The click they belong to.
    pub clickid: Option<String>,
    /// What happened.
    pub event: Option<EventKind>,
    /// Their status now.
    pub status: Option<Status>,
    /// Whether a flag keeps them from earning.
    pub is_blocked: Option<bool>,
    /// When the delivery that opened them was received.
    pub opened: Span,
}

/// A time from one moment until just before another; what is left open has no end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Span {
    /// The first moment of it.
    pub from: Option<UnixSeconds>,
    /// The first moment after it.
    pub until: Option<UnixSeconds>,
}

/// Where a page of a list starts, and how long it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    /// The last row of the page before.
    pub after: Option<Uuid>,
    /// Rows at most.
    pub limit: u32,
}

impl Span {
    /// The ids of rows that were received in this time: from the first up to, not including, the
    /// second.
    pub(super) fn ids(self) -> (Option<Uuid>, Option<Uuid>) {
        (self.from.map(lowest_id), self.until.map(lowest_id))
    }
}

/// No id of this moment or later is lower. An id leads with its milliseconds.
pub(super) fn lowest_id(moment: UnixSeconds) -> Uuid {
    let seconds = u64::try_from(moment.0).unwrap_or(0); // ids begin in 1970
    let millis = seconds.saturating_mul(1_000).min((1 << 48) - 1);
    Uuid::from_u128(u128::from(millis) << 80)
}

#[cfg(test)]
mod tests {
    use uuid::{NoContext, Timestamp};

    use super::*;

    #[test]
    fn the_ids_of_a_time_are_those_made_in_it() {
        let id = |seconds, nanos| Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, nanos));
        let lowest = lowest_id(UnixSeconds(1_717_000_000));
        assert!(id(1_717_000_000, 0) > lowest);
        assert!(id(1_716_999_999, 999_999_999) < lowest);
        assert_eq!(lowest_id(UnixSeconds(-5)), Uuid::nil());
        assert!(lowest_id(UnixSeconds(i64::MAX)) > id(1 << 37, 0));
    }
}
