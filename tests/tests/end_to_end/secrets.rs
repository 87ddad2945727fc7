//! A secret is replaced without a moment in which a partner cannot post.

use postern_tests::MANY_FAILURES;
use postern_tests::event::Event;
use postern_tests::gate::Gate;
use postern_tests::message::Message;
use postern_tests::partner::{PARTNER, Partner, partners_toml};
use postern_tests::signing::signed_json;
use postern_tests::{rfc3339, unix_now};

const OLD: &str = "the_old_secret";
const NEW: &str = "the_new_secret";

fn signed_with(secret: &str, clickid: &str) -> Message {
    let body = signed_json(secret, &Event::registration(clickid));
    Message::new("POST", "/v1/event")
        .header("content-type", "application/json")
        .source(PARTNER)
        .body(body)
}

#[tokio::test(flavor = "multi_thread")]
async fn old_and_new_overlap_and_the_old_one_stops_in_time() {
    let gate = Gate::with(&partners_toml(
        MANY_FAILURES,
        &[Partner::new(PARTNER).secret("old", OLD)],
    ))
    .await;
    gate.send(&signed_with(OLD, "click-1"))
        .await
        .recorded("accepted");
    gate.send(&signed_with(NEW, "click-2"))
        .await
        .refused(401, "unauthorized");

    let ends = unix_now() + 4;
    let both = Partner::new(PARTNER)
        .secret_within("old", OLD, &format!("not_after = \"{}\"", rfc3339(ends)))
        .secret("new", NEW);
    gate.applies(&partners_toml(MANY_FAILURES, &[both])).await;
    let first = signed_with(NEW, "click-2");
    let first = gate
        .send_until("the new secret works", &first, |answer| {
            answer.status == 200
        })
        .await;
    let old = gate.send(&signed_with(OLD, "click-3")).await;
    if unix_now() < ends {
        old.recorded("accepted");
        let ledger = gate.ledger().await;
        assert_eq!(ledger.delivery(&first.text("id")).await.key, "new");
        assert_eq!(ledger.delivery(&old.text("id")).await.key, "old");
    }

    // Nothing is applied again: the span itself ends it.
    let late = signed_with(OLD, "click-4");
    gate.send_until("the old secret stops", &late, |answer| answer.status == 401)
        .await;
    assert!(unix_now() >= ends, "it stopped too early");
    gate.send(&signed_with(NEW, "click-5"))
        .await
        .recorded("accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_of_tomorrow_does_not_work_today() {
    let tomorrow = format!("not_before = \"{}\"", rfc3339(unix_now() + 86_400));
    let partner = Partner::new(PARTNER)
        .secret("old", OLD)
        .secret_within("new", NEW, &tomorrow);
    let gate = Gate::with(&partners_toml(MANY_FAILURES, &[partner])).await;
    gate.send(&signed_with(NEW, "click-1"))
        .await
        .refused(401, "unauthorized");
    gate.send(&signed_with(OLD, "click-1"))
        .await
        .recorded("accepted");
}
