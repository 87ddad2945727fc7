//! What the gate's configuration looks like as text, before it is checked.
//!
//! The JSON Schema comes from these types, bounds included. The doc comments are its
//! descriptions: they speak to whoever writes the file.

#[cfg(feature = "schema")]
use crate::limits;
use crate::mistakes::{Lenient, Unknown};

/// The configuration of the Postern filter.
#[derive(Debug, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(
    feature = "schema",
    schemars(title = "Postern edge configuration", deny_unknown_fields),
    schemars(extend("required" = ["proof", "partners"]))
)]
pub(super) struct Config {
    /// The token shared with the backend; the backend takes nothing without it.
    #[serde(default)]
    #[cfg_attr(
        feature = "schema",
        schemars(regex(pattern = r"^[A-Za-z0-9_-]{32,128}$"))
    )]
    pub(super) proof: Lenient<String>,
    /// The largest body in bytes; 65536 if left out.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = limits::MAX_BODY_BYTES_CEILING)))]
    pub(super) max_body_bytes: Lenient<u64>,
    /// Over how many gates each partner's rate is spread; 1 if left out.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = limits::MAX_REPLICAS)))]
    pub(super) replicas: Lenient<u64>,
    /// Whether what is let in names its partner in `x-postern-partner`, for filters behind the gate; false if left out.
    #[serde(default)]
    pub(super) partner_header: Lenient<bool>,
    /// How often one address may be refused; 60 a minute with a burst of 30 if left out.
    #[serde(default)]
    pub(super) failure_throttle: Lenient<FailureThrottle>,
    /// Every partner, each id once.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = limits::MAX_PARTNERS)))]
    pub(super) partners: Lenient<Vec<Lenient<Partner>>>,
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub(super) unknown: Unknown,
}

#[derive(Debug, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(
    feature = "schema",
    schemars(deny_unknown_fields, extend("required" = ["per_minute", "burst"]))
)]
pub(super) struct FailureThrottle {
    /// Refusals per minute.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = limits::MAX_RATE_PER_SECOND)))]
    pub(super) per_minute: Lenient<u64>,
    /// Refusals at once.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = limits::MAX_BURST)))]
    pub(super) burst: Lenient<u64>,
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub(super) unknown: Unknown,
}

#[derive(Debug, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(
    feature = "schema",
    schemars(deny_unknown_fields),
    schemars(extend("required" = ["id", "secrets", "networks", "rate_per_second", "burst"]))
)]
pub(super) struct Partner {
    /// What the partner sends as X-RS-Source.
    #[serde(default)]
    #[cfg_attr(
        feature = "schema",
        schemars(regex(pattern = r"^[A-Za-z0-9_.-]{1,64}$"))
    )]
    pub(super) id: Lenient<String>,
    /// Its secrets, each id once. Several may count at once while one takes another's place.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = limits::MAX_SECRETS_PER_PARTNER)))]
    pub(super) secrets: Lenient<Vec<Lenient<Secret>>>,
    /// The addresses and CIDR networks it may call from, IPv4 or IPv6.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = limits::MAX_NETWORKS_PER_PARTNER)))]
    pub(super) networks: Lenient<Vec<Lenient<String>>>,
    /// SHA-256 fingerprints of the client certificates it must show one of; none need be shown if left out.
    #[serde(default)]
    #[cfg_attr(
        feature = "schema",
        schemars(length(min = 1, max = limits::MAX_CLIENT_CERTIFICATES_PER_PARTNER)),
        schemars(inner(regex(pattern = r"^([0-9A-Fa-f]{64}|[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){31})$")))
    )]
    pub(super) client_certificates: Lenient<Vec<Lenient<String>>>,
    /// How many postbacks a second it may send.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = limits::MAX_RATE_PER_SECOND)))]
    pub(super) rate_per_second: Lenient<u64>,
    /// How many at once.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = limits::MAX_BURST)))]
    pub(super) burst: Lenient<u64>,
    /// The forms it may sign in; all if left out.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(min = 1), inner(regex(pattern = FORMS))))]
    pub(super) forms: Lenient<Vec<Lenient<String>>>,
    /// How far its signed time may be from the clock here, in seconds; 300 if left out.
    #[serde(default)]
    #[cfg_attr(
        feature = "schema",
        schemars(range(max = limits::CLOCK_TOLERANCE_SECONDS_CEILING))
    )]
    pub(super) clock_tolerance_seconds: Lenient<u64>,
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub(super) unknown: Unknown,
}

#[derive(Debug, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(
    feature = "schema",
    schemars(deny_unknown_fields, extend("required" = ["id", "secret"]))
)]
pub(super) struct Secret {
    /// Names the secret in logs and in the ledger.
    #[serde(default)]
    #[cfg_attr(
        feature = "schema",
        schemars(regex(pattern = r"^[A-Za-z0-9_.-]{1,64}$"))
    )]
    pub(super) id: Lenient<String>,
    /// The secret, 8 to 512 bytes of UTF-8, used as it stands.
    #[serde(default)]
    #[cfg_attr(
        feature = "schema",
        schemars(length(min = limits::MIN_SECRET_BYTES, max = limits::MAX_SECRET_BYTES))
    )]
    pub(super) secret: Lenient<String>,
    /// The first second in which it counts, unix time; from ever if left out.
    #[serde(default)]
    pub(super) not_before: Lenient<i64>,
    /// The last second in which it counts, unix time; for ever if left out.
    #[serde(default)]
    pub(super) not_after: Lenient<i64>,
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub(super) unknown: Unknown,
}

#[cfg(feature = "schema")]
const FORMS: &str = "^(raw|json|json-ascii|json-utf8|json-slash|params|params-decoded)$";

#[cfg(feature = "schema")]
pub(super) fn schema() -> serde_json::Value {
    let settings = schemars::generate::SchemaSettings::draft2020_12();
    let settings = settings.with(|settings| settings.inline_subschemas = true);
    settings
        .into_generator()
        .into_root_schema_for::<Config>()
        .into()
}
