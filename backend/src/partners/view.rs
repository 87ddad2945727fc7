//! A partner as people see it: labelled lines, no secrets.
//!
//! Both what is applied and what would be are seen through the same glass: the filter's
//! configuration together with the backend's part. So a difference is a difference of lines.

use std::collections::BTreeMap;

use postern_protocol::proof::PARTNER_HEADER;
use postern_protocol::time::UnixSeconds;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::when;
use crate::agreement::Agreements;
use postern_protocol::money::AmountUnit;

/// Everything that applies, by partner; the limits for all stand under [`ALL`].
pub(super) type View = BTreeMap<String, Vec<Line>>;

/// Where the limits for all partners stand in a view. No partner can have this id.
pub(super) const ALL: &str = "";

/// One thing about a partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// What it is about; unique inside a partner.
    pub(super) label: String,
    /// What it says.
    pub(super) shown: String,
    /// A digest of what must not be shown; it differs when the secret does.
    pub(super) hidden: Option<[u8; 32]>,
}

/// The filter's configuration, as much of it as is shown.
#[derive(Deserialize)]
struct Edge {
    proof: String,
    max_body_bytes: u64,
    replicas: u64,
    #[serde(default)]
    partner_header: bool,
    failure_throttle: Throttle,
    partners: Vec<EdgePartner>,
}

#[derive(Deserialize)]
struct Throttle {
    per_minute: u64,
    burst: u64,
}

#[derive(Deserialize)]
struct EdgePartner {
    id: String,
    secrets: Vec<Secret>,
    networks: Vec<String>,
    client_certificates: Option<Vec<String>>,
    rate_per_second: u64,
    burst: u64,
    forms: Option<Vec<String>>,
    clock_tolerance_seconds: Option<u64>,
}

#[derive(Deserialize)]
struct Secret {
    id: String,
    secret: String,
    not_before: Option<i64>,
    not_after: Option<i64>,
}

/// The view of a filter's configuration and the backend's part; `None` when the former is not
/// in the protocol's shape.
pub(super) fn of(configuration: &str, agreements: &Agreements) -> Option<View> {
    let edge: Edge = serde_json::from_str(configuration).ok()?;
    let mut view = View::new();
    view.insert(ALL.to_owned(), limits(&edge));
    for partner in edge.partners {
        let mut lines = backend_lines(&partner.id, agreements);
        lines.extend(edge_lines(&partner));
        view.insert(partner.id, lines);
    }
    Some(view)
}

fn limits(edge: &Edge) -> Vec<Line> {
    let throttle = &edge.failure_throttle;
    let mut lines = vec![
        line("body limit", format!("{} bytes", edge.max_body_bytes)),
        line("replicas", edge.replicas.to_string()),
        line(
            "failures",
            format!("{} a minute, burst {}", throttle.per_minute, throttle.burst),
        ),
        Line {
            hidden: Some(digest(&edge.proof)),
            ..line("proof", "token".to_owned())
        },
    ];
    if edge.partner_header {
        lines.push(line("partner in", PARTNER_HEADER.to_owned()));
    }
    lines
}

fn backend_lines(id: &str, agreements: &Agreements) -> Vec<Line> {
    let Some((_, agreement)) = agreements.iter().find(|(other, _)| other.as_str() == id) else {
        return Vec::new();
    };
    let unit = match agreement.amount_unit {
        AmountUnit::Major => "major units, as 50.00",
        AmountUnit::Minor => "minor units, as 5000",
    };
    let brand = agreement.brand.clone().unwrap_or_else(|| "none".to_owned());
    let mut lines = vec![
        line("brand", brand),
        line("amounts", unit.to_owned()),
        line(
            "attribution",
            format!("{} days", agreement.attribution_days()),
        ),
    ];
    let dated = agreement.terms.iter();
    lines.extend(dated.map(|terms| {
        let day = when::show_day(terms.from);
        line(&format!("terms {day}"), terms.to_string())
    }));
    lines
}

fn edge_lines(partner: &EdgePartner) -> Vec<Line> {
    let forms = partner
        .forms
        .as_ref()
        .map_or("all".to_owned(), |forms| forms.join(", "));
    let mut lines = vec![
        line("networks", partner.networks.join(", ")),
        line(
            "rate",
            format!("{}/s, burst {}", partner.rate_per_second, partner.burst),
        ),
        line("forms", forms),
    ];
    if let Some(seconds) = partner.clock_tolerance_seconds {
        lines.push(line("clock", format!("within {seconds} s")));
    }
    if let Some(certificates) = &partner.client_certificates {
        lines.push(line(
            "certificate",
            format!("one of {}", certificates.join(", ")),
        ));
    }
    lines.extend(partner.secrets.iter().map(key));
    lines
}

fn key(secret: &Secret) -> Line {
    let from = secret.not_before.map(UnixSeconds);
    let until = secret.not_after.map(UnixSeconds);
    let shown = validity(from, until);
    Line {
        hidden: Some(digest(&secret.secret)),
        ..line(&format!("key {}", secret.id), shown)
    }
}

/// When a key is valid, in words.
#[must_use]
pub fn validity(from: Option<UnixSeconds>, until: Option<UnixSeconds>) -> String {
    match (from, until) {
        (None, None) => "always valid".to_owned(),
        (Some(from), None) => format!("valid from {}", when::show(from)),
        (None, Some(until)) => format!("valid until {}", when::show(until)),
        (Some(from), Some(until)) => {
            format!(
                "valid from {} until {}",
                when::show(from),
                when::show(until)
            )
        }
    }
}

fn line(label: &str, shown: String) -> Line {
    Line {
        label: label.to_owned(),
        shown,
        hidden: None,
    }
}

fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}
