//! Why a decision cannot be made as things are.

use thiserror::Error;
use uuid::Uuid;

use super::flag_id::FlagId;

/// Why a decision cannot be made as things are. Nothing has changed then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Unfit {
    /// The redeposit it would open is there, and as was reported.
    #[error(
        "this deposit is booked already, as conversion {0}: reject the flag, there is nothing left to book"
    )]
    Booked(Uuid),
    /// The redeposit it would open is there, and the report cannot move it by itself.
    #[error(
        "this deposit is booked already, as conversion {0}, and stands otherwise there: reject the flag, and decide the flags of that conversion"
    )]
    StandsOtherwise(Uuid),
    /// To take the reported currency would bring back what was rejected since.
    #[error(
        "the conversion has been rejected since; reject the flag. Should it be good after all, ask the partner for a postback that approves it with a timestamp not sent before: the same one again is a duplicate"
    )]
    RejectedSince,
    /// The flag does not say what was reported, and the request can no longer be read.
    #[error(
        "what was reported is not kept any more; reject the flag and ask the partner for a postback with a timestamp not sent before: the same one again is a duplicate"
    )]
    NothingKept,
    /// Nobody knows by which terms it would be paid.
    #[error(
        "there is no agreement with the partner any more: put it back into partners.toml and run `postern partners apply`, or reject the flag"
    )]
    NoAgreement,
    /// What was decided upon is not what there is.
    #[error(
        "it has changed since you looked: the conversion has moved, or another flag was raised or answered; look again, and decide upon what is there now"
    )]
    ChangedSince,
    /// Nobody has answered it yet.
    #[error("the flag waits for a decision: there is nothing to undo")]
    Waits,
    /// The sweep would answer it the same again.
    #[error(
        "the click log has answered it, and would again: its click is there. To take the conversion back, ask the partner for a postback with the status rejected"
    )]
    Healed,
    /// It has no answer of its own.
    #[error("it was closed by the rejection of {0}: undo that, and it waits again too")]
    ClosedWith(FlagId),
    /// Another answer stands on what this one did.
    #[error("conversion {0} has moved since, by the answer to {1}: undo that first")]
    DecidedSince(Uuid, FlagId),
    /// The partner's word came after the answer.
    #[error(
        "conversion {0} has moved since, by delivery {1}: what the partner has reported after the answer stands; it is the partner who turns it around, by another postback"
    )]
    ReportedSince(Uuid, Uuid),
    /// The partner agrees with the rejection.
    #[error(
        "the partner has reported conversion {0} as rejected too, in delivery {1}: it stays so. Should it be good after all, ask the partner for a postback that approves it with a timestamp not sent before"
    )]
    RejectedToo(Uuid, Uuid),
}
