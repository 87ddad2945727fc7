//! What senders of tests are told, in plain words.

use crate::ledger::FlagReason;

pub(super) const NOTE: &str =
    "a test: it is kept in the delivery log and counts nowhere else; this is how it would appear";
pub(super) const NOTHING_NEW: &str = "it tells nothing that was not known: it is counted once";
pub(super) const NO_EVENT: &str = "nothing in it could be booked";
pub(super) const BLOCKED: &str = "a person would look at it first; until then it earns nothing";
pub(super) const PENDING: &str = "it is pending; only what is approved earns";
pub(super) const REJECTED: &str = "it is rejected";
pub(super) const SAME_AS_BEFORE: &str = "it earns as much as before";

/// What a flag means to who sent it, and what to do about it.
pub(super) const fn meaning(reason: FlagReason) -> &'static str {
    match reason {
        FlagReason::UnknownClick => {
            "the click is not in the click log; send back the click id of the link as it is. Once \
             the log has the click, such a flag closes by itself"
        }
        FlagReason::ForeignClick => "the click was sent to another partner",
        FlagReason::ExpiredClick => {
            "it happened longer after its click than was agreed; look at `timestamp`"
        }
        FlagReason::BeforeClick => {
            "it happened before its click; `timestamp` is the event's own time, in unix seconds"
        }
        FlagReason::FutureEvent => {
            "it lies more than a day ahead; `timestamp` is in unix seconds, in UTC"
        }
        FlagReason::DoubleFtd => {
            "a second first deposit of this click, with another `transaction_id`; a further deposit \
             is a `redeposit`"
        }
        FlagReason::SuspectedDuplicate => {
            "the same again, with nothing to tell a retry from a second event; send \
             `transaction_id` or `timestamp`"
        }
        FlagReason::Reapproved => "it was rejected and is now approved; a person decides",
        FlagReason::CurrencyChanged => "it was approved in another currency; a person decides",
    }
}
