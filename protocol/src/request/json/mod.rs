//! A flat JSON object, each name and value kept as the token that was sent.

mod plain;

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::unreadable::quoted;
use super::{Field, Kind, Unreadable};
use crate::limits::MAX_FIELDS;

/// Reads a body that is one flat JSON object.
pub(super) fn read(body: &[u8]) -> Result<Vec<Field<'_>>, Unreadable> {
    let text = std::str::from_utf8(body).map_err(|_| Unreadable::NotUtf8)?;
    if text.starts_with('\u{feff}') {
        return Err(Unreadable::ByteOrderMark);
    }
    plain::read(text).map_or_else(|| read_any(text), Ok)
}

/// Reads whatever is an object, and says what is wrong with all else.
fn read_any(text: &str) -> Result<Vec<Field<'_>>, Unreadable> {
    let mut tokens = Vec::new();
    let mut parser = serde_json::Deserializer::from_str(text);
    let parsed = parser.deserialize_map(Tokens(&mut tokens));
    if tokens.len() > MAX_FIELDS {
        return Err(Unreadable::TooManyFields);
    }
    if let Err(error) = parsed {
        return Err(why_not_json(text, &error));
    }
    parser.end().map_err(|_| Unreadable::TrailingText)?;
    let fields = tokens.into_iter();
    fields.map(|(name, value)| field(name, value)).collect()
}

/// Collects the tokens of one object and stops when there are too many.
struct Tokens<'v, 'a>(&'v mut Vec<(&'a str, &'a str)>);

impl<'a> Visitor<'a> for Tokens<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some((name, value)) = members.next_entry::<&RawValue, &RawValue>()? {
            self.0.push((name.get(), value.get()));
            if self.0.len() > MAX_FIELDS {
                return Err(serde::de::Error::custom("too many members"));
            }
        }
        Ok(())
    }
}

fn field<'a>(sent_name: &'a str, sent_value: &'a str) -> Result<Field<'a>, Unreadable> {
    let name = decode(sent_name).ok_or_else(|| Unreadable::LoneSurrogate {
        field: quoted(sent_name),
    })?;
    let kind = match sent_value.bytes().next() {
        Some(b'"') => Kind::Text,
        Some(b't' | b'f') => Kind::Bool,
        Some(b'n') => Kind::Null,
        Some(b'{' | b'[') => {
            return Err(Unreadable::NestedValue {
                field: quoted(&name),
            });
        }
        _ => Kind::Number,
    };
    let value = match kind {
        Kind::Text => decode(sent_value).ok_or_else(|| Unreadable::LoneSurrogate {
            field: quoted(&name),
        })?,
        _ => Cow::Borrowed(sent_value),
    };
    Ok(Field {
        name,
        value,
        kind,
        sent_name,
        sent_value,
    })
}

/// Decodes a string token; `None` when it holds half of a surrogate pair, the one mistake the
/// parser leaves in a raw token.
fn decode(token: &str) -> Option<Cow<'_, str>> {
    if token.contains('\\') {
        return serde_json::from_str(token).ok().map(Cow::Owned);
    }
    let inner = token.strip_prefix('"')?.strip_suffix('"')?;
    Some(Cow::Borrowed(inner))
}

/// Names the cause of a parse error. Only ever runs for a request that is refused.
fn why_not_json(text: &str, error: &serde_json::Error) -> Unreadable {
    let start = text.trim_ascii_start();
    if text.contains('\0') {
        return Unreadable::Nul;
    }
    if start.is_empty() {
        return Unreadable::NoFields;
    }
    if outside_strings(text).any(|word| word.contains("NaN") || word.contains("Infinity")) {
        return Unreadable::NotFinite;
    }
    if !start.starts_with('{') {
        return Unreadable::NotAnObject;
    }
    Unreadable::NotJson {
        line: error.line(),
        column: error.column(),
    }
}

