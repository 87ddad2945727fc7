//! The ways a digest may have been made of a key and a text. Digests are compared here, in
//! constant time, and never leave.

use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};
use subtle::ConstantTimeEq;

use super::Cause;

/// A way of signing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// The text under the key: with SHA-256 the right one.
    Hmac,
    /// The key under the text.
    Swapped,
    /// The HMAC of the text's own hash in hex.
    HashedFirst,
    /// The plain hash of the text.
    Hash,
    /// The plain hash of key and text, in this order.
    HashKeyText,
    /// The plain hash of text and key.
    HashTextKey,
}

/// Every way but the right one.
pub(super) const OTHERS: [Way; 5] = [
    Way::Swapped,
    Way::Hash,
    Way::HashKeyText,
    Way::HashTextKey,
    Way::HashedFirst,
];

/// What a digest of this length was made with; `None` for SHA-256.
pub(super) const fn digest_of(bytes: usize) -> Option<&'static str> {
    match bytes {
        16 => Some("MD5"),
        20 => Some("SHA-1"),
        48 => Some("SHA-384"),
        64 => Some("SHA-512"),
        _ => None,
    }
}

/// The digest of one way with one hash. A macro, since `Hmac` takes no hash by a plain bound.
macro_rules! made_with {
    ($hash:ty, $way:expr, $key:expr, $text:expr) => {
        match $way {
            Way::Hmac => hmac::<Hmac<$hash>>($key, $text),
            Way::Swapped => hmac::<Hmac<$hash>>($text, $key),
            Way::HashedFirst => hmac::<Hmac<$hash>>($key, hex(&<$hash>::digest($text)).as_bytes()),
            Way::Hash => <$hash>::digest($text).to_vec(),
            Way::HashKeyText => <$hash>::new()
                .chain_update($key)
                .chain_update($text)
                .finalize()
                .to_vec(),
            Way::HashTextKey => <$hash>::new()
                .chain_update($text)
                .chain_update($key)
                .finalize()
                .to_vec(),
        }
    };
}

fn hmac<M: Mac + KeyInit>(key: &[u8], text: &[u8]) -> Vec<u8> {
    // A key of any length makes a MAC; if one ever did not, nothing fits it.
    <M as KeyInit>::new_from_slice(key).map_or_else(
        |_| Vec::new(),
        |mac| mac.chain_update(text).finalize().into_bytes().to_vec(),
    )
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether the digest was made so.
pub(super) fn fits(way: Way, key: &[u8], text: &[u8], tag: &[u8]) -> bool {
    let made = match tag.len() {
        16 => made_with!(Md5, way, key, text),
        20 => made_with!(Sha1, way, key, text),
        48 => made_with!(Sha384, way, key, text),
        64 => made_with!(Sha512, way, key, text),
        _ => made_with!(Sha256, way, key, text),
    };
    bool::from(made.ct_eq(tag))
}

impl Way {
    /// What it is called; nothing for the right one.
    pub(super) const fn cause(self) -> Option<Cause> {
        match self {
            Self::Hmac => None,
            Self::Swapped => Some(Cause::KeyAndTextSwapped),
            Self::HashedFirst => Some(Cause::HashedFirst),
            Self::Hash | Self::HashKeyText | Self::HashTextKey => Some(Cause::WithoutHmac),
        }
    }
}
