//! Tests: deliveries that are decided as live ones are and booked nowhere.
//!
//! A test passes the gate, is read, decided and kept in the delivery log like any other, and its
//! answer says how it would appear: the conversion, what it would earn by which rule, each flag with
//! its meaning. The rules are the ledger's own, which are pure. So a [`Stage`] begins with an empty
//! book, replays the partner's earlier tests of the click from their raw requests, and then decides
//! the next one. Only that one's row is written, with its [`Outlook`]; live deliveries never see it,
//! and it never sees them.
//!
//! What a test is told follows today's agreement and today's click log. Caps count from nothing, as
//! nothing of a test takes a place.

mod outlook;
mod stage;
mod words;
#[cfg(test)]
mod tests;

pub use outlook::{ChangeSeen, ConversionSeen, FlagSeen, LineSeen, Outlook, StateSeen};
pub use stage::{ClickSeen, Rehearsed, Stage};

/// Earlier tests of a click that are replayed, the latest so many. Who sends more of one click is told
/// how the next would appear after these.
pub const MAX_REHEARSED: u32 = 64;

/// What click ids of tests begin with that stand for a click nobody needs to make: the partner's own,
/// a minute old. A click of the log goes before it.
pub const TEST_CLICK_PREFIX: &str = "test-";

/// What click ids of tests begin with that stand for a click longer ago than was agreed.
pub const TEST_OLD_CLICK_PREFIX: &str = "test-old-";

/// How long before the first test of it a click was made whose id begins with [`TEST_CLICK_PREFIX`];
/// an old one was so much longer ago than was agreed.
const TEST_CLICK_AGE_SECONDS: i64 = 60;
