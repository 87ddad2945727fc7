//! Names of partners and of their secrets.
//!
//! They travel in headers, log lines, metric names and SQL, so their alphabet is small enough to
//! be safe in each of them without escaping.

use std::fmt;

use crate::limits::MAX_ID_BYTES;

/// Why a text is no id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Nothing was given.
    #[error("is empty; give 1 to 64 letters, digits, `_`, `.` or `-`")]
    Empty,
    /// More than [`MAX_ID_BYTES`].
    #[error("is longer than 64 characters; shorten it")]
    TooLong,
    /// A character outside `A-Z a-z 0-9 _ . -`.
    #[error("holds a character other than letters, digits, `_`, `.` and `-`")]
    Alphabet,
}

fn check(text: &str) -> Result<(), IdError> {
    if text.is_empty() {
        return Err(IdError::Empty);
    }
    if text.len() > MAX_ID_BYTES {
        return Err(IdError::TooLong);
    }
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
    if text.bytes().all(fits) {
        Ok(())
    } else {
        Err(IdError::Alphabet)
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Reads an id: 1 to 64 of `A-Z a-z 0-9 _ . -`, case kept.
            ///
            /// # Errors
            /// Says which rule the text breaks.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                check(text).map(|()| Self(text.to_owned()))
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::parse(text)
            }
        }
    };
}

id! {
    /// Who posts: the value of `X-RS-Source`.
    PartnerId
}
id! {
    /// Which of a partner's secrets: shown in logs and in the ledger instead of the secret.
    KeyId
}

/// What the ids of test secrets begin with, and no others. The kind of a secret is part of its name,
/// so whoever reads the name of the key that signed, in a proof or in a row, knows it was a test:
/// no second list has to be of the same age as the gate's.
pub const TEST_KEY_PREFIX: &str = "test.";

impl KeyId {
    /// The id of a test secret, with the prefix where `text` lacks it.
    ///
    /// # Errors
    /// Says which rule the text breaks; the prefix counts.
    pub fn of_test(text: &str) -> Result<Self, IdError> {
        match text.strip_prefix(TEST_KEY_PREFIX) {
            Some(_) => Self::parse(text),
            None => {
                Self::parse(text).and_then(|_| Self::parse(&format!("{TEST_KEY_PREFIX}{text}")))
            }
        }
    }

    /// Whether all that it signs is a test.
    #[must_use]
    pub fn is_test(&self) -> bool {
        self.0.starts_with(TEST_KEY_PREFIX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn ids_keep_their_case_and_show_themselves() {
        let id = PartnerId::parse("Partner_name.v2-EU").unwrap();
        assert_eq!(id.to_string(), "Partner_name.v2-EU");
        assert_ne!(id, PartnerId::parse("partner_name.v2-eu").unwrap());
        assert_eq!("k1".parse::<KeyId>().unwrap().as_ref(), "k1");
    }

    #[test]
    fn ids_of_one_and_of_sixty_four_characters_are_the_bounds() {
        assert!(PartnerId::parse("a").is_ok());
        assert!(PartnerId::parse(&"a".repeat(64)).is_ok());
        assert_eq!(PartnerId::parse(""), Err(IdError::Empty));
        assert_eq!(PartnerId::parse(&"a".repeat(65)), Err(IdError::TooLong));
    }

    #[test]
    fn a_test_keys_name_says_that_it_is_one() {
        for text in ["sandbox", "test.sandbox"] {
            let id = KeyId::of_test(text).unwrap();
            assert_eq!((id.as_str(), id.is_test()), ("test.sandbox", true));
        }
        for text in ["sandbox", "test", "Test.x", "2026-01", "x.test.y"] {
            assert!(!KeyId::parse(text).unwrap().is_test(), "{text}");
        }
        assert_eq!(KeyId::of_test(""), Err(IdError::Empty));
        assert_eq!(KeyId::of_test(&"a".repeat(60)), Err(IdError::TooLong));
    }

    #[test]
    fn nothing_that_needs_escaping_anywhere_is_an_id() {
        for text in [
            "a b", "a;b", "a=b", "a/b", "a\r\nb", "a\0", "é", "a\"b", "a,b", "a:b",
        ] {
            assert_eq!(PartnerId::parse(text), Err(IdError::Alphabet), "{text:?}");
        }
    }
}
