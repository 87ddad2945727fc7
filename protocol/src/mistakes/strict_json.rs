//! JSON configurations, in which no key may stand twice.

use std::fmt;

use serde::de::{
    Deserialize, DeserializeOwned, Deserializer, Error as _, MapAccess, SeqAccess, Visitor,
};
use serde_json::{Map, Value};

use super::{Lenient, Mistakes};

/// Reads JSON into a shape of [`Lenient`] leaves.
///
/// # Errors
/// One mistake: no JSON, a key that stands twice in one table, or not a table at all.
pub fn from_json<S: DeserializeOwned>(json: &[u8]) -> Result<S, Mistakes> {
    let mut mistakes = Mistakes::default();
    let shape = match serde_json::from_slice::<Strict>(json) {
        Ok(Strict(tree)) => Lenient::deserialize(tree).ok(),
        Err(error) => {
            mistakes.add("", format!("is not readable JSON: {error}"));
            return Err(mistakes);
        }
    };
    let shape = shape.and_then(|s: Lenient<S>| s.required("", "one JSON object", &mut mistakes));
    mistakes.unless_any(shape)
}

/// A JSON tree in which no table has a key twice.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Tree).map(Self)
    }
}

struct Tree;

impl<'de> Visitor<'de> for Tree {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(flag.into())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut table = Map::new();
        while let Some((key, Strict(value))) = members.next_entry::<String, Strict>()? {
            if table.contains_key(&key) {
                return Err(A::Error::custom(format_args!("`{key}` stands twice")));
            }
            table.insert(key, value);
        }
        Ok(Value::Object(table))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[derive(Debug, serde::Deserialize)]
    struct Shape {
        #[serde(default)]
        name: Lenient<String>,
        #[serde(default)]
        count: Lenient<u64>,
        #[serde(default)]
        inner: Lenient<Vec<Lenient<bool>>>,
        #[serde(flatten)]
        unknown: crate::mistakes::Unknown,
    }

    fn refusal(json: &str) -> String {
        from_json::<Shape>(json.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn leaves_of_the_wrong_kind_do_not_hide_the_others() {
        let shape: Shape =
            from_json(br#"{"name":5,"count":7,"inner":[true,"x"],"colour":1}"#).unwrap();
        assert!(matches!(shape.name, Lenient::Bad("a number")));
        assert!(matches!(shape.count, Lenient::Good(7)));
        let mut mistakes = Mistakes::default();
        shape.unknown.refuse("", &["name"], &mut mistakes);
        assert_eq!(
            mistakes.to_string(),
            "colour: is not a known key; the keys here are name"
        );
        let Lenient::Good(inner) = shape.inner else {
            panic!("a list")
        };
        assert!(matches!(
            inner[..],
            [Lenient::Good(true), Lenient::Bad("a text")]
        ));
    }

    #[test]
    fn a_key_may_stand_once_at_any_depth() {
        assert!(refusal(r#"{"name":"a","name":"b"}"#).contains("`name` stands twice"));
        assert!(refusal(r#"{"inner":[{"a":1,"\u0061":2}]}"#).contains("`a` stands twice"));
    }

    #[test]
    fn what_is_no_json_or_no_object_is_told() {
        assert!(refusal("{").starts_with("is not readable JSON: "));
        assert!(refusal("{} {}").starts_with("is not readable JSON: trailing characters"));
        assert_eq!(refusal("[1]"), "is a list; give one JSON object");
        assert!(from_json::<Shape>(b"\xff").is_err());
    }
}
