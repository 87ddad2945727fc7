//! What a postback *is*: the one place where the gate at the edge and the ledger behind it agree.
//!
//! The way of one request through this crate:
//!
//! 1. [`request`] names the partner ([`request::source_of`]), settles how the body is written
//!    ([`request::body_encoding`]) and reads it once into a [`request::Postback`]: flat fields,
//!    each decoded and each exactly as it was sent.
//! 2. [`sign`] rebuilds the text the partner signed, in one of a closed set of forms, and checks
//!    it against every live secret of that partner.
//! 3. [`proof`] tells the backend, in one header, what the gate has established.
//! 4. The backend reads the same bytes with the same parser and turns the fields into an
//!    [`event`] with [`money`], [`currency`] and [`geo`] that can only hold valid values.
//! 5. [`answer`] is what either side says in reply.
//!
//! Where a signature does not fit, [`diagnose`] says why, and [`snippet`] how to make one that does.
//! [`edge`] is the gate's configuration; [`mistakes`] reports everything wrong with it at once. With the
//! feature `schema`, `openapi` makes the OpenAPI document of what partners call.
//!
//! Deliberately absent: I/O, clocks, randomness, Envoy and SQL. Time comes in as a parameter.
//! Nothing here panics on any input: the lints below keep it so, since a panic inside the
//! filter would stop a whole worker.
#![cfg_attr(
    not(test),
    deny(
        clippy::panic,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing
    )
)]

pub mod answer;
pub mod currency;
pub mod diagnose;
pub mod edge;
pub mod event;
pub mod geo;
pub mod id;
pub mod limits;
pub mod mistakes;
pub mod money;
#[cfg(feature = "schema")]
pub mod openapi;
pub mod proof;
pub mod request;
pub mod sign;
pub mod snippet;
pub mod time;

#[cfg(test)]
mod testing;
