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

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn text_without_escapes_is_borrowed() {
        assert!(matches!(
            decode("abc-_.~!*'()é"),
            Ok(Cow::Borrowed("abc-_.~!*'()é"))
        ));
    }

    #[test]
    fn escapes_of_either_case_and_plus_are_decoded_once() {
        assert_eq!(decode("a%2fb%2Fc+d%20e").unwrap(), "a/b/c d e");
        assert_eq!(decode("%C3%A9%e2%82%ac").unwrap(), "é€");
        assert_eq!(decode("%2541").unwrap(), "%41");
    }

    #[test]
    fn what_is_not_decoded_for_certain_is_refused() {
        for bad in ["%", "%4", "%zz", "%4g", "a%", "%%41", "%é1", "%+1"] {
            let refused = decode(bad);
            assert!(
                matches!(refused, Err(Unreadable::BadPercent { .. })),
                "{bad}"
            );
        }
        for bad in ["%ff", "%C3", "%A4", "%ED%A0%80", "%C0%80"] {
            assert_eq!(decode(bad), Err(Unreadable::NotUtf8), "{bad}");
        }
    }
}
