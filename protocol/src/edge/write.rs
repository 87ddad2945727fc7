//! The checked configuration as the JSON it is read from.

use serde::Serialize;

use super::EdgeConfig;
use crate::time::UnixSeconds;

#[derive(Serialize)]
struct Config<'a> {
    proof: &'a str,
    max_body_bytes: u32,
    replicas: u32,
    partner_header: bool,
    failure_throttle: FailureThrottle,
    partners: Vec<Partner<'a>>,
}

#[derive(Serialize)]
struct FailureThrottle {
    per_minute: u32,
    burst: u32,
}

#[derive(Serialize)]
struct Partner<'a> {
    id: &'a str,
    secrets: Vec<Secret<'a>>,
    networks: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    client_certificates: Vec<String>,
    rate_per_second: u32,
    burst: u32,
    forms: Vec<&'static str>,
    clock_tolerance_seconds: u32,
}

#[derive(Serialize)]
struct Secret<'a> {
    id: &'a str,
    secret: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_before: Option<UnixSeconds>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_after: Option<UnixSeconds>,
}

pub(super) fn config(config: &EdgeConfig) -> String {
    let partners = config.partners.iter().map(partner).collect();
    let json = Config {
        proof: config.proof.expose(),
        max_body_bytes: config.max_body_bytes,
        replicas: config.replicas,
        partner_header: config.partner_header,
        failure_throttle: FailureThrottle {
            per_minute: config.failure_throttle.tokens,
            burst: config.failure_throttle.burst,
        },
        partners,
    };
    // Plain structs of texts and numbers always serialise; nothing at all would be refused.
    serde_json::to_string_pretty(&json).unwrap_or_default()
}

fn partner(partner: &super::EdgePartner) -> Partner<'_> {
    let secrets = partner.keys.keys().iter().map(|key| Secret {
        id: key.id.as_str(),
        secret: key.secret.expose(),
        not_before: key.not_before,
        not_after: key.not_after,
    });
    Partner {
        id: partner.id.as_str(),
        secrets: secrets.collect(),
        networks: partner.networks.iter().map(ToString::to_string).collect(),
        client_certificates: partner
            .client_certificates
            .iter()
            .map(ToString::to_string)
            .collect(),
        rate_per_second: partner.rate.tokens,
        burst: partner.rate.burst,
        forms: partner.forms.names(),
        clock_tolerance_seconds: partner.clock_tolerance_seconds,
    }
}
