//! What the gate must know: the proof token, the limits, and of each partner its secrets,
//! networks and rate. Nothing of money.
//!
//! It is JSON, strictly read: [`shape`] is what the text looks like, [`check`] turns it into the
//! types here, which can only hold what makes sense, and reports every mistake at once.
//! [`write`] is the way back, for whoever renders the gate's part from the partners' file.

mod check;
mod fingerprint;
mod shape;
mod write;

use ipnet::IpNet;

pub use fingerprint::{CertificateFingerprint, FingerprintError};

use crate::id::PartnerId;
use crate::mistakes::Mistakes;
use crate::proof::ProofToken;
use crate::sign::{FormSet, Keyring};

/// A rate as a token bucket: `tokens` per `per_seconds`, at most `burst` at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many tokens come in `per_seconds`; at least 1.
    pub tokens: u32,
    /// In how many seconds; at least 1.
    pub per_seconds: u32,
    /// How many may be taken at once; at least 1.
    pub burst: u32,
}

/// How often one address may be refused unless configured: once a second, thirty at once.
pub const FAILURE_THROTTLE_DEFAULT: Rate = Rate {
    tokens: 60,
    per_seconds: 60,
    burst: 30,
};

/// The gate's configuration; every value is valid.
#[derive(Debug, Clone)]
pub struct EdgeConfig {
    /// The token that goes to the backend.
    pub proof: ProofToken,
    /// The largest body.
    pub max_body_bytes: u32,
    /// Over how many gates each partner's rate is spread; at least 1.
    pub replicas: u32,
    /// Whether what goes on names its partner in [`PARTNER_HEADER`](crate::proof::PARTNER_HEADER).
    pub partner_header: bool,
    /// The bucket of refusals per address; always counted per 60 seconds.
    pub failure_throttle: Rate,
    /// Every partner, ids unique; there may be none yet.
    pub partners: Vec<EdgePartner>,
}

/// What the gate must know of one partner.
#[derive(Debug, Clone)]
pub struct EdgePartner {
    /// Its id.
    pub id: PartnerId,
    /// Its secrets; at least one, ids unique.
    pub keys: Keyring,
    /// The networks it may call from; at least one. IPv4 is never written as mapped IPv6.
    pub networks: Vec<IpNet>,
    /// The client certificates it must show one of; none: it need not show any.
    pub client_certificates: Vec<CertificateFingerprint>,
    /// Its bucket, before it is spread over replicas; always counted per second.
    pub rate: Rate,
    /// The forms it may sign in; at least one.
    pub forms: FormSet,
    /// How far its signed time may be from the clock here.
    pub clock_tolerance_seconds: u32,
}

impl EdgeConfig {
    /// Reads the gate's configuration.
    ///
    /// ```json
    /// {"proof": "32 to 128 letters, digits, _ or -", "max_body_bytes": 65536, "replicas": 1, "partner_header": false,
    ///  "failure_throttle": {"per_minute": 60, "burst": 30},
    ///  "partners": [{"id": "acme",
    ///    "secrets": [{"id": "k1", "secret": "…", "not_before": 1717000000, "not_after": 1748536000}],
    ///    "networks": ["203.0.113.7", "10.0.0.0/8", "2001:db8::/32"],
    ///    "client_certificates": ["64 hex digits"], "rate_per_second": 100, "burst": 200,
    ///    "forms": ["raw", "json"], "clock_tolerance_seconds": 300}]}
    /// ```
    ///
    /// `max_body_bytes`, `replicas`, `partner_header`, `failure_throttle`, `client_certificates`,
    /// `forms`, `clock_tolerance_seconds`, `not_before` and `not_after` (unix seconds) may be left out; everything else is required
    /// and no other key may stand there.
    ///
    /// # Errors
    /// Every mistake at once, each with its path. No secret is ever repeated.
    pub fn parse(json: &[u8]) -> Result<Self, Mistakes> {
        check::config(crate::mistakes::from_json(json)?)
    }

    /// The configuration as the JSON that [`EdgeConfig::parse`] reads. It holds the secrets.
    #[must_use]
    pub fn to_json(&self) -> String {
        write::config(self)
    }

    /// The JSON Schema of what [`EdgeConfig::parse`] reads.
    #[cfg(feature = "schema")]
    #[must_use]
    pub fn schema() -> serde_json::Value {
        shape::schema()
    }
}

#[cfg(test)]
mod tests;

#[cfg(all(test, feature = "schema"))]
mod schema_tests;
