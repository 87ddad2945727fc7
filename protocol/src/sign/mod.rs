//! The signature: which text a partner may have signed, and whether it did.
//!
//! A postback is signed over one of a closed set of [`Form`]s of its own bytes. [`text`] rebuilds
//! that text; [`sign()`] and [`Keyring::verify`] stand in one file, so they cannot drift apart.
//! A [`Keyring`] holds a partner's secrets with the spans in which each counts.

mod form;
mod keyring;
mod mac;
mod secret;
mod text;

pub use form::{Form, FormSet, UnknownForm};
pub use keyring::{Key, Keyring};
pub use mac::{NotSigned, Verified, sign};
pub use secret::{Secret, SecretError};
pub use text::text;
pub(crate) use text::{joins_unambiguously, reads_as_sent, signed_fields};
