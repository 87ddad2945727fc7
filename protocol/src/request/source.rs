//! Who claims to call: `X-RS-Source`, else the `source` parameter of the query.

use super::percent::decode;
use crate::id::{IdError, PartnerId};

/// Why the claim cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// Header and query, or two parameters, name different partners, or one is named twice.
    #[error("the partner is named more than once; name it in X-RS-Source or in `source`")]
    Conflict,
    /// What was given is no partner id.
    #[error("the partner's name {0}")]
    Malformed(IdError),
    /// What was given is not text.
    #[error("the partner's name is not readable text")]
    NotText,
}

/// The partner a request names, if it names one. The header is enough; a query that says the
/// same is no conflict.
///
/// # Errors
/// A claim that is no id, or two claims that differ.
pub fn source_of(header: Option<&[u8]>, query: &[u8]) -> Result<Option<PartnerId>, SourceError> {
    let from_header = header.map(parse).transpose()?;
    let from_query = in_query(query)?;
    match (from_header, from_query) {
        (Some(header), Some(query)) if header != query => Err(SourceError::Conflict),
        (header, query) => Ok(header.or(query)),
    }
}

fn parse(name: &[u8]) -> Result<PartnerId, SourceError> {
    let name = std::str::from_utf8(name).map_err(|_| SourceError::NotText)?;
    PartnerId::parse(name).map_err(SourceError::Malformed)
}

/// The query's `source`. Other parameters are read later, and refused there if they are broken.
fn in_query(query: &[u8]) -> Result<Option<PartnerId>, SourceError> {
    let mut found = None;
    for piece in query.split(|&b| b == b'&') {
        let mut halves = piece.splitn(2, |&b| b == b'=');
        let name = halves.next().unwrap_or_default();
        if !is_source(name) {
            continue;
        }
        let value = std::str::from_utf8(halves.next().unwrap_or_default());
        let value = value.ok().and_then(|value| decode(value).ok());
        let partner = parse(value.ok_or(SourceError::NotText)?.as_bytes())?;
        if found.replace(partner).is_some() {
            return Err(SourceError::Conflict);
        }
    }
    Ok(found)
}

fn is_source(name: &[u8]) -> bool {
    if !name.contains(&b'%') {
        return name == b"source";
    }
    let name = std::str::from_utf8(name).ok();
    name.and_then(|name| decode(name).ok())
        .is_some_and(|name| name == "source")
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn claim(header: Option<&str>, query: &str) -> Result<Option<String>, SourceError> {
        let source = source_of(header.map(str::as_bytes), query.as_bytes())?;
        Ok(source.map(|partner| partner.to_string()))
    }

    #[test]
    fn the_header_names_the_partner_else_the_query_does() {
        assert_eq!(claim(Some("acme"), "a=1"), Ok(Some("acme".to_owned())));
        assert_eq!(
            claim(None, "a=1&source=acme&b=2"),
            Ok(Some("acme".to_owned()))
        );
        assert_eq!(claim(None, "s%6Furce=%61cme"), Ok(Some("acme".to_owned())));
        assert_eq!(claim(None, ""), Ok(None));
        assert_eq!(claim(None, "resource=acme&Source=acme&a=source"), Ok(None));
    }

    #[test]
    fn header_and_query_may_agree_but_not_differ() {
        assert_eq!(
            claim(Some("acme"), "source=acme"),
            Ok(Some("acme".to_owned()))
        );
        assert_eq!(
            claim(Some("acme"), "source=Acme"),
            Err(SourceError::Conflict)
        );
    }

    #[test]
    fn a_query_that_names_a_partner_twice_is_refused() {
        assert_eq!(claim(None, "source=a&source=a"), Err(SourceError::Conflict));
        assert_eq!(
            claim(None, "source=a&sourc%65=b"),
            Err(SourceError::Conflict)
        );
    }

    #[test]
    fn what_is_no_id_is_refused_wherever_it_stands() {
        use SourceError::{Malformed, NotText};
        assert_eq!(claim(Some(""), ""), Err(Malformed(IdError::Empty)));
        assert_eq!(claim(Some("a, b"), ""), Err(Malformed(IdError::Alphabet)));
        assert_eq!(claim(None, "source="), Err(Malformed(IdError::Empty)));
        assert_eq!(claim(None, "source"), Err(Malformed(IdError::Empty)));
        assert_eq!(
            claim(None, "source=%0d%0a"),
            Err(Malformed(IdError::Alphabet))
        );
        assert_eq!(claim(Some("acme"), "source=%zz"), Err(NotText));
        assert_eq!(source_of(Some(b"\xff"), b""), Err(NotText));
        assert_eq!(source_of(None, b"source=\xff"), Err(NotText));
    }

    #[test]
    fn other_broken_parameters_are_left_to_the_reader() {
        assert_eq!(
            claim(None, "a=%zz&%zz=1&source=acme"),
            Ok(Some("acme".to_owned()))
        );
    }
}
