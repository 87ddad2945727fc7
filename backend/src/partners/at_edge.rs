//! The edge's part of `partners.toml` as it may be shown: without its secrets, which are not even
//! read.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use postern_protocol::time::UnixSeconds;
use serde::Deserialize;

use super::edge::configuration_in;
use crate::files;

/// How the edge lets a partner in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AtEdge {
    /// From which networks.
    pub networks: Vec<String>,
    /// By which client certificates, named by their fingerprints; `None`: none need be shown.
    pub client_certificates: Option<Vec<String>>,
    /// Requests a second.
    pub rate_per_second: u64,
    /// Requests at once.
    pub burst: u64,
    /// In which forms; `None`: in all.
    pub forms: Option<Vec<String>>,
    /// How far a signed time may be off, where it is looked at.
    pub clock_tolerance_seconds: Option<u64>,
    /// By which keys.
    #[serde(rename = "secrets")]
    pub keys: Vec<KeyAtEdge>,
}

/// A key without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct KeyAtEdge {
    /// What names it.
    pub id: String,
    /// From when on it is valid; `None`: always was.
    #[serde(default, deserialize_with = "seconds")]
    pub not_before: Option<UnixSeconds>,
    /// Until when; `None`: has no end.
    #[serde(default, deserialize_with = "seconds")]
    pub not_after: Option<UnixSeconds>,
}

fn seconds<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<UnixSeconds>, D::Error> {
    Ok(Option::deserialize(from)?.map(UnixSeconds))
}

#[derive(Deserialize)]
struct Shape {
    partners: Vec<PartnerShape>,
}

#[derive(Deserialize)]
struct PartnerShape {
    id: String,
    #[serde(flatten)]
    at_edge: AtEdge,
}

/// How each partner is let in by the rendered file; `None` where there is no such file.
///
/// # Errors
/// The file cannot be read, or is not what `postern partners apply` writes.
pub fn read(path: &Path) -> io::Result<Option<BTreeMap<String, AtEdge>>> {
    let Some(text) = files::read_if_there(path)? else {
        return Ok(None);
    };
    let shape = configuration_in(&text).and_then(|it| serde_json::from_str::<Shape>(&it).ok());
    let shape = shape.ok_or_else(|| {
        let path = path.display();
        let text = format!("{path} is not what `postern partners apply` writes; run it again");
        io::Error::new(io::ErrorKind::InvalidData, text)
    })?;
    let pairs = shape.partners.into_iter().map(|it| (it.id, it.at_edge));
    Ok(Some(pairs.collect()))
}
