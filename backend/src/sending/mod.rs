//! Making and posting signed postbacks: what `postern sign` and `postern send` are made of.
//!
//! A [`Payload`] is text as it will travel. It is read by the protocol's own parser and signed by
//! the protocol's own forms, so what we send is what the gate reads. [`post`] puts it on the wire.

mod pair;
mod payload;
pub mod post;

pub use pair::{Pair, PairError};
pub use payload::{CannotSign, Payload, Signed};
