//! What each reason means, and what a person looks at first.

use crate::ledger::FlagReason;

/// What has happened, in plain words.
pub(super) const fn meaning(reason: FlagReason) -> &'static str {
    match reason {
        FlagReason::UnknownClick => {
            "The click log does not hold this click. When it turns up in an import, the flag heals \
             by itself."
        }
        FlagReason::ForeignClick => {
            "The click was sent to another partner than the one that reports it."
        }
        FlagReason::ExpiredClick => "It happened longer after its click than was agreed.",
        FlagReason::BeforeClick => "It happened before its click.",
        FlagReason::FutureEvent => {
            "It claims to have happened more than a day after it was received."
        }
        FlagReason::DoubleFtd => {
            "A second first deposit on the click, with another transaction id. If it is real, it is \
             a redeposit: approval books it as one."
        }
        FlagReason::SuspectedDuplicate => {
            "The same content came again within a day, with nothing to tell a retry from a second \
             event."
        }
        FlagReason::Reapproved => {
            "It was rejected and is now reported as approved. It stays rejected until decided."
        }
        FlagReason::CurrencyChanged => {
            "It was approved and is now reported in another currency. It stays as it was approved."
        }
    }
}

/// Where to look first.
pub(super) const fn look_at(reason: FlagReason) -> &'static str {
    match reason {
        FlagReason::UnknownClick => {
            "Is the click log up to date? What else came from this address?"
        }
        FlagReason::ForeignClick => "Whose click is it, and who else reports on it?",
        FlagReason::ExpiredClick | FlagReason::BeforeClick => {
            "The time of the click beside the time of the event."
        }
        FlagReason::FutureEvent => "The partner's clock, and its other events.",
        FlagReason::DoubleFtd => "The two transaction ids, and whether the amounts are the same.",
        FlagReason::SuspectedDuplicate => "How far apart the two came, and from where.",
        FlagReason::Reapproved => "Why it was rejected before, and by whom.",
        FlagReason::CurrencyChanged => "Which currency the partner's other conversions have.",
    }
}
