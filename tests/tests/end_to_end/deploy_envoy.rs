//! Envoys of one's own with the gate in them: one that serves something else as well, one that may not stop at headers,
//! and one that tells filters behind the gate whose a request is.

use postern_stand::Builder;
use postern_tests::answer::Answer;
use postern_tests::gate::Gate;
use postern_tests::message::Message;
use postern_tests::partner::{PARTNER, Partner, partners_toml};
use postern_tests::postback::{forged, registration};
use postern_tests::programs::shipped;
use postern_tests::yaml::{ports_of, with_idle_timeout, with_partner_in_log};

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
    let taken = gate.send_tls(&to(postbacks, registration("click-1"))).await;
    taken.recorded("accepted").hardened();
    let refused = gate.send_tls(&to(postbacks, forged("click-2"))).await;
    refused.refused(401, "unauthorized").hardened();
    let upgrade = forged("click-2")
        .header("connection", "upgrade")
        .header("upgrade", "websocket");
    let by_envoy = gate.send_tls(&to(postbacks, upgrade.clone())).await;
    assert_eq!(by_envoy.hardened().status, 403, "{by_envoy:?}");
    let refused = gate.log_entry(|entry| entry["status"] == 401).await;
    let decision = refused["decision"].as_str().unwrap_or_default();
    assert!(decision.contains("sign_mismatch"), "{refused}");
    // The shop is as it was, and is no way round the gate: what goes there has no proof.
    let page = gate
        .send_tls(&to("shop.example.com", Message::new("GET", "/healthz")))
        .await;
    assert_eq!(page.status, 200, "{page:?}");
    let refused = gate.send_tls(&to("shop.example.com", upgrade)).await;
    assert_eq!(refused.status, 403, "{refused:?}");
    for of_the_shop in [page, refused] {
        let says = of_the_shop.header("strict-transport-security");
        assert_eq!(says, None, "that is the shop's to say: {of_the_shop:?}");
    }
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
