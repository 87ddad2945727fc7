//! The edge's part of `partners.toml`: the file that Envoy watches.
//!
//! It is a `DiscoveryResponse` with one extension, the filter, whose configuration is a text of
//! JSON in the protocol's shape. What is rendered is read again by the filter's own reader
//! before it is written, so the edge never gets a file it would refuse.

use std::fmt::Write as _;
use std::path::Path;

use postern_protocol::edge::EdgeConfig;
use postern_protocol::mistakes::Mistakes;
use postern_protocol::proof::ProofToken;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::file::{Partner, PartnersFile, network_text};
use super::keys::PartnerKey;

/// Hex digits of the version: enough to tell any two apart in the admin pages.
const VERSION_HEX_DIGITS: usize = 16;
/// Where the filter's configuration stands in the rendered file.
const CONFIGURATION: &str = "/resources/0/typed_config/config/configuration/value";

/// The filter's configuration, checked by the filter's own reader.
///
/// # Errors
/// What the filter would refuse; [`PartnersFile`] has found all that people can do wrong before.
pub fn configuration(file: &PartnersFile, proof: &ProofToken) -> Result<String, Mistakes> {
    let limits = file.limits;
    let mut shape = json!({
        "proof": proof.expose(),
        "max_body_bytes": limits.max_body_bytes,
        "replicas": limits.replicas,
        "failure_throttle": {
            "per_minute": limits.failures_per_minute,
            "burst": limits.failure_burst,
        },
        "partners": file.partners.iter().map(partner).collect::<Vec<_>>(),
    });
    if limits.partner_header {
        shape["partner_header"] = true.into();
    }
    let text = shape.to_string();
    EdgeConfig::parse(text.as_bytes())?;
    Ok(text)
}

fn partner(partner: &Partner) -> Value {
    let mut shape = json!({
        "id": partner.id.as_ref(),
        "secrets": partner.keys.iter().map(secret).collect::<Vec<_>>(),
        "networks": partner.networks.iter().map(network_text).collect::<Vec<_>>(),
        "rate_per_second": partner.rate_per_second,
        "burst": partner.burst,
        "clock_tolerance_seconds": partner.clock_tolerance_seconds,
    });
    if !partner.client_certificates.is_empty() {
        let certificates = partner.client_certificates.iter();
        shape["client_certificates"] = certificates.map(ToString::to_string).collect();
    }
    if let Some(forms) = &partner.forms {
        shape["forms"] = forms.iter().map(|form| form.name()).collect();
    }
    shape
}

fn secret(key: &PartnerKey) -> Value {
    let mut shape = json!({ "id": key.id.as_ref(), "secret": key.secret.expose() });
    if let Some(time) = key.not_before {
        shape["not_before"] = time.0.into();
    }
    if let Some(time) = key.not_after {
        shape["not_after"] = time.0.into();
    }
    shape
}

/// The file for Envoy around the filter's `configuration`; `wasm` is the code as Envoy finds it.
#[must_use]
pub fn discovery_response(configuration: &str, wasm: &Path) -> String {
    let response = json!({
        "version_info": version(configuration),
        "resources": [{
            "@type": "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig",
            "name": "postern",
            "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm",
                "config": {
                    "name": "postern",
                    "root_id": "postern",
                    "failure_policy": "FAIL_RELOAD",
                    "allow_on_headers_stop_iteration": true,
                    "vm_config": {
                        "vm_id": "postern",
                        "runtime": "envoy.wasm.runtime.v8",
                        "code": { "local": { "filename": wasm } },
                    },
                    "configuration": {
                        "@type": "type.googleapis.com/google.protobuf.StringValue",
                        "value": configuration,
                    },
                },
            },
        }],
    });
    format!("{response:#}\n")
}

/// The filter's configuration out of a rendered file; `None` when it holds none.
#[must_use]
pub fn configuration_in(discovery_response: &str) -> Option<String> {
    let response: Value = serde_json::from_str(discovery_response).ok()?;
    Some(response.pointer(CONFIGURATION)?.as_str()?.to_owned())
}

/// Which version of the configuration a rendered file holds: it names the content.
#[must_use]
pub fn version_in(discovery_response: &str) -> Option<String> {
    let response: Value = serde_json::from_str(discovery_response).ok()?;
    Some(response["version_info"].as_str()?.to_owned())
}

fn version(configuration: &str) -> String {
    let mut hex = String::new();
    for byte in Sha256::digest(configuration.as_bytes()) {
        // Writing into a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex.truncate(VERSION_HEX_DIGITS);
    hex
}
