//! A secret that is neither printed nor left behind in memory.

use std::fmt;

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
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a secret of 8 to 512 bytes, as it is: nothing is trimmed or decoded.
    ///
    /// # Errors
    /// Too short or too long.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        match text.len() {
            ..MIN_SECRET_BYTES => Err(SecretError::TooShort),
            MIN_SECRET_BYTES..=MAX_SECRET_BYTES => Ok(Self(Zeroizing::new(text.to_owned()))),
            _ => Err(SecretError::TooLong),
        }
    }

    /// The secret itself. Named so that each use stands out when read.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
