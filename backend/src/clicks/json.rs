//! One line of NDJSON, with each value as it was written.
//!
//! A long number is an id and `1.50` is an amount: neither may go through a float.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Up to here members are compared one by one, which is faster than a set.
const FEW_MEMBERS: usize = 16;

/// The members of a JSON object in their order.
pub(super) struct Members<'a>(pub(super) Vec<(Name<'a>, &'a RawValue)>);

/// A member's name, borrowed where it holds no escapes.
pub(super) struct Name<'a>(pub(super) Cow<'a, str>);

impl<'a> Members<'a> {
    /// Reads a line. A name that stands there twice is a mistake, in either case as well:
    /// nobody can tell which of the two was meant.
    pub(super) fn read(line: &'a [u8]) -> Result<Self, String> {
        let line = std::str::from_utf8(line).map_err(|_| "is not UTF-8".to_owned())?;
        let members: Self =
            serde_json::from_str(line).map_err(|error| format!("is not a JSON object: {error}"))?;
        match members.named_twice() {
            Some(name) => Err(format!("names {name} twice")),
            None => Ok(members),
        }
    }

    fn named_twice(&self) -> Option<&str> {
        let names = || self.0.iter().map(|(name, _)| name.0.as_ref());
        if self.0.len() <= FEW_MEMBERS {
            let is_second = |(at, name): &(usize, &str)| {
                names().take(*at).any(|it| it.eq_ignore_ascii_case(name))
            };
            return names().enumerate().find(is_second).map(|(_, name)| name);
        }
        let mut seen = HashSet::new();
        names().find(|name| !seen.insert(name.to_ascii_lowercase()))
    }
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
        let mut members = Vec::with_capacity(FEW_MEMBERS);
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(NameVisitor)
    }
}

struct NameVisitor;

impl<'de> Visitor<'de> for NameVisitor {
    type Value = Name<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name<'de>, E> {
        Ok(Name(Cow::Borrowed(name)))
    }

    fn visit_str<E>(self, name: &str) -> Result<Name<'de>, E> {
        Ok(Name(Cow::Owned(name.to_owned())))
    }
}

/// What the member `name` says: a text, or a number's own digits; `None` for null.
pub(super) fn text<'a>(name: &str, value: &'a RawValue) -> Result<Option<Cow<'a, str>>, String> {
    let token = value.get();
    match token.as_bytes().first() {
        Some(b'"') => serde_json::from_str::<Name<'a>>(token)
            .map(|text| Some(text.0))
            .map_err(|error| format!("{name} is not a text: {error}")),
        Some(b'-' | b'0'..=b'9') => Ok(Some(Cow::Borrowed(token))),
        Some(b'n') => Ok(None),
        _ => Err(format!("{name} must be a text or a number")),
    }
}
