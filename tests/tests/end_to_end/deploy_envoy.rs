//! Envoys of one's own with the gate in them: one that serves something else as well, and the pieces for Istio and Envoy
//! Gateway, each put where its control plane would put it and given to the real Envoy.

use postern_stand::Builder;
use postern_tests::answer::Answer;
use postern_tests::gate::Gate;
use postern_tests::message::Message;
use postern_tests::partner::{PARTNER, Partner, partners_toml};
use postern_tests::postback::{forged, registration};
use postern_tests::programs::{envoy, lowest_envoy, shipped, shipped_bootstrap_in};
use postern_tests::yaml::{ports_of, with_idle_timeout, with_partner_in_log};
use serde::Deserialize as _;
use serde_norway::{Deserializer, Mapping, Value};
use std::path::Path;
use std::process::Command;

/// The shipped bootstrap of a shop, on a stand's ports; the shop itself is the backend's own pages.
fn shared(stand: &str) -> String {
    let [admin, https, _, backend] = ports_of(stand);
    let folder = stand.lines().find_map(|line| {
        line.trim()
            .strip_prefix("path: ")?
            .strip_suffix("/edge/postern-filter.json")
    });
    let text = shipped("deploy/envoy/shared.yaml")
        .replace("/etc/postern", folder.expect("the stand's folder"))
        .replace(
            "0.0.0.0, port_value: 8443",
            &format!("127.0.0.1, port_value: {https}"),
        );
    let ports = [("9901", admin), ("8090", backend), ("3000", backend)];
    ports.iter().fold(text, |text, (old, new)| {
        text.replace(&format!("port_value: {old}"), &format!("port_value: {new}"))
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_envoy_that_serves_a_shop_takes_postbacks_as_well() {
    let gate = Gate::of(|stand| stand.edit_bootstrap(|yaml| shared(&yaml))).await;
    let to = |host: &str, message: Message| message.header("host", host);
    let postbacks = "postbacks.example.com";
    gate.send_tls(&to(postbacks, registration("click-1")))
        .await
        .recorded("accepted");
    gate.send_tls(&to(postbacks, forged("click-2")))
        .await
        .refused(401, "unauthorized");
    // The shop is as it was, and is no way round the gate: what goes there has no proof.
    let page = gate
        .send_tls(&to("shop.example.com", Message::new("GET", "/healthz")))
        .await;
    assert_eq!(page.status, 200, "{page:?}");
    let proof = gate.proof_with(&"0".repeat(64));
    let around = registration("click-2").header("x-postern-proof", proof);
    let around = gate.send_tls(&to("shop.example.com", around)).await;
    assert!([401, 403].contains(&around.status), "{around:?}");
    assert_eq!(gate.ledger().await.deliveries().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_envoy_that_may_not_stop_at_headers_lets_nothing_pass() {
    let gate = Gate::of(|stand| stand.edit_bootstrap(|yaml| with_idle_timeout(&yaml, "1s"))).await;
    let good = gate.edge_file();
    let old = "\"allow_on_headers_stop_iteration\": true";
    assert!(good.contains(old), "{good}");
    // Another limit as well: Envoy 1.36 keeps the filter it has where its configuration is the same.
    let limit = "\\\"max_body_bytes\\\":65536";
    assert!(good.contains(limit), "{good}");
    let held = good.replace(old, "\"allow_on_headers_stop_iteration\": false");
    let taken = gate.taken_configurations();
    gate.moves_in_edge_file(&held.replace(limit, &limit.replace("65536", "65535")));
    gate.takes_a_configuration(taken).await;
    // Its workers take it a moment after it is counted.
    let held = |answer: &Answer| answer.status != 200;
    gate.send_until("a POST is held", &registration("click-1"), held)
        .await;
    let before = gate.ledger().await.deliveries().await;
    let answer = gate.send(&registration("click-2")).await;
    assert_ne!(answer.status, 200, "{answer:?}");
    assert_eq!(gate.ledger().await.deliveries().await, before);
    gate.moves_in_edge_file(&good);
    gate.send_until("the gate works again", &registration("click-1"), |answer| {
        answer.status == 200
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_behind_the_gate_are_told_the_verified_partner_where_that_is_asked_for() {
    let told = async |edge: &str| {
        let partners = partners_toml(edge, &[Partner::of_the_page()]);
        let logged = |stand: Builder| stand.edit_bootstrap(|yaml| with_partner_in_log(&yaml));
        let gate = Gate::of(|stand| logged(stand.partners(partners))).await;
        let posing = registration("click-1").header("x-postern-partner", "other");
        gate.send(&posing).await.recorded("accepted");
        gate.log_entry(|entry| entry["status"] == 200).await["named"].clone()
    };
    assert_eq!(told("partner_header = true").await, PARTNER);
    assert_eq!(told("").await, serde_json::Value::Null);
}

fn documents(path: &str) -> Vec<Value> {
    let text = shipped(path);
    Deserializer::from_str(&text)
        .map(|one| Value::deserialize(one).expect("YAML"))
        .collect()
}

/// The connection manager of a bootstrap's first listener.
fn manager(bootstrap: &mut Value) -> &mut Mapping {
    let chain = &mut bootstrap["static_resources"]["listeners"][0]["filter_chains"][0];
    chain["filters"][0]["typed_config"]
        .as_mapping_mut()
        .expect("a connection manager")
}

/// Claims that both Envoys take our bootstrap with its gate taken out and put in again by `put`.
fn validates(put: impl Fn(&mut Mapping)) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = shipped_bootstrap_in(folder.path());
    let text = std::fs::read_to_string(&path).expect("written");
    let mut bootstrap: Value = serde_norway::from_str(&text).expect("YAML");
    bootstrap.apply_merge().expect("merged");
    let manager = manager(&mut bootstrap);
    let filters = manager["http_filters"].as_sequence_mut().expect("a list");
    filters.retain(|filter| filter["name"] != "postern");
    put(manager);
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

/// The gate as the shipped bootstrap has it.
fn gate_of_the_bootstrap() -> Value {
    let mut bootstrap: Value = serde_norway::from_str(&shipped("envoy/envoy.yaml")).expect("YAML");
    let filters = manager(&mut bootstrap)["http_filters"]
        .as_sequence()
        .expect("a list");
    filters
        .iter()
        .find(|filter| filter["name"] == "postern")
        .expect("the gate")
        .clone()
}

#[test]
fn envoy_takes_what_istio_would_make_of_its_piece() {
    let [filter] = documents("deploy/istio/envoyfilter.yaml")
        .try_into()
        .expect("one object");
    let patches = filter["spec"]["configPatches"]
        .as_sequence()
        .expect("a list");
    let patch = |to: &str| {
        &patches
            .iter()
            .find(|patch| patch["applyTo"] == to)
            .expect("a patch")["patch"]
    };
    let gate = &patch("HTTP_FILTER")["value"];
    assert_eq!(gate, &gate_of_the_bootstrap());
    assert_eq!(patch("HTTP_FILTER")["operation"], "INSERT_BEFORE");
    let merged = patch("NETWORK_FILTER")["value"]["typed_config"]
        .as_mapping()
        .expect("a table");
    let host = patch("VIRTUAL_HOST")["value"]["typed_per_filter_config"].clone();
    validates(|manager| {
        for (key, value) in merged {
            manager.insert(key.clone(), value.clone());
        }
        manager["http_filters"]
            .as_sequence_mut()
            .expect("a list")
            .insert(0, gate.clone());
        let host_of = &mut manager["route_config"]["virtual_hosts"][0];
        host_of["typed_per_filter_config"] = host.clone();
    });
    // What the gate reads is where the gateway mounts it.
    let [values] = documents("deploy/istio/values.yaml")
        .try_into()
        .expect("one object");
    mounts_what_the_gate_reads(&values["volumes"], &values["volumeMounts"]);
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
    let patch = &of_kind("EnvoyPatchPolicy")["spec"]["jsonPatches"][0]["operation"];
    assert_eq!(patch["op"], "add");
    assert_eq!(
        patch["path"],
        "/filter_chains/0/filters/0/typed_config/http_filters/0"
    );
    assert_eq!(patch["value"], gate_of_the_bootstrap());
    validates(|manager| {
        manager["http_filters"]
            .as_sequence_mut()
            .expect("a list")
            .insert(0, patch["value"].clone());
    });
    let proxy = &of_kind("EnvoyProxy")["spec"]["provider"]["kubernetes"]["envoyDeployment"];
    mounts_what_the_gate_reads(
        &proxy["pod"]["volumes"],
        &proxy["container"]["volumeMounts"],
    );
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
