//! What was acknowledged is there afterwards, whatever happens to the backend in between.

use postern_tests::gate::Gate;
use postern_tests::load::Load;
use postern_tests::postback::registration;

const SENDERS: usize = 16;

#[tokio::test(flavor = "multi_thread")]
async fn a_backend_killed_under_load_loses_nothing_it_acknowledged() {
    let gate = Gate::open().await;
    let load = Load::start(gate.http_addr(), SENDERS, "load");
    for _ in 0..3 {
        load.acknowledges(200).await;
        gate.kills_backend();
        gate.restarts_backend();
    }
    load.acknowledges(200).await;
    let seen = load.stop().await;
    assert!(
        seen.broken.is_empty(),
        "Envoy stands, so each request has an answer: {:?}",
        seen.broken
    );
    for answer in &seen.refused {
        answer.refused(503, "unavailable");
        assert!(answer.header("retry-after").is_some(), "{answer:?}");
    }
    let ledger = gate.ledger().await;
    ledger.is_sound().await;
    ledger.holds(&seen.acknowledged).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backend_told_to_stop_under_load_loses_nothing_and_ends_in_good_order() {
    let gate = Gate::open().await;
    let load = Load::start(gate.http_addr(), SENDERS, "load");
    load.acknowledges(200).await;
    gate.stops_backend();
    gate.restarts_backend();
    load.acknowledges(200).await;
    let seen = load.stop().await;
    assert!(seen.broken.is_empty(), "{:?}", seen.broken);
    for answer in &seen.refused {
        answer.refused(503, "unavailable");
    }
    let ledger = gate.ledger().await;
    ledger.is_sound().await;
    ledger.holds(&seen.acknowledged).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_again_after_a_crash_is_booked_once() {
    let gate = Gate::open().await;
    let load = Load::start(gate.http_addr(), SENDERS, "load");
    load.acknowledges(200).await;
    gate.kills_backend();
    gate.restarts_backend();
    let seen = load.stop().await;
    // A sender that got no 200 sends again; some of those were recorded before the crash.
    let again = Load::start(gate.http_addr(), SENDERS, "load");
    again.acknowledges(200).await;
    let again = again.stop().await;
    let ledger = gate.ledger().await;
    ledger.holds(&seen.acknowledged).await;
    ledger.holds(&again.acknowledged).await;
    assert_eq!(ledger.booked_twice().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backend_that_hangs_costs_a_503_and_the_repeat_is_booked_once() {
    let sooner = |yaml: String| {
        assert!(
            yaml.contains("timeout: 10s\n"),
            "the bootstrap bounds the backend's time"
        );
        yaml.replace(
            "                  timeout: 10s\n",
            "                  timeout: 1s\n",
        )
    };
    let gate = Gate::of(|stand| stand.edit_bootstrap(sooner)).await;
    let message = registration("click-1");
    gate.freezes_backend();
    let answer = gate.send(&message).await;
    answer.refused(503, "unavailable");
    assert!(answer.header("retry-after").is_some(), "{answer:?}");
    gate.thaws_backend();
    // What hung was read after all, or was not: the sender cannot know and sends again.
    let again = gate
        .send_until("the backend is back", &message, |answer| {
            answer.status == 200
        })
        .await;
    assert!(
        ["accepted", "duplicate"].contains(&again.text("result").as_str()),
        "{again:?}"
    );
    let ledger = gate.ledger().await;
    assert_eq!(
        (ledger.conversions().await, ledger.booked_twice().await),
        (1, 0)
    );
}
