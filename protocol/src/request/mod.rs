//! The one parser: what came over the wire, read once, the same at the gate and in the backend.
//!
//! In flow order: [`source`] says who claims to call, [`media`] how the body is written,
//! [`read`] takes body and query apart ([`json`] or [`params`], with [`repair`] for mangled
//! URLs) into a [`postback::Postback`]. Whatever is unclear is refused by name ([`Unreadable`]);
//! what was mended or not understood is told as a [`Warning`].

mod json;
mod media;
mod params;
mod percent;
mod postback;
mod read;
mod repair;
mod source;
mod unreadable;
mod warning;

pub use media::{Encoding, UnsupportedMediaType, body_encoding};
pub use postback::{Field, Kind, Postback};
pub use read::Request;
pub use source::{SourceError, source_of};
pub use unreadable::Unreadable;
pub(crate) use unreadable::quoted;
pub use warning::KNOWN_FIELDS;
pub use warning::Warning;

/// The one path that takes postbacks.
pub const EVENT_PATH: &str = "/v1/event";
/// The path of the signature doctor: takes what [`EVENT_PATH`] takes, books nothing, explains.
pub const VERIFY_PATH: &str = "/v1/verify";
/// Names the partner.
pub const SOURCE_HEADER: &str = "x-rs-source";
/// Carries the signature when the payload does not.
pub const SIGN_HEADER: &str = "x-rs-sign";
/// Carries the signed time of sending, in unix seconds, where a partner sends one.
pub const TIME_HEADER: &str = "x-rs-timestamp";

/// The methods [`EVENT_PATH`] takes. `HEAD` is none of them: it must create nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Fields in the query, no body.
    Get,
    /// Fields in the body.
    Post,
}

impl Method {
    /// Reads a method; methods are case-sensitive.
    #[must_use]
    pub fn parse(name: &[u8]) -> Option<Self> {
        match name {
            b"GET" => Some(Self::Get),
            b"POST" => Some(Self::Post),
            _ => None,
        }
    }
}
