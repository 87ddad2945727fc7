//! `docker-compose.yml` as compose understands it: anchors resolved, profiles included.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::project::Project;

/// Volumes that hold a secret. The databases' and dashboards' own data are not among them.
pub const SECRET_VOLUMES: [&str; 7] = [
    "partners",
    "database",
    "edge-config",
    "tls",
    "demo",
    "postgres-password",
    "grafana-password",
];

/// All services, by name.
///
/// # Panics
/// When compose cannot read the file.
#[must_use]
pub fn services(project: &Project) -> BTreeMap<String, Value> {
    let all: Value = serde_norway::from_str(&text(project)).expect("compose prints YAML");
    let services = all["services"].as_object().expect("there are services");
    services.clone().into_iter().collect()
}

/// All of it, as compose prints it.
#[must_use]
pub fn text(project: &Project) -> String {
    project.runs(&["--profile", "observe", "--profile", "commands", "config"])
}

/// Which volumes with a secret a service sees, in the order of [`SECRET_VOLUMES`].
#[must_use]
pub fn secret_volumes(service: &Value) -> Vec<&'static str> {
    let mounts = service["volumes"].as_array().cloned().unwrap_or_default();
    // One version of compose prints `volume:/folder:ro`, another the parts by name.
    let source = |mount: &Value| match mount.as_str() {
        Some(text) => text.split(':').next().map(str::to_owned),
        None => mount["source"].as_str().map(str::to_owned),
    };
    let sources: Vec<String> = mounts.iter().filter_map(source).collect();
    let seen = |name: &&str| sources.iter().any(|source| source == name);
    SECRET_VOLUMES.into_iter().filter(seen).collect()
}
