//! The signature as it was written: which digests it may stand for, and what is odd about it.

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::Cause;
use crate::event::placeholder::is_placeholder;

/// The digest the caller sent.
pub(super) struct Given {
    pub(super) tag: Vec<u8>,
    pub(super) causes: Vec<Cause>,
}

/// Lengths of the digests that are tried: MD5, SHA-1, SHA-256, SHA-384, SHA-512.
const DIGEST_BYTES: [usize; 5] = [16, 20, 32, 48, 64];

/// What stands before a digest in other systems.
const PREFIXES: [&str; 6] = ["sha256=", "sha256:", "sha1=", "0x", "v1=", "hmac "];

/// The digest a signature stands for; `None` where it is no digest at all.
pub(super) fn read(sign: &str) -> Option<Given> {
    let blanks: &[char] = &[' ', '\t', '\r', '\n', '"', '\''];
    let bare = sign.trim_matches(blanks);
    let mut causes = Vec::new();
    if bare.len() != sign.len() {
        causes.push(Cause::SignInBlanks);
    }
    let mut digits = bare;
    let lower = bare.to_ascii_lowercase();
    if let Some(prefix) = PREFIXES.iter().find(|prefix| lower.starts_with(**prefix)) {
        digits = bare.get(prefix.len()..).unwrap_or_default();
        causes.push(Cause::SignPrefixed);
    }
    if let Some(tag) = unhex(digits) {
        return one(tag, causes);
    }
    causes.push(Cause::SignBase64);
    one(unbase64(digits)?, causes)
}

/// What is wrong with a signature that is no digest, or of another length.
pub(super) fn complaint(sign: &str) -> Cause {
    let digits = sign.trim();
    if is_placeholder(digits) {
        return Cause::MacroLeftIn {
            field: "sign".to_owned(),
        };
    }
    let all_hex = digits.bytes().all(|b| b.is_ascii_hexdigit());
    if all_hex && digits.len() != 64 {
        return Cause::SignOtherLength {
            digits: digits.len(),
        };
    }
    Cause::SignNotHex
}

fn one(tag: Vec<u8>, causes: Vec<Cause>) -> Option<Given> {
    DIGEST_BYTES
        .contains(&tag.len())
        .then_some(Given { tag, causes })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|d| u8::try_from(d).ok())
    };
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
        return None;
    };
    pairs
        .iter()
        .map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?))
        .collect()
}

/// Base64 of either alphabet, padded or not; also Base64 of hex digits.
fn unbase64(text: &str) -> Option<Vec<u8>> {
    let config =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    // In a query an unescaped `+` arrives as a blank.
    let text = text.replace(' ', "+");
    let alphabet = if text.contains(['-', '_']) {
        &URL_SAFE
    } else {
        &STANDARD
    };
    let bytes = GeneralPurpose::new(alphabet, config).decode(text).ok()?;
    let inner = std::str::from_utf8(&bytes).ok().and_then(unhex);
    match inner {
        Some(tag) if DIGEST_BYTES.contains(&tag.len()) => Some(tag),
        _ => Some(bytes),
    }
}
