//! Taking a request apart: query and body into one flat list of fields, `sign` set apart.

use std::borrow::Cow;

use super::unreadable::quoted;
use super::warning::KNOWN_FIELDS;
use super::{Encoding, Field, Kind, Postback, Unreadable, Warning, json, params};
use crate::limits::{MAX_FIELD_BYTES, MAX_FIELDS, MAX_NAME_BYTES, MAX_QUERY_BYTES};

/// What came over the wire and says something about the event; borrowed, nothing decoded yet.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// How the fields are written: [`Encoding::Query`] for GET, else from the media type.
    pub encoding: Encoding,
    /// The query without its `?`, as sent; empty when there is none.
    pub query: &'a [u8],
    /// The body as sent; empty when there is none.
    pub body: &'a [u8],
    /// The value of `X-RS-Sign`.
    pub sign_header: Option<&'a [u8]>,
    /// The value of `X-RS-Timestamp`.
    pub time_header: Option<&'a [u8]>,
}

impl<'a> Request<'a> {
    /// Reads the request into its fields.
    ///
    /// With a body, the query may hold `source` and `sign` only, and neither becomes a field.
    ///
    /// # Errors
    /// The first thing that is not clear, by name.
    pub fn read(&self) -> Result<Postback<'a>, Unreadable> {
        if self.query.len() > MAX_QUERY_BYTES {
            return Err(Unreadable::QueryTooLong);
        }
        refuse_raw_characters(self.query)?;
        let mut warnings = Vec::new();
        let mut query_sign = None;
        let fields = match self.encoding {
            Encoding::Query if !self.body.is_empty() => return Err(Unreadable::BodyOnGet),
            Encoding::Query => params::read(self.query, &mut warnings)?,
            Encoding::Form => {
                refuse_json(self.body)?;
                query_sign = sign_beside_body(self.query)?;
                params::read(self.body, &mut warnings)?
            }
            Encoding::Json => {
                query_sign = sign_beside_body(self.query)?;
                json::read(self.body)?
            }
        };
        if fields.is_empty() {
            return Err(Unreadable::NoFields);
        }
        if !are_known_and_different(&fields) {
            check_names(&fields)?;
            warn_of_unknown(&fields, &mut warnings);
        }
        check_values(&fields, self.body)?;
        let sign_header = self.sign_header.filter(|sign| !sign.is_empty());
        let sign_header = sign_header.map(text_of);
        let sign_in_header = sign_header.is_some();
        let payload = fields.iter().find(|field| field.name == "sign");
        let payload = payload.filter(|field| field.kind != Kind::Null && !field.value.is_empty());
        let sign = one_sign([sign_header, query_sign, payload.map(|f| f.value.clone())])?;
        Ok(Postback {
            encoding: self.encoding,
            fields,
            sign,
            sign_in_header,
            warnings,
        })
    }
}

/// The text of a header; what is no UTF-8 in it cannot be part of a signature.
fn text_of(value: &[u8]) -> Cow<'_, str> {
    // The whole check runs many bytes at a time, the lossy one does not.
    std::str::from_utf8(value).map_or_else(|_| String::from_utf8_lossy(value), Cow::Borrowed)
}

/// A URL cannot carry these, though some senders and proxies let them through: an HTTP server
/// behind the gate would refuse the request without a word, after it was let in.
fn refuse_raw_characters(query: &[u8]) -> Result<(), Unreadable> {
    let raw = |b: &u8| matches!(b, 0..=b' ' | b'"' | b'#' | b'<' | b'>' | 0x7f);
    match query.iter().copied().find(raw) {
        Some(byte) => Err(Unreadable::RawCharacter { byte }),
        None => Ok(()),
    }
}

/// The media type is not signed: were a JSON body readable as a form, a text inside it that a
/// visitor chose, such as `&event=ftd&`, would become fields under the signature of the body.
fn refuse_json(body: &[u8]) -> Result<(), Unreadable> {
    match body.trim_ascii_start() {
        [b'{' | b'[' | b'"', ..] => Err(Unreadable::JsonAsForm),
        _ => Ok(()),
    }
}

