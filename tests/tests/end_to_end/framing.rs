//! How bytes arrive must not matter: in chunks, one at a time, many requests on one connection –
//! and what is ambiguous is refused without harm to the next one.

use postern_tests::gate::Gate;
use postern_tests::message::Message;
use postern_tests::partner::{Partner, partners_toml};
use postern_tests::postback::{forged, padded, registration};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn a_request_may_come_one_byte_at_a_time() {
    let gate = Gate::open().await;
    let mut connection = gate.plain().await;
    for (clickid, message) in [
        ("click-1", registration("click-1")),
        ("click-2", registration("click-2").chunked(1)),
    ] {
        connection
            .write_byte_by_byte(&message.bytes())
            .await
            .expect("the gate listens");
        let answer = connection.read_answer("POST").await.expect("an answer");
        answer.recorded("accepted");
        assert_eq!(
            gate.ledger()
                .await
                .delivery(&answer.text("id"))
                .await
                .clickid,
            clickid
        );
    }
    let mut connection = gate.tls().await;
    connection
        .write_byte_by_byte(&registration("click-3").bytes())
        .await
        .expect("the gate listens");
    connection
        .read_answer("POST")
        .await
        .expect("an answer")
        .recorded("accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn pipelined_requests_are_answered_in_order() {
    let gate = Gate::open().await;
    let mut wire = registration("click-1").bytes();
    wire.extend(registration("click-2").chunked(7).bytes());
    wire.extend(forged("click-3").bytes());
    let mut connection = gate.plain().await;
    connection.write(&wire).await.expect("the gate listens");
    for clickid in ["click-1", "click-2"] {
        let answer = connection.read_answer("POST").await.expect("an answer");
        let id = answer.recorded("accepted").text("id");
        assert_eq!(gate.ledger().await.delivery(&id).await.clickid, clickid);
    }
    let third = connection.read_answer("POST").await;
    third.expect("the third").refused(401, "unauthorized");
}

/// Requests with bodies of 20,000 bytes, each refused for another reason. (No 400: after that one
/// Envoy closes an HTTP/1.1 connection, since it may have misread where the request ends.)
fn refused_with_body() -> [(u16, Message); 5] {
    let good = || padded("click-1", 20_000);
    [
        (401, good().without("x-rs-sign").sign(&"0".repeat(64))),
        (403, good().without("x-rs-source").source("nobody")),
        (404, good().target("/elsewhere")),
        (
            415,
            good()
                .without("content-type")
                .header("content-type", "text/plain"),
        ),
        (405, good().method("PUT")),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_outlives_refusals_of_requests_with_bodies() {
    let gate = Gate::open().await;
    let mut connection = gate.plain().await;
    for (status, message) in refused_with_body() {
        // In two packets, so that the headers are judged before the body is there.
        let answer = connection
            .exchange_in_two(&message, gate.holds_a_request())
            .await;
        let answer = answer.unwrap_or_else(|error| panic!("for {status}: {error}"));
        assert_eq!(answer.status, status, "{answer:?}");
        assert_ne!(answer.header("connection"), Some("close"), "{answer:?}");
    }
    let last = connection.exchange(&registration("click-9")).await;
    last.expect("the same connection still works")
        .recorded("accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_throttled_partner_keeps_its_connection() {
    let page = Partner::of_the_page().rate(1, 1);
    let failures = "failure_throttle = { per_minute = 1, burst = 1 }";
    let gate = Gate::with(&partners_toml(failures, &[page])).await;
    let mut connection = gate.plain().await;
    let message = padded("click-1", 20_000);
    let first = connection.exchange(&message).await.expect("an answer");
    first.recorded("accepted");
    // On a slow machine a token comes back each second; the others find the bucket empty.
    let mut refused = 0;
    for _ in 0..20 {
        let answer = connection
            .exchange_in_two(&message, gate.holds_a_request())
            .await;
        let answer = answer.expect("the connection lives");
        if answer.status != 200 {
            answer.refused(429, "rate_limited");
            refused += 1;
        }
    }
    assert!(refused >= 5, "only {refused} of 20 were held off");
    let forged = message.clone().without("x-rs-sign").sign(&"0".repeat(64));
    let answer = connection
        .exchange(&forged)
        .await
        .expect("the connection lives");
    answer.refused(401, "unauthorized");
    // Whether it says how long its bodies are or not.
    for message in [message.clone(), message.chunked(4_096)] {
        for _ in 0..10 {
            let answer = connection
                .exchange_in_two(&message, gate.holds_a_request())
                .await;
            let answer = answer.expect("the connection lives");
            answer.refused(429, "too_many_failures");
            assert_ne!(answer.header("connection"), Some("close"), "{answer:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_lengths_for_one_body_are_refused() {
    let gate = Gate::open().await;
    let hidden = String::from_utf8(registration("click-2").bytes()).expect("text");
    let both = registration("click-1")
        .header("content-length", "4")
        .chunked(16);
    let unequal = registration("click-1")
        .header("content-length", "3")
        .header("content-length", "999")
        .framed_as_told();
    let obscured = registration("click-1").header("transfer-encoding", "xchunked");
    let folded = registration("click-1")
        .header("transfer-encoding", "chunked, identity")
        .framed_as_told();
    let negative = registration("click-1")
        .header("content-length", "-1")
        .framed_as_told();
    for odd in [both, unequal, obscured, folded, negative] {
        let mut connection = gate.plain().await;
        let mut wire = odd.bytes();
        wire.extend_from_slice(hidden.as_bytes());
        // The gate may hang up before all is written; what counts is its answer.
        let _ = connection.write(&wire).await;
        let answer = connection
            .read_answer("POST")
            .await
            .expect("an answer before it hangs up");
        assert!([400, 501].contains(&answer.status), "{answer:?}");
        assert!(
            connection.is_closed_within(Duration::from_secs(5)).await,
            "what follows must not be read as a request"
        );
    }
    assert_eq!(gate.ledger().await.deliveries().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_that_stalls_is_let_go() {
    let sooner = |yaml: String| {
        assert!(
            yaml.contains("request_timeout: 20s"),
            "the bootstrap bounds a request's time"
        );
        yaml.replace("request_timeout: 20s", "request_timeout: 2s")
    };
    let gate = Gate::of(|stand| stand.edit_bootstrap(sooner)).await;
    let message = registration("click-1");
    let mut connection = gate.plain().await;
    connection
        .write(&message.head())
        .await
        .expect("the gate listens");
    connection
        .write(&message.framed_body()[..10])
        .await
        .expect("the gate listens");
    let answer = connection.read_answer("POST").await.expect("an answer");
    answer.refused(408, "request_timeout");
    assert_eq!(gate.ledger().await.deliveries().await, 0);
    gate.send(&message).await.recorded("accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_that_hangs_up_midway_leaves_nothing_behind() {
    let gate = Gate::open().await;
    let message = registration("click-1");
    for sent in [message.head().len(), message.bytes().len() - 1] {
        let mut connection = gate.plain().await;
        connection
            .write(&message.bytes()[..sent])
            .await
            .expect("the gate listens");
        gate.holds_a_request().await;
        drop(connection);
        gate.holds_no_request().await;
    }
    assert_eq!(gate.ledger().await.deliveries().await, 0);
    gate.send(&message).await.recorded("accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn old_clients_and_careful_ones_pass() {
    let gate = Gate::open().await;
    // HTTP/1.0, as PHP's stream functions speak it.
    let old = String::from_utf8(registration("click-1").bytes()).expect("text");
    let mut connection = gate.plain().await;
    connection
        .write(old.replace("HTTP/1.1", "HTTP/1.0").as_bytes())
        .await
        .expect("the gate listens");
    connection
        .read_answer("POST")
        .await
        .expect("an answer")
        .recorded("accepted");
    // One that asks before it sends its body, as curl does with larger ones.
    let careful = registration("click-2").header("expect", "100-continue");
    gate.send(&careful).await.recorded("accepted");
}