/// The text between strings; roughly, since the text is broken anyway.
fn outside_strings(text: &str) -> impl Iterator<Item = &str> {
    text.split('"').step_by(2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{json, pairs, read as read_request, refusal};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn every_token_is_kept_as_sent_beside_what_it_means() {
        let body = r#" { "click\u0069d" : "a\/b" , "amount":5.00e0,"x":true ,"y":null } "#;
        let postback = read_request(&json(body));
        assert_eq!(
            pairs(&postback),
            ["clickid=a/b", "amount=5.00e0", "x=true", "y=null"]
        );
        let kinds: Vec<_> = postback.fields().iter().map(Field::kind).collect();
        assert_eq!(kinds, [Kind::Text, Kind::Number, Kind::Bool, Kind::Null]);
        let clickid = postback.get("clickid").unwrap();
        assert_eq!(clickid.sent_name(), r#""click\u0069d""#);
        assert_eq!(clickid.sent_value(), r#""a\/b""#);
    }

    #[test]
    fn plain_strings_are_borrowed_from_the_body() {
        let fields = read(br#"{"clickid":"abc"}"#).unwrap();
        assert!(
            fields
                .iter()
                .all(|f| matches!((&f.name, &f.value), (Cow::Borrowed(_), Cow::Borrowed(_))))
        );
    }

    #[test]
    fn a_nested_value_is_refused_by_name() {
        for body in [
            r#"{"a":{}}"#,
            r#"{"a":[1]}"#,
            r#"{"a":{"b":{"b":1,"b":2}}}"#,
        ] {
            assert_eq!(
                refusal(&json(body)),
                Unreadable::NestedValue {
                    field: "a".to_owned()
                },
                "{body}"
            );
        }
    }

    #[test]
    fn half_of_a_surrogate_pair_is_refused() {
        for body in [
            r#"{"a":"\ud800"}"#,
            r#"{"a":"\udc00x"}"#,
            r#"{"a":"\ud800\u0041"}"#,
        ] {
            assert_eq!(
                refusal(&json(body)),
                Unreadable::LoneSurrogate {
                    field: "a".to_owned()
                },
                "{body}"
            );
        }
        let refused = refusal(&json(r#"{"\ud800":1}"#));
        assert!(matches!(refused, Unreadable::LoneSurrogate { .. }));
        assert_eq!(
            pairs(&read_request(&json(r#"{"geo":"\ud834\udd1e"}"#))),
            ["geo=𝄞"]
        );
    }

    #[test]
    fn what_is_no_finite_number_is_refused_by_name() {
        for body in [
            r#"{"a":NaN}"#,
            r#"{"a":Infinity}"#,
            r#"{"a":-Infinity}"#,
            "NaN",
        ] {
            assert_eq!(refusal(&json(body)), Unreadable::NotFinite, "{body}");
        }
        assert_eq!(pairs(&read_request(&json(r#"{"a":"NaN"}"#))), ["a=NaN"]);
    }

    #[test]
    fn text_after_the_object_is_refused() {
        for body in [
            r#"{"a":1}{"a":2}"#,
            r#"{"a":1} x"#,
            r#"{"a":1},"#,
            "{\"a\":1}\0",
        ] {
            assert_eq!(refusal(&json(body)), Unreadable::TrailingText, "{body}");
        }
        assert_eq!(pairs(&read_request(&json("{\"a\":1}\r\n"))), ["a=1"]);
    }

    #[test]
    fn anything_but_an_object_is_refused() {
        for body in ["[]", "1", "\"a\"", "null", "clickid=a&event=ftd"] {
            assert_eq!(refusal(&json(body)), Unreadable::NotAnObject, "{body}");
        }
    }

    #[test]
    fn broken_json_is_refused_with_its_place() {
        for body in [
            r#"{"a":1"#,
            r#"{"a":01}"#,
            r#"{"a":1,}"#,
            r#"{'a':1}"#,
            r#"{a:1}"#,
            r#"{"a":+1}"#,
            r#"{"a":1.}"#,
            r#"{"a":.5}"#,
            r#"{"a":0x1}"#,
            r#"{"a":"\x"}"#,
            r#"{"a":tru}"#,
            "{\"a\":\"\n\"}",
            "{\"a\":1/**/}",
            "{1:2}",
        ] {
            assert!(
                matches!(refusal(&json(body)), Unreadable::NotJson { .. }),
                "{body}"
            );
        }
        assert_eq!(
            refusal(&json("{\"a\":1,\n }")),
            Unreadable::NotJson { line: 2, column: 2 }
        );
    }

    #[test]
    fn deep_nesting_is_refused_without_deep_recursion() {
        let body = format!("{{\"a\":{}{}}}", "[".repeat(30_000), "]".repeat(30_000));
        assert!(matches!(
            refusal(&json(&body)),
            Unreadable::NestedValue { .. }
        ));
        let body = format!("{{\"a\":{}", "[".repeat(30_000));
        assert!(matches!(refusal(&json(&body)), Unreadable::NotJson { .. }));
    }

    #[test]
    fn huge_exponents_stay_the_text_they_are() {
        assert_eq!(
            pairs(&read_request(&json(r#"{"a":1e999999999}"#))),
            ["a=1e999999999"]
        );
    }
}
