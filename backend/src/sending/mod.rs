//! Making and posting signed postbacks: what `postern sign` and `postern send` are made of.
//!
//! A [`Payload`] is text as it will travel. It is read by the protocol's own parser and signed by
//! the protocol's own forms, so what we send is what the gate reads. [`post`] puts it on the wire, and
//! [`suite`] is a partner's self-check made of it.

mod pair;
mod payload;
pub mod post;
pub mod suite;

pub use pair::{Pair, PairError, PairValue};
pub use payload::{CannotSign, Payload, Signed};

/// Where a partner's relay for a tracker is, until somebody writes the real place in.
pub const RELAY_EXAMPLE: &str = "https://relay.example.com/RELAY_KEY/";