/// The `sign` of a query that stands beside a body.
fn sign_beside_body(query: &[u8]) -> Result<Option<Cow<'_, str>>, Unreadable> {
    if query.is_empty() {
        return Ok(None);
    }
    let fields = params::read_beside_body(query)?;
    check_names(&fields)?;
    let mut sign = None;
    for field in fields {
        match &*field.name {
            "source" => {}
            "sign" => sign = Some(field.value).filter(|value| !value.is_empty()),
            name => {
                return Err(Unreadable::FieldsInQuery {
                    field: quoted(name),
                });
            }
        }
    }
    Ok(sign)
}

/// The one signature of all places; the same one in several places is no conflict.
fn one_sign(places: [Option<Cow<'_, str>>; 3]) -> Result<Option<Cow<'_, str>>, Unreadable> {
    let mut signs = places.into_iter().flatten();
    let Some(first) = signs.next() else {
        return Ok(None);
    };
    if signs.all(|other| other.eq_ignore_ascii_case(&first)) {
        Ok(Some(first))
    } else {
        Err(Unreadable::SignConflict)
    }
}

/// Lengths, and that there is no NUL. What is not decoded lies in the body as sent, so that one look at it is enough; of a
/// query, which holds none, the caller has made sure.
fn check_values(fields: &[Field<'_>], body: &[u8]) -> Result<(), Unreadable> {
    let body_holds_nul = holds_nul(body);
    let holds_nul = |text: &Cow<'_, str>| {
        (body_holds_nul || matches!(text, Cow::Owned(_))) && holds_nul(text.as_bytes())
    };
    for field in fields {
        if field.value.len() > MAX_FIELD_BYTES {
            return Err(Unreadable::ValueTooLong {
                field: quoted(&field.name),
            });
        }
        if holds_nul(&field.name) || holds_nul(&field.value) {
            return Err(Unreadable::Nul);
        }
    }
    Ok(())
}

/// Without an early end, so that it runs many bytes at a time.
fn holds_nul(text: &[u8]) -> bool {
    text.iter().fold(false, |any, b| any | (*b == 0))
}

/// Whether each name is one that a rule reads, and none stands twice: so it is in nearly every postback, and then
/// nothing about the names is left to check. Known names differ by more than their case.
fn are_known_and_different(fields: &[Field<'_>]) -> bool {
    let mut seen = [false; KNOWN_FIELDS.len()];
    fields.iter().all(|field| {
        let place = KNOWN_FIELDS.iter().position(|known| *known == field.name);
        let seen = place.and_then(|place| seen.get_mut(place));
        seen.is_some_and(|seen| !std::mem::replace(seen, true))
    })
}

fn check_names(fields: &[Field<'_>]) -> Result<(), Unreadable> {
    if fields.len() > MAX_FIELDS {
        return Err(Unreadable::TooManyFields);
    }
    // Names beyond ASCII are rare, and folding their case is dear.
    let same_name = if fields.iter().all(|field| field.name.is_ascii()) {
        str::eq_ignore_ascii_case
    } else {
        same_folded
    };
    let mut rest = fields;
    while let [field, others @ ..] = rest {
        if field.name.is_empty() {
            return Err(Unreadable::EmptyName);
        }
        if field.name.len() > MAX_NAME_BYTES {
            return Err(Unreadable::NameTooLong {
                field: quoted(&field.name),
            });
        }
        if others
            .iter()
            .any(|other| same_name(&field.name, &other.name))
        {
            return Err(Unreadable::DuplicateField {
                field: quoted(&field.name),
            });
        }
        rest = others;
    }
    Ok(())
}

/// Whether some reader could take one name for the other: equal with case folded.
fn same_folded(a: &str, b: &str) -> bool {
    // Upper then lower case catches letters with two lower forms, such as the long s.
    let fold = |c: char| c.to_uppercase().flat_map(char::to_lowercase);
    a.chars().flat_map(fold).eq(b.chars().flat_map(fold))
}

fn warn_of_unknown(fields: &[Field<'_>], warnings: &mut Vec<Warning>) {
    for field in fields {
        if !KNOWN_FIELDS.contains(&&*field.name) {
            warnings.push(Warning::UnknownField {
                name: quoted(&field.name),
            });
        }
    }
}

#[cfg(test)]
mod tests;
