//! Envoy that only buffers the body, with its own native filter: the floor everything on Envoy stands on.

use serde_json::json;

use super::{Checks, Contestant, Ground, envoy};
use crate::postbacks::Signature;

/// As the gate's own limit.
const MAX_BODY_BYTES: u32 = 65_536;

pub(super) fn start(ground: &Ground<'_>) -> Result<Contestant, String> {
    let buffer = json!({
        "name": "envoy.filters.http.buffer",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.buffer.v3.Buffer",
            "max_request_bytes": MAX_BODY_BYTES,
        },
    });
    let bootstrap = ground.product.with_filters(vec![buffer])?;
    let (server, address) = envoy::start(ground, "bare", bootstrap)?;
    Ok(Contestant {
        id: "bare",
        name: "Envoy + buffer filter (checks nothing)",
        address,
        servers: vec![server],
        checks: Checks {
            signature: false,
            address: false,
        },
        signature: Signature::Header,
    })
}
