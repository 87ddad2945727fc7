//! Envoy that asks a native service beside it: ext_authz with the body buffered, the verifier in Rust with the
//! product's own protocol code. What most would pick today. Both run on the gate's core, and both count.

use std::net::SocketAddr;

use serde_json::{Value, json};

use super::{Checks, Contestant, Ground, envoy};
use crate::cores::{GATE_CORE, command_on};
use crate::postbacks::Signature;
use crate::process::{Server, free_address};

const MAX_BODY_BYTES: u32 = 65_536;
/// Where Envoy tells the verifier who is calling. `X-Forwarded-For` does not serve: for a caller on the loopback
/// interface Envoy puts its own address there.
pub(super) const CALLER_HEADER: &str = "x-caller-address";
/// What the verifier has to see besides method, path and body.
const HEADERS: [&str; 3] = ["content-type", "x-rs-sign", "x-rs-source"];

pub(super) fn start(ground: &Ground<'_>) -> Result<Contestant, String> {
    let verifier_address = free_address()?;
    let mut bootstrap = ground
        .product
        .with_filters(vec![filter(verifier_address)])?;
    bootstrap["static_resources"]["clusters"]
        .as_array_mut()
        .ok_or("envoy.yaml has no clusters")?
        .push(cluster(verifier_address));
    let verifier = start_verifier(ground, verifier_address)?;
    let (server, address) = envoy::start(ground, "ext_authz", bootstrap)?;
    Ok(Contestant {
        id: "ext_authz",
        name: "Envoy + ext_authz (native Rust verifier)",
        address,
        servers: vec![server, verifier],
        checks: Checks {
            signature: true,
            address: true,
        },
        signature: Signature::Header,
    })
}

fn start_verifier(ground: &Ground<'_>, address: SocketAddr) -> Result<Server, String> {
    let program = std::env::current_exe()
        .map_err(|error| format!("The bench does not find itself: {error}"))?;
    let mut command = command_on(GATE_CORE, &program);
    command.arg("verifier").arg(address.to_string());
    Server::start("verifier", command, ground.folder, address)
}

fn filter(verifier: SocketAddr) -> Value {
    let exact = |name: &&str| json!({"exact": name});
    json!({
        "name": "envoy.filters.http.ext_authz",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz",
            "http_service": {
                "authorization_request": {
                    "headers_to_add": [{"key": CALLER_HEADER, "value": "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%"}],
                },
                "server_uri": {"uri": format!("http://{verifier}"), "cluster": "verifier", "timeout": "1s"},
            },
            "allowed_headers": {"patterns": HEADERS.iter().map(exact).collect::<Vec<_>>()},
            "with_request_body": {"max_request_bytes": MAX_BODY_BYTES, "allow_partial_message": false},
            "failure_mode_allow": false,
        },
    })
}

fn cluster(verifier: SocketAddr) -> Value {
    json!({
        "name": "verifier",
        "type": "STATIC",
        "connect_timeout": "1s",
        "load_assignment": {
            "cluster_name": "verifier",
            "endpoints": [{"lb_endpoints": [{"endpoint": {"address": envoy::socket(verifier)}}]}],
        },
    })
}
