//! A secret that is neither printed nor left behind in memory.

use std::fmt;

use hmac::{Hmac, KeyInit};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::limits::{MAX_SECRET_BYTES, MIN_SECRET_BYTES};

/// Why a text is no secret. Never repeats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// Shorter than [`MIN_SECRET_BYTES`].
    #[error("is shorter than {MIN_SECRET_BYTES} bytes; make a longer one")]
    TooShort,
    /// Longer than [`MAX_SECRET_BYTES`].
    #[error("is longer than {MAX_SECRET_BYTES} bytes; shorten it")]
    TooLong,
}

/// A secret shared with a partner. Its UTF-8 bytes are the MAC's key.
#[derive(Clone)]
pub struct Secret {
    text: Zeroizing<String>,
    /// The MAC with the key worked in: two of the eight blocks a usual postback would otherwise hash. Wiped when dropped.
    mac: Hmac<Sha256>,
}

impl Secret {
    /// Takes a secret of 8 to 512 bytes, as it is: nothing is trimmed or decoded.
    ///
    /// # Errors
    /// Too short or too long.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        match text.len() {
            ..MIN_SECRET_BYTES => Err(SecretError::TooShort),
            MIN_SECRET_BYTES..=MAX_SECRET_BYTES => Ok(Self {
                text: Zeroizing::new(text.to_owned()),
                // A key of any length makes a MAC; if one ever did not, it would be refused here.
                mac: Hmac::new_from_slice(text.as_bytes()).map_err(|_| SecretError::TooLong)?,
            }),
            _ => Err(SecretError::TooLong),
        }
    }

    /// The secret itself. Named so that each use stands out when read.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// The MAC under this secret, nothing fed to it yet.
    pub(super) fn mac(&self) -> Hmac<Sha256> {
        self.mac.clone()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_secret_is_never_printed() {
        let secret = Secret::parse("your_secret_key").unwrap();
        assert_eq!(
            format!("{secret:?} {:#?}", Some(&secret)),
            "Secret(…) Some(\n    Secret(…),\n)"
        );
        assert_eq!(secret.expose(), "your_secret_key");
    }

    #[test]
    fn secrets_of_eight_and_of_five_hundred_and_twelve_bytes_are_the_bounds() {
        assert!(Secret::parse(&"x".repeat(8)).is_ok());
        assert!(Secret::parse(&"x".repeat(512)).is_ok());
        assert_eq!(
            Secret::parse(&"x".repeat(7)).unwrap_err(),
            SecretError::TooShort
        );
        assert_eq!(
            Secret::parse(&"x".repeat(513)).unwrap_err(),
            SecretError::TooLong
        );
    }

    #[test]
    fn nothing_of_a_secret_is_trimmed_or_decoded() {
        assert_eq!(Secret::parse(" a%20b\\n ").unwrap().expose(), " a%20b\\n ");
    }
}
