//! The page's recipe, written again here with nothing of the product's code: HMAC-SHA256 in lower
//! hex over bytes the caller chose. If product and test shared their canonical forms, they would
//! agree even where both are wrong.

use crate::event::Event;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// HMAC-SHA256 of `bytes` under `secret`, in lower hex.
#[must_use]
pub fn hmac_hex(secret: &str, bytes: impl AsRef<[u8]>) -> String {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(bytes.as_ref());
    mac.finalize()
        .into_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The page's example: members sorted by name, compact JSON, signed before `sign` is added.
#[must_use]
pub fn sign_sorted_json(secret: &str, event: &Event) -> String {
    hmac_hex(secret, event.sorted().json())
}

/// The event's JSON with its signature of [`sign_sorted_json`] as the last member.
#[must_use]
pub fn signed_json(secret: &str, event: &Event) -> String {
    event
        .clone()
        .text("sign", &sign_sorted_json(secret, event))
        .json()
}

/// The event's parameters as sent, signed sorted, with `sign` at the end.
#[must_use]
pub fn signed_parameters(secret: &str, event: &Event) -> String {
    let sign = hmac_hex(secret, event.sorted().parameters());
    format!("{}&sign={sign}", event.parameters())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_recipe_gives_what_the_pages_own_script_prints() {
        let event = Event::ftd("abc123def456").token("timestamp", "1717000000");
        assert_eq!(
            sign_sorted_json("your_secret_key", &event),
            "017c2c700cd64ca9cc6f30bbb219bc158d12dfeb6e1695ee4938cb623ff4b71b"
        );
    }
}
