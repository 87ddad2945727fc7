//! Who may call as a partner: its networks and its client certificates.

use std::net::IpAddr;

use ipnet::IpNet;
use postern_protocol::edge::CertificateFingerprint;
use postern_protocol::limits::MAX_CLIENT_CERTIFICATES_PER_PARTNER;
use toml::Value;

use crate::fields::{Fields, as_text};

pub(super) fn network(value: &Value) -> Result<IpNet, String> {
    let text = as_text(value)?;
    if let Ok(address) = text.parse::<IpAddr>() {
        return Ok(IpNet::from(address));
    }
    let network: IpNet = text
        .parse()
        .map_err(|_| format!("must be an address or a network as 10.0.0.0/8, not {text:?}"))?;
    if network.addr() != network.network() {
        return Err(format!(
            "{text} is an address inside a network: write {} or {}",
            network.addr(),
            network.trunc()
        ));
    }
    Ok(network)
}

/// A network as people write it: a single address without its `/32` or `/128`.
#[must_use]
pub fn network_text(network: &IpNet) -> String {
    if network.prefix_len() == network.max_prefix_len() {
        return network.addr().to_string();
    }
    network.to_string()
}

pub(super) fn client_certificates(fields: &mut Fields) -> Vec<CertificateFingerprint> {
    let key = "client_certificates";
    let read = fields.list(key, |value| {
        CertificateFingerprint::parse(as_text(value)?).map_err(|error| error.to_string())
    });
    let Some(read) = read else {
        return Vec::new();
    };
    if read.is_empty() {
        fields.wrong(key, "is empty: leave it out to ask for no certificate");
    }
    if read.len() > MAX_CLIENT_CERTIFICATES_PER_PARTNER {
        let most = MAX_CLIENT_CERTIFICATES_PER_PARTNER;
        fields.wrong(key, format!("has more than {most} items"));
    }
    read
}
