//! What a postback says happened: the [`Event`], whose types can only hold valid values.
//!
//! A [`Postback`](crate::request::Postback) of text fields goes in. Out comes an [`Event`], or
//! everything that is wrong with it at once, or, where all that stands against it could be a slip
//! of the sender's template, the doubts that keep it from being booked until a person decides.
//!
//! Every event may come with every status: the page that partners integrate by allows them all, and
//! what a combination means for a conversion is the ledger's business. Words such as `ftd` are
//! taken in any case and kept in lower case; ids and sub ids are kept to the letter.

mod money;
pub(crate) mod placeholder;
mod problems;
mod read;
mod test_mark;
mod text;
mod timestamp;
mod words;

pub use self::problems::{Doubt, DoubtReason, FieldError, NotAnEvent};
pub use self::test_mark::{NotATestMark, test_mark};
pub use self::text::{
    ClickId, MAX_CLICKID_BYTES, MAX_REASON_BYTES, MAX_SUB_ID_BYTES, MAX_TRANSACTION_ID_BYTES,
    Reason, SubId, TextError, TransactionId,
};
pub use self::timestamp::{
    EARLIEST_TIMESTAMP_SECONDS, LATEST_TIMESTAMP_SECONDS, TimestampError, parse_timestamp,
};
pub use self::words::{EventKind, PaymentMethod, Status, UnknownWord};
use crate::geo::Geo;
use crate::money::Money;
use crate::time::UnixSeconds;

/// One thing that happened to one click.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Event {
    /// Whose click it was.
    pub clickid: ClickId,
    /// What happened.
    pub kind: EventKind,
    /// How far the partner has confirmed it.
    pub status: Status,
    /// How much; always there, and above zero, where [`EventKind::needs_money`] says so.
    pub money: Option<Money>,
    /// Where the visitor is.
    pub geo: Option<Geo>,
    /// The funnel or creative.
    pub sub_id_1: Option<SubId>,
    /// A second parameter of that kind.
    pub sub_id_2: Option<SubId>,
    /// How it was paid.
    pub payment_method: Option<PaymentMethod>,
    /// Why it was rejected, in the partner's words.
    pub reason: Option<Reason>,
    /// When it happened, by the partner's clock; without it the time of receipt counts.
    pub timestamp: Option<UnixSeconds>,
    /// The partner's own id of the payment, which tells two redeposits from one sent twice.
    pub transaction_id: Option<TransactionId>,
}

#[cfg(test)]
mod tests;
