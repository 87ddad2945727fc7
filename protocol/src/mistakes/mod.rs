//! All mistakes of a configuration, reported at once.
//!
//! A text becomes a shape whose leaves are [`Lenient`]: a leaf of the wrong kind stands for
//! itself and does not hide the others. One pass over the shape then asks each leaf for its
//! value and notes what is wrong in [`Mistakes`], with its path. Formats other than JSON (the
//! partners' file is TOML) use the same leaves.

mod leaves;
mod lenient;
mod strict_json;

use std::fmt;

pub use leaves::{each, list, refuse_repeated, text, whole, whole_or};
pub use lenient::{Lenient, Unknown};
pub use strict_json::from_json;

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Where it is, such as `partners[0].id`; empty for the whole text.
    pub path: String,
    /// What is wrong and what to do; never repeats a secret.
    pub message: String,
}

/// Everything that is wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mistakes(Vec<Mistake>);

impl Mistakes {
    /// Notes one more.
    pub fn add(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.0.push(Mistake {
            path: path.into(),
            message: message.into(),
        });
    }

    /// A value that was read, or everything that was wrong with it.
    ///
    /// # Errors
    /// When any mistake was noted, or there is no value.
    pub fn unless_any<T>(self, value: Option<T>) -> Result<T, Self> {
        match value {
            Some(value) if self.is_empty() => Ok(value),
            _ => Err(self),
        }
    }

    /// Each mistake, in the order found.
    #[must_use]
    pub fn list(&self) -> &[Mistake] {
        &self.0
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Mistakes {
    /// A line each.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, Mistake { path, message }) in self.0.iter().enumerate() {
            let line_end = if n == 0 { "" } else { "\n" };
            let colon = if path.is_empty() { "" } else { ": " };
            write!(f, "{line_end}{path}{colon}{message}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Mistakes {}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn each_mistake_has_a_line() {
        let mut mistakes = Mistakes::default();
        mistakes.add("a", "is missing");
        mistakes.add("", "is odd");
        assert_eq!(mistakes.to_string(), "a: is missing\nis odd");
        assert_eq!(mistakes.list().len(), 2);
    }

    #[test]
    fn a_value_counts_only_without_mistakes() {
        assert_eq!(Mistakes::default().unless_any(Some(1)), Ok(1));
        let mut mistakes = Mistakes::default();
        mistakes.add("a", "is missing");
        assert_eq!(mistakes.clone().unless_any(Some(1)), Err(mistakes));
    }
}
