//! `partners.toml` as a person writes it, read whole and checked whole.

mod callers;

use ipnet::IpNet;
use postern_protocol::edge::{CertificateFingerprint, FAILURE_THROTTLE_DEFAULT};
use postern_protocol::id::PartnerId;
use postern_protocol::limits::{
    CLOCK_TOLERANCE_SECONDS_CEILING, CLOCK_TOLERANCE_SECONDS_DEFAULT, MAX_BODY_BYTES_CEILING,
    MAX_BODY_BYTES_DEFAULT, MAX_BURST, MAX_RATE_PER_SECOND, MAX_REPLICAS,
};
use postern_protocol::mistakes::Mistakes;
use postern_protocol::money::AmountUnit;
use postern_protocol::sign::Form;
use toml::{Table, Value};

pub use callers::network_text;

use super::keys::{self, PartnerKey, Sources};
use super::terms;
use crate::agreement::{ATTRIBUTION_DAYS_DEFAULT, Agreement, DAY_SECONDS, MAX_ATTRIBUTION_DAYS};
use crate::fields::{self, Fields, as_text};

const MAX_BRAND_CHARS: usize = 100;

/// All of `partners.toml`.
#[derive(Debug, Clone)]
pub struct PartnersFile {
    /// Limits for all partners.
    pub limits: EdgeLimits,
    /// The partners, in the order of the file.
    pub partners: Vec<Partner>,
}

/// Limits for all partners.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EdgeLimits {
    /// Longer bodies get 413.
    pub max_body_bytes: u32,
    /// Envoys that share each partner's rate.
    pub replicas: u32,
    /// Whether the filter names the partner to Envoy's filters behind it.
    pub partner_header: bool,
    /// Refusals a minute that one address may cause before it is throttled.
    pub failures_per_minute: u32,
    /// Refusals it may cause at once.
    pub failure_burst: u32,
}

/// One partner.
#[derive(Debug, Clone)]
pub struct Partner {
    /// What it sends as `X-RS-Source`.
    pub id: PartnerId,
    /// Where it may post from; at least one.
    pub networks: Vec<IpNet>,
    /// The client certificates it must show one of; none: it need not show any.
    pub client_certificates: Vec<CertificateFingerprint>,
    /// Verified postbacks a second.
    pub rate_per_second: u32,
    /// Verified postbacks at once.
    pub burst: u32,
    /// What the backend knows of it: brand, amount unit, window, and what is paid.
    pub agreement: Agreement,
    /// The signature forms it is pinned to; all when `None`.
    pub forms: Option<Vec<Form>>,
    /// How far a signed time may be from ours.
    pub clock_tolerance_seconds: u32,
    /// Its secrets; at least one.
    pub keys: Vec<PartnerKey>,
}

impl PartnersFile {
    /// Reads the file's text.
    ///
    /// # Errors
    /// Every mistake at once, each with the partner it belongs to.
    pub fn parse(text: &str, sources: &Sources) -> Result<Self, Mistakes> {
        let mut notes = Mistakes::default();
        let table = match fields::parse(text) {
            Ok(table) => table,
            Err(cause) => {
                notes.add("", format!("is not TOML: {cause}"));
                return Err(notes);
            }
        };
        let file = read(table, sources, &mut notes);
        if notes.is_empty() {
            Ok(file)
        } else {
            Err(notes)
        }
    }
}

fn read(table: Table, sources: &Sources, notes: &mut Mistakes) -> PartnersFile {
    let mut top = Fields::new("", table, notes);
    let limits = top.table("edge").unwrap_or_default();
    let limits = limits_of(limits, top.notes());
    let tables = top.tables("partner").unwrap_or_default();
    let mut partners: Vec<Partner> = Vec::new();
    for (index, table) in tables.into_iter().enumerate() {
        let place = place_of(index, &table);
        let Some(partner) = partner(&place, table, sources, top.notes()) else {
            continue;
        };
        if partners.iter().any(|other| other.id == partner.id) {
            top.notes().add(
                format!("{place}.id"),
                "is the id of another partner: ids must differ",
            );
        }
        partners.push(partner);
    }
    top.finish();
    PartnersFile { limits, partners }
}

/// The partner's id where it has one, else which it is in the file.
fn place_of(index: usize, table: &Table) -> String {
    match table.get("id").and_then(Value::as_str) {
        Some(id) => format!("partner {id:?}"),
        None => format!("partner number {}", index + 1),
    }
}

