//! Which verdicts book an event, and why a person must look at a conversion.

use std::fmt;

use postern_protocol::answer::Verdict;

/// Whether the ledger took the event: only then does the same content count as known.
#[must_use]
pub const fn is_booked(verdict: Verdict) -> bool {
    !matches!(verdict, Verdict::Quarantined | Verdict::Invalid)
}

/// Why a person must look at a conversion. The word is stable: it stands in answers and the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FlagReason {
    /// Its click is not in the click log (yet).
    UnknownClick,
    /// Its click was sent to another partner.
    ForeignClick,
    /// It happened longer after its click than was agreed.
    ExpiredClick,
    /// It happened before its click.
    BeforeClick,
    /// It claims to happen later than a day from now.
    FutureEvent,
    /// A second first deposit on the click, with another transaction id. It may be a redeposit.
    DoubleFtd,
    /// The same content again within a day, without a transaction id or a timestamp to tell a retry
    /// from a second event, or from the next step of another one.
    SuspectedDuplicate,
    /// It was rejected and is now reported as approved. It stays rejected until decided.
    Reapproved,
    /// It was approved and is now reported in another currency. It stays as it was approved.
    CurrencyChanged,
}

impl FlagReason {
    /// Every reason.
    pub const ALL: [Self; 9] = [
        Self::UnknownClick,
        Self::ForeignClick,
        Self::ExpiredClick,
        Self::BeforeClick,
        Self::FutureEvent,
        Self::DoubleFtd,
        Self::SuspectedDuplicate,
        Self::Reapproved,
        Self::CurrencyChanged,
    ];

    /// The name in answers and in the ledger.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::UnknownClick => "unknown_click",
            Self::ForeignClick => "foreign_click",
            Self::ExpiredClick => "expired_click",
            Self::BeforeClick => "before_click",
            Self::FutureEvent => "future_event",
            Self::DoubleFtd => "double_ftd",
            Self::SuspectedDuplicate => "suspected_duplicate",
            Self::Reapproved => "reapproved",
            Self::CurrencyChanged => "currency_changed",
        }
    }

    /// Reads a name as [`FlagReason::name`] gives it.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

impl fmt::Display for FlagReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_reads_back_as_itself() {
        for reason in FlagReason::ALL {
            assert_eq!(FlagReason::parse(reason.name()), Some(reason));
        }
        assert_eq!(FlagReason::parse("Double_Ftd"), None);
    }
}
