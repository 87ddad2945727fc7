//! The ledger's decisions: what each delivery means, given what is known already.
//!
//! A batch of deliveries flows through here in the order of its arrival. The store loads a
//! [`Snapshot`] of all that the batch touches, [`decide`] turns each delivery into an [`Entry`] and
//! keeps the snapshot current for the next one, and the store writes the entries. Nothing in here
//! does I/O, asks the time or draws a random number: the same snapshot and the same deliveries give
//! the same entries, always.
//!
//! Two layers stand against counting twice. The *delivery* layer knows content by its
//! [`Fingerprint`]. The *business* layer knows a conversion by its [`Identity`] inside the click.
//! Neither holds the time of receipt, since a retry would look new.

mod alike;
mod click;
mod decide;
mod decision;
mod flag_id;
mod fingerprint;
mod identity;
mod reported;
mod settle;
mod books;
mod needs;
mod ruling;
mod review;
mod undo;
mod unfit;
mod seen;
mod heal;
mod snapshot;
mod transition;
mod verdict;

pub use alike::SUSPECT_WINDOW_SECONDS;
pub use books::{Books, CapKey};
pub use click::{CLICK_CLOCK_SLACK_SECONDS, Claim, FUTURE_SLACK_SECONDS, LoggedClick, Origin};
pub use decide::{Change, Entry, Opening, decide};
pub use decision::{
    Answer, CLICK_LOG, Decision, MAX_NAME_CHARS, MAX_NOTE_CHARS, NoDecision, Outcome, Signature,
};
pub use fingerprint::Fingerprint;
pub use flag_id::{FlagId, NoFlagId};
pub use heal::heal;
pub use identity::{Basis, Identity};
pub use needs::{Agreed, ToOpen, caps_needed, terms_needed, to_open};
pub use postern_protocol::answer::Verdict;
pub use reported::Reported;
pub use review::{Case, redeposit_key, review};
pub use ruling::{Answered, Flag, Move, Opened, Raised, Ruling};
pub use seen::{NotSeen, Seen};
pub use settle::{Cause, PayoutEntry, settle};
pub use snapshot::{Conversion, ConversionKey, First, Known, MAX_ALIKE, Original, Snapshot};
pub use transition::State;
pub use undo::{Done, Moved, Mover, undo};
pub use unfit::Unfit;
pub use verdict::{FlagReason, is_booked};

#[cfg(test)]
pub(crate) mod stories;
