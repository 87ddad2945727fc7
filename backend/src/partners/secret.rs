//! Strong secrets, out of randomness that is handed in.

use std::fmt::Write as _;

/// Bytes of randomness in what we make: as many as the hash puts out.
pub const SECRET_BYTES: usize = 32;

/// A strong secret or token as lower hex: it survives being copied into dashboards, shells and
/// e-mails.
#[must_use]
pub fn strong_secret(random: [u8; SECRET_BYTES]) -> String {
    let mut text = String::with_capacity(2 * SECRET_BYTES);
    for byte in random {
        // Writing into a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::strong_secret;

    #[test]
    fn a_secret_is_two_hex_digits_for_each_byte() {
        let mut random = [0; 32];
        random[31] = 0xf1;
        assert_eq!(strong_secret(random), format!("{}f1", "00".repeat(31)));
    }
}
