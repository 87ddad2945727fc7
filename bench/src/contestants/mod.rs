//! Who runs in the edge bench. Each contestant is a running server on core 0 that proxies to the same upstream;
//! all on Envoy share one listener configuration, the product's own.

mod bare;
mod envoy;
mod ext_authz;
mod gate;
mod lua;
mod nginx;
mod truth;
pub(crate) mod verifier;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

pub(crate) use envoy::Product;
pub(crate) use gate::{GateSetting, start as start_gate};
pub(crate) use truth::check;

use crate::postbacks::Signature;
use crate::process::Server;

/// What all contestants stand on.
#[derive(Clone, Copy)]
pub(crate) struct Ground<'a> {
    /// A folder for configurations and logs.
    pub(crate) folder: &'a Path,
    pub(crate) upstream: SocketAddr,
    pub(crate) product: &'a Product,
}

/// One running contestant.
pub(crate) struct Contestant {
    /// Short and stable: the key in `bench.json`.
    pub(crate) id: &'static str,
    /// For people.
    pub(crate) name: &'static str,
    pub(crate) address: SocketAddr,
    /// The gate first, then what it asks. The CPU time of all of them counts.
    pub(crate) servers: Vec<Server>,
    pub(crate) checks: Checks,
    pub(crate) signature: Signature,
}

/// What a contestant claims to refuse. Each claim is tried before the first round.
#[derive(Clone, Copy)]
pub(crate) struct Checks {
    pub(crate) signature: bool,
    pub(crate) address: bool,
}

impl Contestant {
    pub(crate) fn cpu_time(&self) -> std::io::Result<Vec<std::time::Duration>> {
        self.servers.iter().map(Server::cpu_time).collect()
    }
}

/// A contestant this machine cannot run.
pub(crate) struct LeftOut {
    pub(crate) name: &'static str,
    pub(crate) reason: String,
}

/// Starts all. Envoy's contestants must run; nginx is left out where it is not to be had.
pub(crate) fn start_all(ground: &Ground<'_>) -> Result<(Vec<Contestant>, Vec<LeftOut>), String> {
    let mut running = vec![
        bare::start(ground)?,
        gate::contestant(ground, Signature::Header)?,
        gate::contestant(ground, Signature::Payload)?,
        lua::start(ground)?,
        ext_authz::start(ground)?,
    ];
    let mut left_out = Vec::new();
    match nginx::start(ground) {
        Ok(contestant) => running.push(contestant),
        Err(reason) => left_out.push(LeftOut {
            name: nginx::NAME,
            reason,
        }),
    }
    Ok((running, left_out))
}

/// Writes a contestant's file and returns where it is.
fn write(folder: &Path, name: &str, text: &str) -> Result<PathBuf, String> {
    let path = folder.join(name);
    std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path)
}
