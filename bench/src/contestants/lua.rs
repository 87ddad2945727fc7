//! Envoy with a Lua filter that checks the HMAC, SHA-256 in Lua as well: what one writes without a compiler.
//! It checks the signature only: no address, no rate, no proof.

use serde_json::json;

use super::{Checks, Contestant, Ground, envoy};
use crate::postbacks::{SECRET, Signature};

const SCRIPT: &str = include_str!("hmac.lua");

pub(super) fn start(ground: &Ground<'_>) -> Result<Contestant, String> {
    let script = format!("local SECRET = \"{SECRET}\"\n{SCRIPT}");
    let lua = json!({
        "name": "envoy.filters.http.lua",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua",
            "default_source_code": {"inline_string": script},
        },
    });
    let bootstrap = ground.product.with_filters(vec![lua])?;
    let (server, address) = envoy::start(ground, "lua", bootstrap)?;
    Ok(Contestant {
        id: "lua",
        name: "Envoy + Lua (HMAC only)",
        address,
        servers: vec![server],
        checks: Checks {
            signature: true,
            address: false,
        },
        signature: Signature::Header,
    })
}
