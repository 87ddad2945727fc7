//! Percent-decoding, strict: what is not decoded for certain is refused.

use std::borrow::Cow;

use super::Unreadable;
use super::unreadable::quoted;

/// Decodes `%xx` and `+` (a space). Borrows where nothing is encoded.
///
/// # Errors
/// A `%` without two hex digits, or bytes that are not UTF-8 once decoded.
pub(super) fn decode(text: &str) -> Result<Cow<'_, str>, Unreadable> {
    if !text.bytes().any(|b| matches!(b, b'%' | b'+')) {
        return Ok(Cow::Borrowed(text));
    }
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let pair = hex(bytes.next()).zip(hex(bytes.next()));
                let (high, low) = pair.ok_or_else(|| Unreadable::BadPercent {
                    field: quoted(text),
                })?;
                high << 4 | low
            }
            plain => plain,
        });
    }
    String::from_utf8(decoded)
        .map(Cow::Owned)
        .map_err(|_| Unreadable::NotUtf8)
}

fn hex(digit: Option<u8>) -> Option<u8> {
    match digit? {
        digit @ b'0'..=b'9' => Some(digit - b'0'),
        digit @ b'a'..=b'f' => Some(digit - b'a' + 10),
        digit @ b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}
