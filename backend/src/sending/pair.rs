//! One field of a postback as it is written on a command line.

use std::str::FromStr;

use serde_json::Value;

/// A field: `name=text`, or `name:=json` for a number, `true`, `false` or `null` as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// The field's name.
    pub name: String,
    /// Its value: a text, or a JSON token.
    pub value: PairValue,
}

/// The value of a [`Pair`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PairValue {
    /// A text.
    Text(String),
    /// A JSON token, kept as written: `50.00` stays `50.00`.
    Json(String),
}

/// Why an argument is no field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PairError {
    /// No `=` in it, or nothing before it.
    #[error("write a field as name=value, as clickid=abc123, or name:=value for a JSON number")]
    Shape,
    /// What follows `:=` is not JSON.
    #[error("{0:?} after := is not a JSON value; for a text write name=value")]
    NotJson(String),
}

impl FromStr for Pair {
    type Err = PairError;

    fn from_str(text: &str) -> Result<Self, PairError> {
        let (name, value) = text.split_once('=').ok_or(PairError::Shape)?;
        let (name, value) = match name.strip_suffix(':') {
            None => (name, PairValue::Text(value.to_owned())),
            Some(name) => {
                serde_json::from_str::<Value>(value)
                    .map_err(|_| PairError::NotJson(value.to_owned()))?;
                (name, PairValue::Json(value.trim().to_owned()))
            }
        };
        if name.is_empty() {
            return Err(PairError::Shape);
        }
        Ok(Self {
            name: name.to_owned(),
            value,
        })
    }
}

impl PairValue {
    /// The value as a JSON token.
    pub(super) fn to_json(&self) -> String {
        match self {
            Self::Text(text) => Value::from(text.as_str()).to_string(),
            Self::Json(token) => token.clone(),
        }
    }

    /// The value as text, for parameters.
    pub(super) fn as_text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Json(text) => text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Pair, PairError, PairValue};

    #[test]
    fn texts_and_json_tokens_stay_as_written() {
        let text: Pair = "amount=50.00=x".parse().expect("a text");
        assert_eq!(text.name, "amount");
        assert_eq!(text.value, PairValue::Text("50.00=x".into()));
        let token: Pair = "amount:=50.00".parse().expect("a number");
        assert_eq!(token.value.to_json(), "50.00");
    }

    #[test]
    fn what_is_no_field_says_how_to_write_one() {
        assert_eq!("clickid".parse::<Pair>(), Err(PairError::Shape));
        assert_eq!("=abc".parse::<Pair>(), Err(PairError::Shape));
        assert_eq!(":=1".parse::<Pair>(), Err(PairError::Shape));
        assert_eq!("a:=b".parse::<Pair>(), Err(PairError::NotJson("b".into())));
    }
}
