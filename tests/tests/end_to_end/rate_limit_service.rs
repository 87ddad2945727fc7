//! Envoy's own rate limit filter behind the gate, as `deploy/rate-limit` has it: one count for all Envoys, by the
//! partner whose signature the gate has verified.

use postern_tests::MANY_FAILURES;
use postern_tests::gate::Gate;
use postern_tests::message::Message;
use postern_tests::partner::{PARTNER, Partner, SECRET, partners_toml};
use postern_tests::postback::{forged, registration, registration_of};
use postern_tests::programs::shipped;
use postern_tests::rate_limit::RateLimitService;
use postern_tests::waiting::eventually;
use postern_tests::yaml::with_rate_limit;

/// What every partner may send while a story lasts.
const LIMIT: usize = 12;

/// The shipped limits with another number, over a time that no story outlasts.
fn limits() -> String {
    let shipped = shipped("deploy/rate-limit/ratelimit.yaml");
    let limits = shipped.replace(
        "requests_per_unit: 1000",
        &format!("requests_per_unit: {LIMIT}"),
    );
    let limits = limits.replace("unit: second", "unit: day");
    assert_ne!(limits, shipped);
    limits
}

async fn gate(service: &RateLimitService, closed: bool) -> Gate {
    let edge = format!("{MANY_FAILURES}\npartner_header = true");
    let other = Partner::new("other").secret("k1", SECRET);
    let port = service.port();
    let partners = partners_toml(&edge, &[Partner::of_the_page(), other]);
    Gate::of(|stand| {
        stand
            .partners(partners)
            .edit_bootstrap(move |yaml| with_rate_limit(&yaml, port, closed))
    })
    .await
}

/// Sends postbacks of the page's partner until one is refused; gives how many passed.
async fn passes(gate: &Gate, run: &str) -> usize {
    for number in 0..=LIMIT {
        let answer = gate.send(&registration(&format!("{run}-{number}"))).await;
        if answer.status != 200 {
            answer.refused(429, "rate_limited").hardened();
            assert_eq!(answer.header("retry-after"), Some("1"), "{answer:?}");
            return number;
        }
    }
    panic!("more than {LIMIT} passed");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_envoys_have_one_count_and_only_what_is_verified_counts() {
    let service = RateLimitService::with(&limits()).await;
    let (left, right) = tokio::join!(gate(&service, false), gate(&service, false));
    for number in 0..LIMIT {
        left.send(&forged(&format!("forged-{number}")))
            .await
            .refused(401, "unauthorized");
    }
    for number in 0..LIMIT {
        let gate = if number % 2 == 0 { &left } else { &right };
        let answer = gate.send(&registration(&format!("count-{number}"))).await;
        assert_eq!(answer.status, 200, "{number}: {answer:?}");
    }
    // Whoever the caller says it is, it counts as whom it has signed for.
    let posing =
        |partner: &str| -> Message { registration("late").header("x-postern-partner", partner) };
    for gate in [&left, &right] {
        gate.send(&registration("late"))
            .await
            .refused(429, "rate_limited");
        gate.send(&posing("other"))
            .await
            .refused(429, "rate_limited");
    }
    let of_other = registration_of("other", "click-1").header("x-postern-partner", PARTNER);
    left.send(&of_other).await.recorded("accepted");
    assert_eq!(
        left.ledger().await.deliveries_of(PARTNER).await,
        LIMIT as u64 / 2
    );
    assert_eq!(
        right.ledger().await.deliveries_of(PARTNER).await,
        LIMIT as u64 / 2
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn open_lets_postbacks_pass_while_the_service_or_its_redis_is_away() {
    let mut service = RateLimitService::with(&limits()).await;
    let gate = gate(&service, false).await;
    assert_eq!(passes(&gate, "first").await, LIMIT);
    service.dies();
    gate.send(&registration("click-1"))
        .await
        .recorded("accepted");
    // The counts are in Redis: the service is told of them when it is back.
    service.starts().await;
    gate.send_until("the limit holds again", &registration("late"), |answer| {
        answer.status == 429
    })
    .await;
    service.loses_redis();
    gate.send(&registration("click-2"))
        .await
        .recorded("accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_answers_503_while_the_service_or_its_redis_is_away() {
    let mut service = RateLimitService::with(&limits()).await;
    let gate = gate(&service, true).await;
    gate.send(&registration("click-1"))
        .await
        .recorded("accepted");
    service.dies();
    let away = gate.send(&registration("click-2")).await;
    away.refused(503, "unavailable").hardened();
    assert_eq!(away.header("retry-after"), Some("1"), "{away:?}");
    assert_eq!(gate.ledger().await.deliveries().await, 1);
    service.starts().await;
    let healed = async || {
        let answer = gate.send(&registration("click-2")).await;
        (answer.status == 200).then_some(())
    };
    eventually("the service counts again", healed).await;
    service.loses_redis();
    gate.send(&registration("click-3"))
        .await
        .refused(503, "unavailable");
    service.starts_redis().await;
    eventually("Redis counts again", healed).await;
}

/// How often Envoy gave up waiting for the service, and how often it let a postback pass without its word.
fn unheard(gate: &Gate) -> [u64; 2] {
    ["error", "failure_mode_allowed"]
        .map(|what| gate.envoy_counts(&format!("cluster.backend.ratelimit.{what}")))
}

#[tokio::test(flavor = "multi_thread")]
async fn open_lets_postbacks_pass_while_the_service_says_nothing() {
    let service = RateLimitService::with(&limits()).await;
    let gate = gate(&service, false).await;
    assert_eq!(passes(&gate, "first").await, LIMIT);
    let [errors, let_pass] = unheard(&gate);
    service.hangs();
    for number in 1..=3 {
        gate.send(&registration(&format!("click-{number}")))
            .await
            .recorded("accepted");
    }
    assert_eq!(unheard(&gate), [errors + 3, let_pass + 3]);
    service.goes_on();
    gate.send_until("the limit holds again", &registration("late"), |answer| {
        answer.status == 429
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_answers_503_while_the_service_says_nothing() {
    let service = RateLimitService::with(&limits()).await;
    let gate = gate(&service, true).await;
    gate.send(&registration("click-1"))
        .await
        .recorded("accepted");
    let [errors, let_pass] = unheard(&gate);
    service.hangs();
    for number in 2..=4 {
        let answer = gate.send(&registration(&format!("click-{number}"))).await;
        answer.refused(503, "unavailable");
        assert_eq!(answer.header("retry-after"), Some("1"), "{answer:?}");
    }
    assert_eq!(unheard(&gate), [errors + 3, let_pass]);
    assert_eq!(gate.ledger().await.deliveries().await, 1);
    service.goes_on();
    gate.send_until("it is booked", &registration("click-2"), |answer| {
        answer.status == 200
    })
    .await;
}
