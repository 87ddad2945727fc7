//! Take a lock away and the next one still holds.

use postern_tests::MANY_FAILURES;
use postern_tests::event::Event;
use postern_tests::gate::Gate;
use postern_tests::load::Load;
use postern_tests::message::Message;
use postern_tests::partner::{PARTNER, Partner, partners_toml};
use postern_tests::postback::registration;
use postern_tests::waiting::eventually;
use postern_tests::yaml::{without_filter, without_second_lock};

const FILTER: &str = "postern";

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
        gate.send(&message).await.refused(403, "forbidden");
    }
    assert_eq!(gate.ledger().await.deliveries().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_filter_and_second_lock_the_backend_refuses() {
    let bare = |yaml: String| without_second_lock(&without_filter(&yaml, FILTER));
    let gate = Gate::of(|stand| stand.edit_bootstrap(bare)).await;
    for message in strangers() {
        let answer = gate.send(&message).await;
        assert_eq!(answer.json()["ok"], false, "{answer:?}");
        assert!([401, 403].contains(&answer.status), "{answer:?}");
    }
    assert_eq!(gate.ledger().await.deliveries().await, 0);
    // The road was open: with the proof itself, the same request is taken.
    let proof = gate.proof_with(&gate.proof_token());
    gate.send(&registration("click-1").header("x-postern-proof", proof))
        .await
        .recorded("accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_backend_takes_nothing_without_exactly_one_good_proof() {
    let gate = Gate::open().await;
    let good = gate.proof_with(&gate.proof_token());
    let plain = || registration("click-1");
    let proven = |proof: &str| plain().header("x-postern-proof", proof);
    let bad = [
        plain(),
        proven(""),
        proven(&gate.proof_with(&"0".repeat(64))),
        proven(&good).header("x-postern-proof", &good),
    ];
    for message in bad {
        let answer = gate.send_to_backend(&message).await;
        assert!([401, 403].contains(&answer.status), "{answer:?}");
    }
    // A good token with other words comes from an edge of another version.
    let unreadable = [
        proven(&good.replace(";address=127.0.0.1", "")),
        proven(&good.replace("key=k1", "key=k 1")),
        proven(&format!("{good};partner=other")),
    ];
    for message in unreadable {
        let answer = gate.send_to_backend(&message).await;
        assert_eq!(answer.status, 503, "{answer:?}");
    }
    assert_eq!(gate.ledger().await.deliveries().await, 0);
    gate.send_to_backend(&proven(&good))
        .await
        .recorded("accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_proof_is_replaced_under_load_and_no_request_is_lost() {
    let gate = Gate::open().await;
    let (old, new) = (gate.proof_token(), "n".repeat(40));
    let load = Load::start(gate.http_addr(), 4, "load");
    load.acknowledges(50).await;
    gate.has_proof_tokens(&[&new, &old]);
    let with =
        |token: &str| registration("click-1").header("x-postern-proof", gate.proof_with(token));
    eventually("the backend takes the new proof", async || {
        (gate.send_to_backend(&with(&new)).await.status == 200).then_some(())
    })
    .await;
    gate.applies(&partners_toml(MANY_FAILURES, &[Partner::of_the_page()]))
        .await;
    assert!(
        gate.edge_file().contains(&new),
        "the filter has the new one"
    );
    load.acknowledges(50).await;
    gate.has_proof_tokens(&[&new]);
    eventually("the backend refuses the old proof", async || {
        (gate.send_to_backend(&with(&old)).await.status != 200).then_some(())
    })
    .await;
    load.acknowledges(50).await;
    let seen = load.stop().await;
    assert!(
        seen.refused.is_empty() && seen.broken.is_empty(),
        "{:?} {:?}",
        seen.refused,
        seen.broken
    );
}
