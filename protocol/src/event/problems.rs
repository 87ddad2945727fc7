//! What keeps a postback from being an event. Partners read these texts in the reply, so each says
//! which field, what came and what is expected.

use std::fmt;

use serde::Serialize;
use thiserror::Error;

use crate::limits::MAX_QUOTED_CHARS;

/// One field that is wrong or missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FieldError {
    /// The field's name.
    pub field: String,
    /// What came, cut to [`MAX_QUOTED_CHARS`] characters; `None` when nothing did.
    pub received: Option<String>,
    /// What should have come, in plain words.
    pub expected: String,
}

/// Why a field is in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DoubtReason {
    /// A template's macro, such as `{amount}`, was sent instead of a value.
    UnresolvedMacro,
    /// The amount can be read in two ways.
    AmbiguousAmount,
}

/// One field nobody should guess at. The postback is kept and not booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Doubt {
    /// The field's name.
    pub field: String,
    /// What came, cut to [`MAX_QUOTED_CHARS`] characters.
    pub received: String,
    /// Why it is in doubt.
    pub reason: DoubtReason,
    /// The same in plain words, with what to do.
    pub message: String,
}

/// Why a postback is not an event: everything at once.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotAnEvent {
    /// At least one field is wrong. Fields in doubt are listed here too.
    #[error("{}", lines(.0))]
    Invalid(Vec<FieldError>),
    /// No field is wrong, but at least one is in doubt: kept for a person to decide.
    #[error("{}", lines(.0))]
    Doubtful(Vec<Doubt>),
}

impl FieldError {
    pub(super) fn new(field: &str, received: Option<&str>, expected: impl fmt::Display) -> Self {
        Self {
            field: field.to_owned(),
            received: received.map(shortened),
            expected: expected.to_string(),
        }
    }
}

impl Doubt {
    pub(super) fn new(field: &str, received: &str, reason: DoubtReason, why: &str) -> Self {
        Self {
            field: field.to_owned(),
            received: shortened(received),
            reason,
            message: why.to_owned(),
        }
    }
}

impl From<Doubt> for FieldError {
    fn from(doubt: Doubt) -> Self {
        Self {
            field: doubt.field,
            received: Some(doubt.received),
            expected: doubt.message,
        }
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.received {
            Some(received) => write!(
                f,
                "{}: expected {}, received {received:?}",
                self.field, self.expected
            ),
            None => write!(f, "{}: missing, expected {}", self.field, self.expected),
        }
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: received {:?}: {}",
            self.field, self.received, self.message
        )
    }
}

/// The start of a text, long enough to recognise it.
fn shortened(text: &str) -> String {
    text.chars().take(MAX_QUOTED_CHARS).collect()
}

fn lines(items: &[impl fmt::Display]) -> String {
    let lines: Vec<String> = items.iter().map(ToString::to_string).collect();
    lines.join("\n")
}
