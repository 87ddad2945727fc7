//! The pieces for Istio and Envoy Gateway, each put where its control plane would put it and given to the real Envoy.
//!
//! Run once: it asks both Envoys itself.

use postern_tests::programs::{envoy, lowest_envoy, shipped, shipped_bootstrap_in};
use serde::Deserialize as _;
use serde_norway::{Deserializer, Mapping, Value};
use std::path::Path;
use std::process::Command;

fn documents(path: &str) -> Vec<Value> {
    let text = shipped(path);
    Deserializer::from_str(&text)
        .map(|one| Value::deserialize(one).expect("YAML"))
        .collect()
}

/// The first filter chain of a bootstrap's first listener.
fn chain(listener: &mut Value) -> &mut Value {
    &mut listener["filter_chains"][0]
}

/// Its connection manager.
fn manager(listener: &mut Value) -> &mut Mapping {
    let manager = &mut chain(listener)["filters"][0]["typed_config"];
    manager.as_mapping_mut().expect("a connection manager")
}

/// What it says of TLS.
fn tls(listener: &mut Value) -> &mut Value {
    &mut chain(listener)["transport_socket"]["typed_config"]
}

/// The listener of the shipped bootstrap.
fn listener(bootstrap: &mut Value) -> &mut Value {
    &mut bootstrap["static_resources"]["listeners"][0]
}

fn shipped_bootstrap() -> Value {
    serde_norway::from_str(&shipped("envoy/envoy.yaml")).expect("YAML")
}

/// Whether callers may show a certificate, as the shipped bootstrap has it.
fn certificates_of_the_bootstrap() -> Value {
    let mut bootstrap = shipped_bootstrap();
    let tls = tls(listener(&mut bootstrap));
    let asked = tls["common_tls_context"]["validation_context"].clone();
    assert!(asked.is_mapping(), "the bootstrap asks for none");
    asked
}

/// Claims that both Envoys take our bootstrap with its gate and what it says of client certificates taken out and put in
/// again by `put`, and that callers may then show one and need none.
fn validates(put: impl Fn(&mut Value)) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = shipped_bootstrap_in(folder.path());
    let text = std::fs::read_to_string(&path).expect("written");
    let mut bootstrap: Value = serde_norway::from_str(&text).expect("YAML");
    bootstrap.apply_merge().expect("merged");
    let listener = listener(&mut bootstrap);
    let filters = manager(listener)["http_filters"].as_sequence_mut();
    let filters = filters.expect("a list");
    filters.retain(|filter| filter["name"] != "postern");
    let of_tls = tls(listener).as_mapping_mut().expect("a table");
    of_tls.remove("require_client_certificate");
    let common = of_tls["common_tls_context"].as_mapping_mut();
    common.expect("a table").remove("validation_context");
    put(listener);
    let of_tls = tls(listener);
    let asked = &of_tls["common_tls_context"]["validation_context"];
    assert_eq!(asked, &certificates_of_the_bootstrap());
    assert!(of_tls["require_client_certificate"].is_null());
    let text = serde_norway::to_string(&bootstrap).expect("YAML");
    let text = text.replace("/etc/postern/", &format!("{}/", folder.path().display()));
    std::fs::write(&path, text).expect("written");
    for envoy in [envoy(), lowest_envoy()] {
        takes(&envoy, &path);
    }
}

#[track_caller]
fn takes(envoy: &Path, bootstrap: &Path) {
    let ran = Command::new(envoy)
        .args(["--mode", "validate", "-c"])
        .arg(bootstrap)
        .output();
    let ran = ran.expect("Envoy runs");
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
}

/// What makes labels of the names of the gate's metrics.
#[track_caller]
fn stats_tags(bootstrap: &Value) -> Value {
    let tags = &bootstrap["stats_config"]["stats_tags"];
    assert!(tags.is_sequence(), "{bootstrap:?}");
    tags.clone()
}

/// The gate as the shipped bootstrap has it.
fn gate_of_the_bootstrap() -> Value {
    let mut bootstrap = shipped_bootstrap();
    let filters = manager(listener(&mut bootstrap))["http_filters"].as_sequence();
    let mut filters = filters.expect("a list").iter();
    let gate = filters.find(|filter| filter["name"] == "postern");
    gate.expect("the gate").clone()
}

