//! One line of NDJSON, with each value as it was written.
//!
//! A long number is an id and `1.50` is an amount: neither may go through a float.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The members of a JSON object in their order.
pub(super) struct Members(pub(super) Vec<(String, Box<RawValue>)>);

impl Members {
    /// Reads a line. A name that stands there twice is a mistake, in either case as well:
    /// nobody can tell which of the two was meant.
    pub(super) fn read(line: &[u8]) -> Result<Self, String> {
        let line = std::str::from_utf8(line).map_err(|_| "is not UTF-8".to_owned())?;
        let members: Self =
            serde_json::from_str(line).map_err(|error| format!("is not a JSON object: {error}"))?;
        let mut seen = HashSet::new();
        let twice = members
            .0
            .iter()
            .find(|(name, _)| !seen.insert(name.to_ascii_lowercase()));
        match twice {
            Some((name, _)) => Err(format!("names {name} twice")),
            None => Ok(members),
        }
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

/// What the member `name` says: a text, or a number's own digits; `None` for null.
pub(super) fn text(name: &str, value: &RawValue) -> Result<Option<String>, String> {
    let token = value.get();
    match token.as_bytes().first() {
        Some(b'"') => serde_json::from_str(token)
            .map(Some)
            .map_err(|error| format!("{name} is not a text: {error}")),
        Some(b'-' | b'0'..=b'9') => Ok(Some(token.to_owned())),
        Some(b'n') => Ok(None),
        _ => Err(format!("{name} must be a text or a number")),
    }
}
