//! Envoy for the contestants: the product's own bootstrap, with its plain listener only and other HTTP filters where
//! the contestant needs them. Connection manager, access log, routes, cluster, limits and timeouts stay the same.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::Ground;
use crate::cores::{GATE_CORE, command_on};
use crate::process::{Server, free_address};

/// The listener without TLS.
const PLAIN_LISTENER: &str = "http";
/// The first filter of the product's chain, found by file.
const GATE_FILTER: &str = "postern";
const FILTER_CHAIN: &str =
    "/static_resources/listeners/0/filter_chains/0/filters/0/typed_config/http_filters";
/// What the road to the backend asks of a request; the second lock stands there.
const ROAD: &str = "/static_resources/listeners/0/filter_chains/0/filters/0/typed_config/route_config/virtual_hosts/0/routes/0/match";

/// The product's Envoy: the binary and the bootstrap it is shipped with.
pub(crate) struct Product {
    pub(crate) binary: PathBuf,
    bootstrap: Value,
}

impl Product {
    /// Reads `envoy/envoy.yaml`; the binary is what `POSTERN_ENVOY` names.
    pub(crate) fn read(repository: &Path) -> Result<Self, String> {
        let binary = std::env::var_os("POSTERN_ENVOY")
            .map(PathBuf::from)
            .ok_or("POSTERN_ENVOY must name the Envoy binary; `make bench` sets it.")?;
        let path = repository.join("envoy/envoy.yaml");
        let text = std::fs::read_to_string(&path)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        let mut bootstrap: Value = serde_norway::from_str(&text)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        keep_plain_listener(&mut bootstrap)?;
        Ok(Self { binary, bootstrap })
    }

    /// The product's bootstrap with `filters` in place of the gate and its second lock.
    pub(crate) fn with_filters(&self, filters: Vec<Value>) -> Result<Value, String> {
        let mut bootstrap = self.bootstrap.clone();
        let chain = chain(&mut bootstrap)?;
        let router = chain.pop().ok_or("envoy.yaml has no HTTP filters")?;
        *chain = filters;
        chain.push(router);
        open_road(&mut bootstrap)?;
        Ok(bootstrap)
    }

    /// The product's bootstrap with its whole chain, the gate read from `edge_file`.
    pub(crate) fn with_gate(&self, edge_file: &Path) -> Result<Value, String> {
        let mut bootstrap = self.bootstrap.clone();
        let gate = chain(&mut bootstrap)?
            .iter_mut()
            .find(|filter| filter["name"] == GATE_FILTER)
            .ok_or("envoy.yaml has no filter named `postern`")?;
        let source = &mut gate["config_discovery"]["config_source"]["path_config_source"];
        source["path"] = json!(edge_file);
        source["watched_directory"]["path"] = json!(edge_file.parent());
        Ok(bootstrap)
    }
}

fn keep_plain_listener(bootstrap: &mut Value) -> Result<(), String> {
    bootstrap["static_resources"]["listeners"]
        .as_array_mut()
        .ok_or("envoy.yaml has no listeners")?
        .retain(|listener| listener["name"] == PLAIN_LISTENER);
    chain(bootstrap).map(|_| ())
}

/// Has the road to the backend ask for no word of the gate.
fn open_road(bootstrap: &mut Value) -> Result<(), String> {
    bootstrap
        .pointer_mut(ROAD)
        .and_then(Value::as_object_mut)
        .and_then(|road| road.remove("filter_state"))
        .map(|_| ())
        .ok_or_else(|| "envoy.yaml has no second lock at its road to the backend".to_owned())
}

fn chain(bootstrap: &mut Value) -> Result<&mut Vec<Value>, String> {
    bootstrap
        .pointer_mut(FILTER_CHAIN)
        .and_then(Value::as_array_mut)
        .ok_or_else(|| format!("envoy.yaml has no listener `{PLAIN_LISTENER}` with HTTP filters"))
}

/// Starts one Envoy worker on the gate's core with `bootstrap`, its ports and its backend replaced.
///
/// Returns the server and the listener's address.
pub(super) fn start(
    ground: &Ground<'_>,
    name: &str,
    mut bootstrap: Value,
) -> Result<(Server, SocketAddr), String> {
    let listen = free_address()?;
    bootstrap["admin"]["address"] = socket(free_address()?);
    bootstrap["static_resources"]["listeners"][0]["address"] = socket(listen);
    let backend =
        "/static_resources/clusters/0/load_assignment/endpoints/0/lb_endpoints/0/endpoint/address";
    *bootstrap
        .pointer_mut(backend)
        .ok_or("envoy.yaml has no backend cluster")? = socket(ground.upstream);
    let file = super::write(
        ground.folder,
        &format!("{name}.json"),
        &bootstrap.to_string(),
    )?;
    let mut command = command_on(GATE_CORE, &ground.product.binary);
    command.arg("-c").arg(file);
    command.args([
        "--concurrency",
        "1",
        "--disable-hot-restart",
        "--log-level",
        "warning",
    ]);
    let server = Server::start(name, command, ground.folder, listen)?;
    Ok((server, listen))
}

/// An address as Envoy writes it.
pub(super) fn socket(address: SocketAddr) -> Value {
    json!({"socket_address": {"address": address.ip().to_string(), "port_value": address.port()}})
}
