//! Who is logged in: a token, sent once, becomes a session, and its cookie is the key to it.
//!
//! Sessions live in memory, so they end with the backend, and each backend has its own. A session
//! knows its token's digest and asks at each request whose it is: a token that is revoked or replaced
//! ends its sessions, and a changed role counts at once.

pub(super) mod cookie;
pub(super) mod login;
mod draft;
mod kept;
mod signed_in;

pub(super) use draft::Draft;
#[cfg(test)]
pub(super) use draft::MAX_REQUEST_BYTES;
pub(super) use kept::{SESSION_IDLE, SESSION_LIFE, Sessions};
pub(super) use signed_in::Session;
