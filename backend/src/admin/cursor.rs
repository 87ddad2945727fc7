//! Where a list goes on: a text that says nothing to clients and belongs to one list and its
//! filters.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// Bytes that tie a cursor to what was asked.
const SCOPE_BYTES: usize = 8;

/// A longer cursor is none of ours: the longest place is the path of a file, 4,096 bytes in base64.
const MAX_CURSOR_CHARS: usize = 6_000;

/// A cursor that goes on behind `key` in the list that `scope` names.
pub(super) fn write(scope: &str, key: &[u8]) -> String {
    let mut bytes = scope_of(scope).to_vec();
    bytes.extend_from_slice(key);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The key in a cursor that was given for the list that `scope` names.
pub(super) fn read(scope: &str, text: &str) -> Result<Vec<u8>, String> {
    if text.len() > MAX_CURSOR_CHARS {
        return Err(foreign());
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| foreign())?;
    let key = bytes.strip_prefix(&scope_of(scope)).ok_or_else(foreign)?;
    Ok(key.to_vec())
}

/// What is said of any other cursor.
pub(super) fn foreign() -> String {
    "is not one that this list gave with these filters: take `next` as it is, or leave it out to start again".to_owned()
}

fn scope_of(scope: &str) -> [u8; SCOPE_BYTES] {
    let mut bytes = [0; SCOPE_BYTES];
    for (byte, digit) in bytes.iter_mut().zip(Sha256::digest(scope)) {
        *byte = digit;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_belongs_to_its_list() {
        let cursor = write("deliveries of acme", b"key");
        assert_eq!(read("deliveries of acme", &cursor), Ok(b"key".to_vec()));
        for (scope, text) in [
            ("deliveries of east", cursor.as_str()),
            ("deliveries of acme", "AAAA"),
            ("deliveries of acme", "not base64!"),
            ("deliveries of acme", &cursor[1..]),
            ("deliveries of acme", &"A".repeat(8_000)),
        ] {
            assert!(read(scope, text).is_err(), "{text}");
        }
    }
}
