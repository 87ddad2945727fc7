//! What was mended or not understood, told to the partner in the reply.

use std::fmt;

/// Something the partner should know though the postback was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// An HTML entity had eaten the name of a parameter; it was put back.
    RepairedEntity {
        /// The name that was put back.
        field: &'static str,
    },
    /// A field that no rule reads. It is covered by the signature all the same.
    UnknownField {
        /// Its name, cut to [`crate::limits::MAX_QUOTED_CHARS`] characters.
        name: String,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RepairedEntity { field } => write!(
                f,
                "`&{field}` arrived as an HTML entity and was put back; write it as `&amp;{field}` inside HTML"
            ),
            Self::UnknownField { name } => {
                write!(f, "`{name}` is not a known field and was ignored")
            }
        }
    }
}
