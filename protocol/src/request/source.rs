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
