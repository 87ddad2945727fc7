//! The product's own gate, complete: allow list, failure throttle, HMAC, token bucket, proof, and the second lock
//! behind it. Its configuration is rendered by the product's own `postern partners apply`.

use std::net::SocketAddr;
use std::path::Path;

use super::{Checks, Contestant, Ground, envoy};
use crate::postbacks::{PARTNER, SECRET, Signature};
use crate::process::Server;
use crate::product_files;
use crate::refuse::{ELSEWHERE, FAILURES_PER_MINUTE, SLOW, SLOW_PER_SECOND};

/// Above what one core can do: every request takes its token and none is refused.
const BOUNDLESS: u32 = 1_000_000;

/// How much failing the gate bears from one address.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum GateSetting {
    /// As much as the load can do: the throttle is kept and never reached.
    Patient,
    /// As little as it does when nobody sets it.
    Strict,
}

/// The gate as a contestant. `signature` says where its postbacks carry theirs.
pub(super) fn contestant(ground: &Ground<'_>, signature: Signature) -> Result<Contestant, String> {
    let (id, name) = match signature {
        Signature::Payload => ("postern_payload", "Postern, sign in the payload"),
        Signature::Header | Signature::Forged => ("postern", "Postern, complete"),
    };
    let (server, address) = start(ground, &ground.folder.join(id), GateSetting::Patient)?;
    Ok(Contestant {
        id,
        name,
        address,
        servers: vec![server],
        checks: Checks {
            signature: true,
            address: true,
        },
        signature,
    })
}

/// Starts Envoy with the gate in a folder of its own; its backend is the bench's upstream.
pub(crate) fn start(
    ground: &Ground<'_>,
    folder: &Path,
    setting: GateSetting,
) -> Result<(Server, SocketAddr), String> {
    let edge_file = product_files::apply(folder, &partners(setting))?;
    let bootstrap = ground.product.with_gate(&edge_file)?;
    let ground = Ground { folder, ..*ground };
    envoy::start(&ground, "gate", bootstrap)
}

fn partners(setting: GateSetting) -> String {
    let (failures, burst) = match setting {
        GateSetting::Patient => (BOUNDLESS, BOUNDLESS),
        GateSetting::Strict => (FAILURES_PER_MINUTE, FAILURES_PER_MINUTE / 2),
    };
    let partner = |id: &str, network: &str, rate: u32, burst: u32| {
        format!(
            "[[partner]]\nid = \"{id}\"\namount_unit = \"major\"\nnetworks = [\"{network}\"]\nrate_per_second = {rate}\nburst = {burst}\n\
             secrets = [{{ id = \"k1\", secret = \"{SECRET}\" }}]\n"
        )
    };
    [
        format!("[edge]\nfailure_throttle = {{ per_minute = {failures}, burst = {burst} }}\n"),
        partner(PARTNER, "127.0.0.1", BOUNDLESS, BOUNDLESS),
        partner(ELSEWHERE, "127.0.0.2", BOUNDLESS, BOUNDLESS),
        partner(SLOW, "127.0.0.1", SLOW_PER_SECOND, SLOW_PER_SECOND),
    ]
    .join("\n")
}