fn limits_of(table: Table, notes: &mut Mistakes) -> EdgeLimits {
    let mut fields = Fields::new("edge", table, notes);
    let max_body_bytes = fields.whole("max_body_bytes", 1..=MAX_BODY_BYTES_CEILING);
    let replicas = fields.whole("replicas", 1..=MAX_REPLICAS);
    let partner_header = fields.value("partner_header", |value| {
        value.as_bool().ok_or("must be true or false".to_owned())
    });
    let throttle = fields.table("failure_throttle");
    let mut failures = (None, None);
    if let Some(table) = throttle {
        let mut fields = Fields::new("edge.failure_throttle", table, fields.notes());
        failures.0 = fields.whole("per_minute", 1..=MAX_RATE_PER_SECOND);
        failures.1 = fields.whole("burst", 1..=MAX_BURST);
        fields.finish();
    }
    fields.finish();
    EdgeLimits {
        max_body_bytes: max_body_bytes.unwrap_or(MAX_BODY_BYTES_DEFAULT),
        replicas: replicas.unwrap_or(1),
        partner_header: partner_header.unwrap_or_default(),
        failures_per_minute: failures.0.unwrap_or(FAILURE_THROTTLE_DEFAULT.tokens),
        failure_burst: failures.1.unwrap_or(FAILURE_THROTTLE_DEFAULT.burst),
    }
}

fn partner(place: &str, table: Table, sources: &Sources, notes: &mut Mistakes) -> Option<Partner> {
    let mut fields = Fields::new(place, table, notes);
    require_all(&mut fields);
    let id = fields.text("id", |text| {
        PartnerId::parse(text).map_err(|error| error.to_string())
    });
    let agreement = agreement(place, &mut fields);
    let networks = fields.list("networks", callers::network);
    if networks.as_ref().is_some_and(Vec::is_empty) {
        fields.wrong(
            "networks",
            "is empty: nobody could post; list the partner's addresses",
        );
    }
    let client_certificates = callers::client_certificates(&mut fields);
    let rate_per_second = fields.whole("rate_per_second", 1..=MAX_RATE_PER_SECOND);
    let burst = fields.whole("burst", 1..=MAX_BURST);
    let forms = fields.list("forms", form);
    if forms.as_ref().is_some_and(Vec::is_empty) {
        fields.wrong("forms", "is empty: leave it out to allow every form");
    }
    let tolerance = fields.whole(
        "clock_tolerance_seconds",
        1..=CLOCK_TOLERANCE_SECONDS_CEILING,
    );
    let secrets = fields.tables("secrets");
    let keys = secrets.map(|tables| keys::read(place, tables, sources, fields.notes()));
    fields.finish();
    Some(Partner {
        id: id?,
        agreement: agreement?,
        networks: networks?,
        client_certificates,
        rate_per_second: rate_per_second?,
        burst: burst?,
        forms,
        clock_tolerance_seconds: tolerance.unwrap_or(CLOCK_TOLERANCE_SECONDS_DEFAULT),
        keys: keys?,
    })
}

/// What the backend is told of the partner.
fn agreement(place: &str, fields: &mut Fields) -> Option<Agreement> {
    let brand = fields.text("brand", brand);
    let amount_unit = fields.text("amount_unit", amount_unit);
    let days = fields.whole("attribution_days", 1..=MAX_ATTRIBUTION_DAYS);
    let terms = match fields.tables("terms") {
        Some(tables) => terms::read(place, tables, fields.notes()),
        None => Some(Vec::new()),
    };
    Some(Agreement {
        brand,
        amount_unit: amount_unit?,
        attribution_seconds: i64::from(days.unwrap_or(ATTRIBUTION_DAYS_DEFAULT)) * DAY_SECONDS,
        terms: terms?,
    })
}

fn require_all(fields: &mut Fields) {
    fields.require("id", "what the partner sends as X-RS-Source");
    fields.require(
        "networks",
        "the addresses the partner posts from, as [\"203.0.113.7\", \"10.0.0.0/8\"]",
    );
    fields.require("rate_per_second", "verified postbacks a second");
    fields.require("burst", "verified postbacks at once, as twice the rate");
    fields.require(
        "amount_unit",
        "\"major\" for amounts like 50.00, \"minor\" for 5000; ask the partner",
    );
    fields.require("secrets", "as [ { id = \"2026-01\", secret = \"…\" } ]");
}

fn brand(text: &str) -> Result<String, String> {
    let fits = !text.is_empty() && text.chars().count() <= MAX_BRAND_CHARS;
    if fits && !text.chars().any(char::is_control) {
        return Ok(text.to_owned());
    }
    Err(format!(
        "must be 1 to {MAX_BRAND_CHARS} characters on one line"
    ))
}

fn amount_unit(text: &str) -> Result<AmountUnit, String> {
    match text {
        "major" => Ok(AmountUnit::Major),
        "minor" => Ok(AmountUnit::Minor),
        other => Err(format!(
            "must be \"major\" for amounts like 50.00 or \"minor\" for 5000, not {other:?}"
        )),
    }
}

fn form(value: &Value) -> Result<Form, String> {
    let text = as_text(value)?;
    Form::parse(text).ok_or_else(|| {
        let known: Vec<&str> = Form::ALL.iter().map(|form| form.name()).collect();
        format!("must be one of {}, not {text:?}", known.join(", "))
    })
}

#[cfg(test)]
mod tests;
