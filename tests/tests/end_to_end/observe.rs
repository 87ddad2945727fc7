//! What operators see: the access log, the metrics, and one request id through all of it.

use postern_tests::event::Event;
use postern_tests::gate::Gate;
use postern_tests::message::Message;
use postern_tests::partner::{PARTNER, SECRET};
use postern_tests::postback::{forged, get, registration};

/// Each refused request, the status it gets and the word the log must have for it.
fn refused() -> [(u64, &'static str, Message); 4] {
    let nobody = registration("click-1")
        .without("x-rs-source")
        .source("nobody");
    [
        (401, "unauthorized", forged("click-1")),
        (403, "forbidden", nobody),
        (
            404,
            "not_found",
            registration("click-1").target("/elsewhere"),
        ),
        (
            415,
            "unsupported_media_type",
            registration("click-1").without("content-type"),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn the_access_log_says_what_was_decided() {
    let gate = Gate::open().await;
    gate.send(&registration("click-1"))
        .await
        .recorded("accepted");
    let entry = gate.log_entry(|entry| entry["status"] == 200).await;
    let decision = entry["decision"].as_str().unwrap_or_default();
    assert!(
        decision.starts_with("accepted") && decision.contains(PARTNER),
        "{entry}"
    );
    assert_eq!(entry["address"], "127.0.0.1", "{entry}");
    for (status, word, message) in refused() {
        gate.send(&message).await;
        let entry = gate.log_entry(|entry| entry["status"] == status).await;
        let decision = entry["decision"].as_str().unwrap_or_default();
        assert!(
            decision.contains(word) && !decision.starts_with("accepted"),
            "{entry}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_logs_hold_no_secrets() {
    let gate = Gate::open().await;
    gate.send(&get(&Event::registration("click-2")))
        .await
        .recorded("accepted");
    gate.send(&forged("click-2"))
        .await
        .refused(401, "unauthorized");
    gate.log_entry(|entry| entry["status"] == 401).await;
    let token = gate.proof_token();
    for (name, log) in gate.logs() {
        for secret in [SECRET, &token, "sign="] {
            assert!(!log.contains(secret), "`{secret}` is in {name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_count_each_decision_for_each_partner() {
    let gate = Gate::open().await;
    for number in 1..=3 {
        gate.send(&registration(&format!("click-{number}")))
            .await
            .recorded("accepted");
    }
    gate.send(&forged("click-1"))
        .await
        .refused(401, "unauthorized");
    gate.send(&forged("click-1"))
        .await
        .refused(401, "unauthorized");
    gate.counts(PARTNER, "accepted", 3).await;
    gate.counts(PARTNER, "unauthorized", 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_request_id_goes_through_log_answer_and_ledger() {
    let gate = Gate::open().await;
    let told = "11111111-2222-4333-8444-555555555555";
    let answer = gate
        .send(&registration("click-1").header("x-request-id", told))
        .await;
    answer.recorded("accepted");
    let id = answer
        .header("x-request-id")
        .expect("an id of ours")
        .to_owned();
    assert_ne!(id, told, "an id from outside is not trusted");
    let delivery = gate.ledger().await.delivery(&answer.text("id")).await;
    assert_eq!(delivery.request_id, id);
    gate.log_entry(|entry| entry["request_id"] == id.as_str())
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_names_the_id_under_which_it_is_in_the_log() {
    let gate = Gate::open().await;
    let told = "11111111-2222-4333-8444-555555555555";
    let refused = gate
        .send(&forged("click-1").header("x-request-id", told))
        .await;
    let id = refused.refused(401, "unauthorized").text("request_id");
    assert_ne!(id, told);
    assert_eq!(refused.header("x-request-id"), Some(id.as_str()));
    let entry = gate
        .log_entry(|entry| entry["request_id"] == id.as_str())
        .await;
    assert_eq!(entry["status"], 401, "{entry}");

    // One by the backend as well.
    let invalid = gate
        .send(&get(&Event::ftd("click-1").text("geo", "XX")))
        .await;
    let id = invalid.refused(422, "invalid").text("request_id");
    assert_eq!(invalid.header("x-request-id"), Some(id.as_str()));
}
