//! Ids and free text of an event, kept to the letter: nothing is trimmed, cut or re-cased, for a
//! click id that was tidied up matches no click.

use std::fmt;
use std::ops::Deref;

use serde::{Serialize, Serializer};
use thiserror::Error;

/// The longest click id.
pub const MAX_CLICKID_BYTES: usize = 256;
/// The longest sub id.
pub const MAX_SUB_ID_BYTES: usize = 512;
/// The longest reason.
pub const MAX_REASON_BYTES: usize = 1_024;
/// The longest transaction id.
pub const MAX_TRANSACTION_ID_BYTES: usize = 256;

/// Why a text cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TextError {
    /// Nothing in it.
    #[error("a value that is not empty")]
    Empty,
    /// Above the field's limit.
    #[error("at most {max_bytes} bytes of UTF-8")]
    TooLong {
        /// The limit.
        max_bytes: usize,
    },
    /// A line break, a tab, NUL or a character nobody can see.
    #[error("printable characters only; U+{:04X} is not", u32::from(*.0))]
    NotPrintable(char),
    /// Blanks at the start or the end: a template's slip that would match no click.
    #[error("no blanks before or after the value")]
    Padded,
}

/// Makes a text type with its limit and its own rule about blanks around it.
macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $max:ident, $check:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Checks the text and keeps it as it is.
            ///
            /// # Errors
            /// [`TextError`]: empty, too long, not printable, or with blanks around an id.
            pub fn parse(text: &str) -> Result<Self, TextError> {
                $check(text, $max)?;
                Ok(Self(text.to_owned()))
            }

            /// The text as it was sent.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
    };
}

text! {
    /// The id of a click, as we gave it to the visitor's link.
    ClickId, MAX_CLICKID_BYTES, check_id
}
text! {
    /// A further parameter of the click, such as the funnel or the creative.
    SubId, MAX_SUB_ID_BYTES, check_text
}
text! {
    /// Why a conversion was rejected, in the partner's words.
    Reason, MAX_REASON_BYTES, check_text
}
text! {
    /// The partner's own id of a payment.
    TransactionId, MAX_TRANSACTION_ID_BYTES, check_id
}

/// An id is compared to the byte, so blanks around it cannot be meant.
fn check_id(text: &str, max_bytes: usize) -> Result<(), TextError> {
    check_text(text, max_bytes)?;
    if text.trim() != text {
        return Err(TextError::Padded);
    }
    Ok(())
}

fn check_text(text: &str, max_bytes: usize) -> Result<(), TextError> {
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    if text.len() > max_bytes {
        return Err(TextError::TooLong { max_bytes });
    }
    match text.chars().find(|c| c.is_control() || is_invisible(*c)) {
        Some(c) => Err(TextError::NotPrintable(c)),
        None => Ok(()),
    }
}

/// Characters that show nothing or turn the reading direction: with them two ids that look alike
/// differ, and a console can be made to show another text. Joiners stay: scripts and emoji need them.
const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_click_id_is_kept_to_the_letter() {
        for id in [
            "abc123def456",
            "AbC",
            "a b",
            "a/b+c==",
            "{x}-1",
            "é",
            "日本",
            "👩‍💻",
            "~*!'()",
        ] {
            assert_eq!(ClickId::parse(id).expect(id).as_str(), id);
        }
    }

    #[test]
    fn an_empty_text_is_refused() {
        assert_eq!(ClickId::parse(""), Err(TextError::Empty));
        assert_eq!(SubId::parse(""), Err(TextError::Empty));
    }

    #[test]
    fn each_field_takes_its_limit_and_not_a_byte_more() {
        let fits = |bytes: usize| "x".repeat(bytes);
        assert!(ClickId::parse(&fits(MAX_CLICKID_BYTES)).is_ok());
        assert!(SubId::parse(&fits(MAX_SUB_ID_BYTES)).is_ok());
        assert!(Reason::parse(&fits(MAX_REASON_BYTES)).is_ok());
        assert!(TransactionId::parse(&fits(MAX_TRANSACTION_ID_BYTES)).is_ok());
        let too_long = |max_bytes| TextError::TooLong { max_bytes };
        assert_eq!(ClickId::parse(&fits(257)), Err(too_long(256)));
        assert_eq!(SubId::parse(&fits(513)), Err(too_long(512)));
        assert_eq!(Reason::parse(&fits(1_025)), Err(too_long(1_024)));
        assert_eq!(TransactionId::parse(&fits(257)), Err(too_long(256)));
        assert_eq!(ClickId::parse(&"é".repeat(129)), Err(too_long(256)));
    }

    #[test]
    fn control_and_invisible_characters_are_named_and_refused() {
        for c in [
            '\0', '\n', '\t', '\u{7f}', '\u{85}', '\u{200b}', '\u{202e}', '\u{feff}',
        ] {
            let text = format!("a{c}b");
            assert_eq!(ClickId::parse(&text), Err(TextError::NotPrintable(c)));
            assert_eq!(Reason::parse(&text), Err(TextError::NotPrintable(c)));
        }
        let message = TextError::NotPrintable('\n').to_string();
        assert_eq!(message, "printable characters only; U+000A is not");
    }

    #[test]
    fn blanks_around_an_id_are_refused_and_around_a_text_they_are_kept() {
        for id in [" abc", "abc ", "\u{a0}abc", " "] {
            assert_eq!(ClickId::parse(id), Err(TextError::Padded), "{id:?}");
            assert_eq!(TransactionId::parse(id), Err(TextError::Padded), "{id:?}");
            assert_eq!(SubId::parse(id).expect(id).as_str(), id);
        }
    }
}
