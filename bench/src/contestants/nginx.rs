//! nginx with njs: HMAC in JavaScript, `allow`, `limit_req`, then the proxy. The reference outside Envoy.

use std::net::SocketAddr;
use std::path::Path;

use super::{Checks, Contestant, Ground};
use crate::cores::{GATE_CORE, command_on};
use crate::nginx_package;
use crate::postbacks::{SECRET, Signature};
use crate::process::{Server, free_address};

pub(super) const NAME: &str = "nginx + njs (HMAC, allow, limit_req)";
const CONFIGURATION: &str = include_str!("nginx.conf");
const SCRIPT: &str = include_str!("hmac.js");

pub(super) fn start(ground: &Ground<'_>) -> Result<Contestant, String> {
    let nginx = nginx_package::find()?;
    let folder = ground.folder.join("nginx");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    super::write(&folder, "hmac.js", &SCRIPT.replace("@SECRET@", SECRET))?;
    let address = free_address()?;
    let file = super::write(
        &folder,
        "nginx.conf",
        &configuration(ground, &nginx.module, &folder, address),
    )?;
    let mut command = command_on(GATE_CORE, &nginx.binary);
    command
        .arg("-p")
        .arg(&folder)
        .arg("-c")
        .arg(file)
        .arg("-e")
        .arg("stderr");
    let server = Server::start("nginx", command, ground.folder, address)?;
    Ok(Contestant {
        id: "nginx_njs",
        name: NAME,
        address,
        servers: vec![server],
        checks: Checks {
            signature: true,
            address: true,
        },
        signature: Signature::Header,
    })
}

fn configuration(ground: &Ground<'_>, module: &Path, folder: &Path, address: SocketAddr) -> String {
    CONFIGURATION
        .replace("@MODULE@", &module.display().to_string())
        .replace("@FOLDER@", &folder.display().to_string())
        .replace("@LISTEN@", &address.to_string())
        .replace("@UPSTREAM@", &ground.upstream.to_string())
}
