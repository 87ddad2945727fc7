//! A flat JSON object, each name and value kept as the token that was sent.

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
    let mut tokens = Vec::with_capacity(16);
    let mut parser = serde_json::Deserializer::from_str(text);
    let parsed = parser.deserialize_map(Tokens(&mut tokens));
    if tokens.len() > MAX_FIELDS {
        return Err(Unreadable::TooManyFields);
    }
    if let Err(error) = parsed {
        return Err(why_not_json(text, &error));
    }
    parser.end().map_err(|_| Unreadable::TrailingText)?;
    tokens
        .into_iter()
        .map(|(name, value)| field(name, value))
        .collect()
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
