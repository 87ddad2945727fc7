//! Two buckets: a partner's, which only verified postbacks drain, and an address's, which only
//! refusals drain.

use postern_tests::MANY_FAILURES;
use postern_tests::answer::Answer;
use postern_tests::connection::Connection;
use postern_tests::event::Event;
use postern_tests::gate::Gate;
use postern_tests::message::Message;
use postern_tests::partner::{PARTNER, Partner, SECRET, partners_toml};
use postern_tests::postback::{forged, registration};
use postern_tests::signing::hmac_hex;
use tokio::task::JoinSet;
use tokio::time::Instant;

const WORKERS: u32 = 4;
const CONNECTIONS: usize = 64;
const REQUESTS_PER_CONNECTION: usize = 8;
const BURST: usize = 200;

/// A header that must be a whole number.
#[track_caller]
fn number(answer: &Answer, header: &str) -> u64 {
    let value = answer.header(header).and_then(|value| value.parse().ok());
    value.unwrap_or_else(|| panic!("no whole number in {header}: {answer:?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_is_exact_to_the_token_over_all_workers() {
    let partner = Partner::of_the_page().rate(1, u32::try_from(BURST).expect("small"));
    let gate = Gate::of(|stand| {
        stand
            .partners(partners_toml(MANY_FAILURES, &[partner]))
            .concurrency(WORKERS)
    })
    .await;
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        connections.push(gate.plain().await);
    }
    gate.every_worker_has_a_connection(WORKERS).await;

    let start = Instant::now();
    let mut senders = JoinSet::new();
    for (sender, connection) in connections.into_iter().enumerate() {
        senders.spawn(post_many(connection, sender));
    }
    let passed: usize = senders.join_all().await.into_iter().sum();
    // One token comes back each second; the bucket may give those and not one more.
    let refilled = usize::try_from(start.elapsed().as_secs()).expect("small");
    assert!(
        (BURST..=BURST + refilled).contains(&passed),
        "{passed} passed, {BURST} may, and {refilled} for the time"
    );
    assert_eq!(
        gate.ledger().await.deliveries().await,
        passed as u64,
        "each that passed is recorded"
    );
}

/// Posts in a row; counts what passed and claims that the rest was told to wait.
async fn post_many(mut connection: Connection, sender: usize) -> usize {
    let mut passed = 0;
    for number in 0..REQUESTS_PER_CONNECTION {
        let message = registration(&format!("bucket-{sender}-{number}"));
        let answer = connection
            .exchange(&message)
            .await
            .expect("the connection survives");
        if answer.status == 200 {
            passed += 1;
        } else {
            answer.refused(429, "rate_limited");
        }
    }
    passed
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_too_fast_is_told_how_long_to_wait_and_then_passes() {
    let page = Partner::of_the_page().rate(1, 2);
    let gate = Gate::with(&partners_toml(MANY_FAILURES, &[page])).await;
    gate.send(&registration("click-1"))
        .await
        .recorded("accepted");
    gate.send(&registration("click-2"))
        .await
        .recorded("accepted");
    // On a slow machine a token may come back in between.
    let third = registration("click-3");
    let answer = gate
        .send_until("the bucket is empty", &third, |answer| answer.status != 200)
        .await;
    answer.refused(429, "rate_limited");
    assert_eq!(number(&answer, "retry-after"), 1);
    // As the IETF's RateLimit header fields have it: none left, one comes in a second; 2 at once.
    assert_eq!(
        answer.header("ratelimit"),
        Some("\"postern\";r=0;t=1"),
        "{answer:?}"
    );
    assert!(answer.header("ratelimit-policy").is_some(), "{answer:?}");

    let fourth = registration("click-4");
    let passes = gate.send_until("the bucket gives again", &fourth, |answer| {
        answer.status == 200
    });
    passes.await.recorded("accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_can_drain_a_partners_bucket_for_it() {
    let gate = Gate::with(&partners_toml(
        MANY_FAILURES,
        &[Partner::of_the_page().rate(1, 2)],
    ))
    .await;
    for _ in 0..20 {
        gate.send(&forged("click-1"))
            .await
            .refused(401, "unauthorized");
        gate.send_from("127.0.0.9", &registration("click-1"))
            .await
            .refused(403, "forbidden");
    }
    gate.send(&registration("click-1"))
        .await
        .recorded("accepted");
    gate.send(&registration("click-2"))
        .await
        .recorded("accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_keeps_failing_is_held_off_and_no_other() {
    let failures = "failure_throttle = { per_minute = 6, burst = 5 }";
    let partner = Partner::of_the_page().networks(&["127.0.0.0/8"]);
    let gate = Gate::with(&partners_toml(failures, &[partner])).await;
    for _ in 0..5 {
        gate.send(&forged("click-1"))
            .await
            .refused(401, "unauthorized");
    }
    let held_off = gate.send(&forged("click-1")).await;
    held_off.refused(429, "too_many_failures");
    let seconds = number(&held_off, "retry-after");
    assert!((1..=10).contains(&seconds), "{held_off:?}");
    // A good signature does not help while the address is held off …
    gate.send(&registration("click-1"))
        .await
        .refused(429, "too_many_failures");
    // … and others are not. One of them may share its slot by chance, hardly two.
    let mut let_in = 0;
    for other in ["127.0.0.2", "127.0.0.3", "127.0.0.4"] {
        let answer = gate.send_from(other, &registration("click-1")).await;
        let_in += usize::from(answer.status == 200);
    }
    assert!(let_in >= 2, "{let_in} of three others were let in");
}

#[tokio::test(flavor = "multi_thread")]
async fn good_postbacks_never_count_as_failures() {
    let failures = "failure_throttle = { per_minute = 1, burst = 1 }";
    let gate = Gate::with(&partners_toml(failures, &[Partner::of_the_page()])).await;
    let mut connection = gate.plain().await;
    for number in 1..=30 {
        let answer = connection
            .exchange(&registration(&format!("click-{number}")))
            .await
            .expect("an answer");
        answer.recorded("accepted");
    }
    // 422 is the backend's word on fields, not a failure to prove oneself.
    let body = Event::registration("click-1").text("geo", "XX").json();
    let invalid = Message::new("POST", "/v1/event")
        .header("content-type", "application/json")
        .source(PARTNER);
    let invalid = invalid.sign(&hmac_hex(SECRET, &body)).body(body);
    for _ in 0..3 {
        assert_eq!(gate.send(&invalid).await.status, 422);
    }
}
