//! What the end-to-end stories in `tests/` share: clients that send exactly the bytes a story asks
//! for, signatures made without the product's code, and the gate they are sent to – a real Envoy,
//! the real filter, the real `postern`, a database of its own.
//!
//! A story builds an [`event`], signs it ([`signing`]), puts it into a [`message`], sends it over a
//! [`connection`] or [`http2`] to its gate, and makes claims about the [`answer`].

mod parse;
mod tls;

pub mod event;
pub mod signing;

pub mod message;

pub mod connection;
pub mod http2;

pub mod answer;

pub mod partner;

pub mod load;
pub mod waiting;
