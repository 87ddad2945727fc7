//! A leaf of a configuration that may be of the wrong kind without hiding the other leaves.

use std::collections::BTreeMap;

use serde::de::{Deserialize, DeserializeOwned, Deserializer};
use serde_json::Value;

use super::Mistakes;

/// A value of a configuration as it was found. Put `#[serde(default)]` on each.
#[derive(Debug, Clone, Default)]
pub enum Lenient<T> {
    /// The key is not there.
    #[default]
    Absent,
    /// It is of the right kind; whether it makes sense is for the caller to check.
    Good(T),
    /// It is of another kind, told in words. The value itself is dropped: it may be a secret.
    Bad(&'static str),
}

impl<T> Lenient<T> {
    /// The value, or a mistake. `expected` reads as "a whole number", "a text", "a list of …".
    pub fn required(self, path: &str, expected: &str, mistakes: &mut Mistakes) -> Option<T> {
        if matches!(self, Self::Absent) {
            mistakes.add(path, format!("is missing; give {expected}"));
        }
        self.optional(path, expected, mistakes)
    }

    /// The value if there is one; a mistake if it is of another kind.
    pub fn optional(self, path: &str, expected: &str, mistakes: &mut Mistakes) -> Option<T> {
        match self {
            Self::Absent => None,
            Self::Good(value) => Some(value),
            Self::Bad(received) => {
                mistakes.add(path, format!("is {received}; give {expected}"));
                None
            }
        }
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Lenient<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let received = kind_of(&value);
        Ok(serde_json::from_value(value).map_or(Self::Bad(received), Self::Good))
    }
}

#[cfg(feature = "schema")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for Lenient<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        T::json_schema(generator)
    }
}

/// What was found, in words that say nothing of the value.
fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(number) if number.is_f64() => "a number with a fraction or too large",
        Value::Number(number) if number.as_i64().is_some_and(i64::is_negative) => {
            "a negative number"
        }
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a table",
    }
}

/// The keys of a table that no rule knows. Put `#[serde(flatten)]` on it, in every table: it
/// also keeps a list from being taken for a table's values in order.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(transparent)]
pub struct Unknown(BTreeMap<String, Value>);

impl Unknown {
    /// Notes a mistake for each; `known` lists the keys that there are.
    pub fn refuse(&self, table: &str, known: &[&str], mistakes: &mut Mistakes) {
        for key in self.0.keys() {
            let dot = if table.is_empty() { "" } else { "." };
            let known = known.join(", ");
            mistakes.add(
                format!("{table}{dot}{key}"),
                format!("is not a known key; the keys here are {known}"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn told(value: &str) -> String {
        let leaf: Lenient<u64> = serde_json::from_str(value).unwrap();
        let mut mistakes = Mistakes::default();
        let read = leaf.required("a.b", "a whole number", &mut mistakes);
        read.map_or_else(|| mistakes.to_string(), |number| number.to_string())
    }

    #[test]
    fn what_was_found_is_told_by_kind_and_never_by_value() {
        assert_eq!(told("12"), "12");
        assert_eq!(told("\"hush\""), "a.b: is a text; give a whole number");
        assert_eq!(told("-1"), "a.b: is a negative number; give a whole number");
        assert_eq!(
            told("1.5"),
            "a.b: is a number with a fraction or too large; give a whole number"
        );
        assert_eq!(told("true"), "a.b: is true or false; give a whole number");
        assert_eq!(told("null"), "a.b: is null; give a whole number");
        assert_eq!(told("[]"), "a.b: is a list; give a whole number");
        assert_eq!(told("{}"), "a.b: is a table; give a whole number");
    }

    #[test]
    fn a_key_that_is_missing_is_a_mistake_only_where_it_is_required() {
        let mut mistakes = Mistakes::default();
        assert_eq!(
            Lenient::<u64>::Absent.optional("a", "a number", &mut mistakes),
            None
        );
        assert!(mistakes.is_empty());
        assert_eq!(
            Lenient::<u64>::Absent.required("a", "a number", &mut mistakes),
            None
        );
        assert_eq!(mistakes.to_string(), "a: is missing; give a number");
    }
}
