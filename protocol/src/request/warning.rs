//! What was mended or not understood, told to the partner in the reply.

use std::fmt;

/// Every name that a rule somewhere reads.
pub const KNOWN_FIELDS: [&str; 15] = [
    "clickid",
    "event",
    "status",
    "amount",
    "currency",
    "geo",
    "sub_id_1",
    "sub_id_2",
    "payment_method",
    "reason",
    "timestamp",
    "transaction_id",
    "sign",
    "source",
    "test",
];

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
                write!(f, "`{name}` is not a known field and was ignored")?;
                let meant = KNOWN_FIELDS
                    .iter()
                    .find(|known| known.eq_ignore_ascii_case(name));
                meant.map_or(Ok(()), |known| write!(f, "; did you mean `{known}`?"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn warnings_say_what_to_do() {
        let repaired = Warning::RepairedEntity { field: "currency" };
        assert_eq!(
            repaired.to_string(),
            "`&currency` arrived as an HTML entity and was put back; write it as `&amp;currency` inside HTML"
        );
        let unknown = |name: &str| {
            Warning::UnknownField {
                name: name.to_owned(),
            }
            .to_string()
        };
        assert_eq!(
            unknown("color"),
            "`color` is not a known field and was ignored"
        );
        assert_eq!(
            unknown("Amount"),
            "`Amount` is not a known field and was ignored; did you mean `amount`?"
        );
    }
}
