//! All mistakes of a configuration, reported at once.

use std::fmt;

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
