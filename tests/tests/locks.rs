//! Take a lock away and the next one still holds.

use postern_tests::event::Event;
use postern_tests::gate::Gate;
use postern_tests::message::Message;
use postern_tests::partner::PARTNER;
use postern_tests::postback::registration;
use postern_tests::yaml::without_filter;

const FILTER: &str = "postern";
const SECOND_LOCK: &str = "envoy.filters.http.rbac";

/// What a stranger would send once the gate is gone.
fn strangers() -> [Message; 3] {
    let unsigned = Event::registration("click-1").json();
    let unsigned = Message::new("POST", "/v1/event")
        .header("content-type", "application/json")
        .body(unsigned);
    let dressed = unsigned.clone().header(
        "x-postern-proof",
        format!(
            "token={};partner={PARTNER};key=k1;form=raw;address=127.0.0.1",
            "0".repeat(64)
        ),
    );
    [registration("click-1"), unsigned, dressed]
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_filter_the_second_lock_refuses() {
    let gate = Gate::of(|stand| stand.edit_bootstrap(|yaml| without_filter(&yaml, FILTER))).await;
    for message in strangers() {
        let answer = gate.send(&message).await;
        assert_eq!(answer.status, 403, "{answer:?}");
    }
    assert_eq!(gate.ledger().await.deliveries().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_filter_and_second_lock_the_backend_refuses() {
    let bare = |yaml: String| without_filter(&without_filter(&yaml, FILTER), SECOND_LOCK);
    let gate = Gate::of(|stand| stand.edit_bootstrap(bare)).await;
    for message in strangers() {
        let answer = gate.send(&message).await;
        assert_eq!(answer.json()["ok"], false, "{answer:?}");
        assert!([401, 403].contains(&answer.status), "{answer:?}");
    }
    assert_eq!(gate.ledger().await.deliveries().await, 0);
    // The road was open: with the proof itself, the same request is taken.
    let proof = format!(
        "token={};partner={PARTNER};key=k1;form=raw;address=127.0.0.1",
        gate.proof_token()
    );
    gate.send(&registration("click-1").header("x-postern-proof", proof))
        .await
        .recorded("accepted");
}
