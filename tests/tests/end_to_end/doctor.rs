//! The signature doctor at the edge: answered by the filter, kept by nobody, reached by no stranger.

use postern_tests::event::Event;
use postern_tests::gate::Gate;
use postern_tests::message::Message;
use postern_tests::partner::{PARTNER, SECRET};
use postern_tests::signing::{hmac_hex, signed_parameters};

fn question(body: &str, sign: &str) -> Message {
    Message::new("POST", "/v1/verify")
        .header("content-type", "application/json")
        .header("user-agent", "PHP/8.2")
        .source(PARTNER)
        .sign(sign)
        .body(body)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_is_named_and_nothing_is_kept() {
    let gate = Gate::open().await;
    let body = Event::registration("click-1").json();
    let wrong = question(&body, &hmac_hex(SECRET, format!("{body}\n")));
    let answer = gate.send(&wrong).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let told = answer.json();
    assert_eq!(told["ok"], false, "{told}");
    assert_eq!(told["causes"][0]["code"], "newline_signed", "{told}");
    assert_eq!(told["sign_this"][0]["text"], body.as_str(), "{told}");
    assert_eq!(told["snippets"][0]["language"], "php", "{told}");
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    assert!(
        !text.contains(SECRET) && !text.contains(&hmac_hex(SECRET, &body)),
        "{text}"
    );
    assert_eq!(gate.ledger().await.deliveries().await, 0);
    gate.counts(PARTNER, "diagnosed", 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_signature_is_told_and_still_books_nothing() {
    let gate = Gate::open().await;
    let query = signed_parameters(SECRET, &Event::registration("click-1"));
    let target = format!("/v1/verify?{query}");
    let answer = gate
        .send(&Message::new("GET", &target).source(PARTNER))
        .await;
    assert_eq!(
        (answer.status, answer.json()["ok"].clone()),
        (200, true.into()),
        "{answer:?}"
    );
    assert_eq!(gate.ledger().await.deliveries().await, 0);
    // The very same at the other path is booked: the doctor has used nothing up.
    let event = Message::new("GET", format!("/v1/event?{query}")).source(PARTNER);
    gate.send(&event).await.recorded("accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_and_other_methods_are_turned_away() {
    let gate = Gate::open().await;
    let body = Event::registration("click-1").json();
    let right = question(&body, &hmac_hex(SECRET, &body));
    gate.send_from("127.0.0.9", &right)
        .await
        .refused(403, "forbidden");
    let unknown = right.clone().without("x-rs-source").source("nobody");
    gate.send(&unknown).await.refused(403, "forbidden");
    gate.send(&right.clone().method("PUT"))
        .await
        .refused(405, "method_not_allowed");
    let large = question(&" ".repeat(70_000), "");
    gate.send(&large).await.refused(413, "body_too_large");
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_are_bounded_and_cost_postbacks_nothing() {
    let gate = Gate::open().await;
    let body = Event::registration("click-1").json();
    let wrong = question(&body, &"0".repeat(64));
    let mut refused = None;
    // A bucket of ten that fills by one a second is empty long before so many are answered.
    for _ in 0..200 {
        let answer = gate.send(&wrong).await;
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
        assert_eq!(
            answer.json()["causes"][0]["code"],
            "none_found",
            "{answer:?}"
        );
    }
    let refused = refused.expect("a question too many");
    refused.refused(429, "rate_limited");
    assert_eq!(refused.header("retry-after"), Some("1"));
    let event = question(&body, &hmac_hex(SECRET, &body)).target("/v1/event");
    gate.send(&event).await.recorded("accepted");
}
