//! The name of a token: who decides, where a decision is kept.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::ledger::MAX_NAME_CHARS;

/// A token's name, which no decision finds too long: letters, digits and `. _ - @ +`, so that it stands as one word in lists and logs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenName(String);

/// Why a text is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "a name has 1 to {MAX_NAME_CHARS} characters: letters, digits and . _ - @ +, as ada or ada@example.com"
)]
pub struct NameError;

impl TokenName {
    /// Reads a name.
    ///
    /// # Errors
    /// When it is empty, too long, or holds other characters.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let fits = (1..=MAX_NAME_CHARS).contains(&text.chars().count());
        let is_plain = |c: char| c.is_alphanumeric() || "._-@+".contains(c);
        if fits && text.chars().all(is_plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NameError)
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TokenName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        Self::parse(text)
    }
}

impl fmt::Display for TokenName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