/// Istio's MERGE: what is a table in both is merged, all else is replaced.
fn merge(into: &mut Value, from: &Value) {
    match (into, from) {
        (Value::Mapping(into), Value::Mapping(from)) => {
            for (key, value) in from {
                merge(into.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (into, from) => into.clone_from(from),
    }
}

#[test]
fn envoy_takes_what_istio_would_make_of_its_piece() {
    let [filter] = documents("deploy/istio/envoyfilter.yaml")
        .try_into()
        .expect("one object");
    let patches = filter["spec"]["configPatches"].as_sequence();
    let patches = patches.expect("a list");
    let piece = |to: &str| {
        let mut patches = patches.iter();
        patches.find(|patch| patch["applyTo"] == to).expect(to)
    };
    let value = |to: &str| &piece(to)["patch"]["value"];
    assert_eq!(value("HTTP_FILTER"), &gate_of_the_bootstrap());
    assert_eq!(piece("HTTP_FILTER")["patch"]["operation"], "INSERT_BEFORE");
    for merged in ["NETWORK_FILTER", "FILTER_CHAIN", "VIRTUAL_HOST"] {
        assert_eq!(piece(merged)["patch"]["operation"], "MERGE", "{merged}");
    }
    validates(|listener| {
        merge(chain(listener), value("FILTER_CHAIN"));
        let filter = &mut chain(listener)["filters"][0];
        merge(filter, value("NETWORK_FILTER"));
        let manager = manager(listener);
        let filters = manager["http_filters"].as_sequence_mut();
        filters
            .expect("a list")
            .insert(0, value("HTTP_FILTER").clone());
        let host = &mut manager["route_config"]["virtual_hosts"][0];
        merge(host, value("VIRTUAL_HOST"));
    });
    assert_eq!(
        stats_tags(value("BOOTSTRAP")),
        stats_tags(&shipped_bootstrap())
    );
    // It is about the host that the gateway listens for.
    let gateway = &documents("deploy/istio/gateway.yaml")[0]["spec"]["servers"][0];
    let of = &piece("FILTER_CHAIN")["match"]["listener"]["filterChain"]["sni"];
    assert_eq!(of, &gateway["hosts"][0]);
    // What the gate reads is where the gateway mounts it.
    let [values] = documents("deploy/istio/values.yaml")
        .try_into()
        .expect("one object");
    mounts_what_the_gate_reads(&values["volumes"], &values["volumeMounts"]);
}

/// Carries out a JSON patch that adds something.
fn add(listener: &mut Value, operation: &Value) {
    assert_eq!(operation["op"], "add");
    let path = operation["path"].as_str().expect("a path");
    let mut keys: Vec<&str> = path.split('/').skip(1).collect();
    let last = keys.pop().expect("a place");
    let mut place = listener;
    for key in keys {
        place = match place {
            Value::Sequence(list) => &mut list[key.parse::<usize>().expect("a number")],
            table => table
                .get_mut(key)
                .unwrap_or_else(|| panic!("{path}: {key}")),
        };
    }
    let value = operation["value"].clone();
    match place {
        Value::Sequence(list) => list.insert(last.parse().expect("a number"), value),
        table => table[last] = value,
    }
}

#[test]
fn envoy_takes_what_envoy_gateway_would_make_of_its_piece() {
    let objects = documents("deploy/envoy-gateway/postern.yaml");
    let of_kind = |kind: &str| {
        objects
            .iter()
            .find(|object| object["kind"] == kind)
            .expect("an object")
    };
    let patches = &of_kind("EnvoyPatchPolicy")["spec"]["jsonPatches"];
    let patches = patches.as_sequence().expect("a list");
    let gate = &patches[0]["operation"];
    assert_eq!(
        gate["path"],
        "/filter_chains/0/filters/0/typed_config/http_filters/0"
    );
    assert_eq!(gate["value"], gate_of_the_bootstrap());
    for patch in patches {
        assert_eq!(patch["name"], patches[0]["name"], "one listener");
    }
    validates(|listener| {
        for patch in patches {
            add(listener, &patch["operation"]);
        }
    });
    let proxy = &of_kind("EnvoyProxy")["spec"];
    let merged = proxy["bootstrap"]["value"].as_str().expect("YAML in YAML");
    assert_eq!(
        stats_tags(&serde_norway::from_str(merged).expect("YAML")),
        stats_tags(&shipped_bootstrap())
    );
    let proxy = &proxy["provider"]["kubernetes"]["envoyDeployment"];
    mounts_what_the_gate_reads(
        &proxy["pod"]["volumes"],
        &proxy["container"]["volumeMounts"],
    );
    all_are_about_one_gateway(of_kind);
}

/// Claims that route and policies are about the gateway that is made here.
#[track_caller]
fn all_are_about_one_gateway<'v>(of_kind: impl Fn(&str) -> &'v Value) {
    let gateway = of_kind("Gateway");
    for other in ["HTTPRoute", "ClientTrafficPolicy", "EnvoyPatchPolicy"] {
        let spec = &of_kind(other)["spec"];
        let target = [
            &spec["parentRefs"][0],
            &spec["targetRefs"][0],
            &spec["targetRef"],
        ];
        let named = target.iter().find_map(|target| target["name"].as_str());
        assert_eq!(named, gateway["metadata"]["name"].as_str(), "{other}");
    }
}

/// The folder Envoy watches and the filter's code, where `apply.toml` has them, from the objects `render` makes.
#[track_caller]
fn mounts_what_the_gate_reads(volumes: &Value, mounts: &Value) {
    let apply = shipped("deploy/kubernetes/apply.toml");
    let expected = [
        ("secret", "secretName", "postern-edge", "/etc/postern/edge"),
        ("configMap", "name", "postern-filter", "/etc/postern/filter"),
    ];
    for (kind, key, object, folder) in expected {
        let volume = volumes
            .as_sequence()
            .expect("a list")
            .iter()
            .find(|one| one[kind][key] == object);
        let volume = volume.unwrap_or_else(|| panic!("no volume of {object}"));
        let mount = mounts
            .as_sequence()
            .expect("a list")
            .iter()
            .find(|one| one["name"] == volume["name"]);
        assert_eq!(mount.expect("mounted")["mountPath"], folder);
    }
    assert!(
        apply.contains("/etc/postern/filter/postern_filter.wasm"),
        "{apply}"
    );
}
