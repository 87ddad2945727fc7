//! Every way to be turned away: status, stable code, headers, and the one shape of the answer.

use postern_tests::event::Event;
use postern_tests::gate::Gate;
use postern_tests::message::Message;
use postern_tests::partner::{PARTNER, SECRET};
use postern_tests::signing::{hmac_hex, signed_json, signed_parameters};

fn post(body: impl AsRef<[u8]>) -> Message {
    Message::new("POST", "/v1/event")
        .header("content-type", "application/json")
        .source(PARTNER)
        .body(body)
}

fn signed_post(clickid: &str) -> Message {
    let body = Event::registration(clickid).json();
    let sign = hmac_hex(SECRET, &body);
    post(body).sign(&sign)
}

#[tokio::test(flavor = "multi_thread")]
async fn other_paths_are_not_found() {
    let gate = Gate::open().await;
    for path in [
        "/",
        "/v1/events",
        "/v1/event/",
        "/v1/event/x",
        "/v2/event",
        "/healthz",
        "/readyz",
        "/metrics",
    ] {
        let mut message = signed_post("click-1");
        message = message.target(path);
        gate.send(&message).await.refused(404, "not_found");
        gate.send(&Message::new("GET", path).source(PARTNER))
            .await
            .refused(404, "not_found");
    }
    assert_eq!(gate.ledger().await.deliveries().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_is_normalised_before_anybody_judges_it() {
    let gate = Gate::open().await;
    let mut message = signed_post("click-1");
    message = message.target("/v1//x/../event");
    gate.send(&message).await.recorded("accepted");
    message = message.target("/v1%2Fevent");
    gate.send(&message).await.refused_unread(400, "bad_request");
}

#[tokio::test(flavor = "multi_thread")]
async fn other_methods_are_told_which_ones_there_are() {
    let gate = Gate::open().await;
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
        let answer = gate
            .send(&Message::new(method, "/v1/event").source(PARTNER))
            .await;
        answer.refused(405, "method_not_allowed");
        assert_eq!(answer.header("allow"), Some("GET, POST"), "{answer:?}");
    }
    let query = signed_parameters(SECRET, &Event::registration("click-1"));
    let head = gate
        .send(&Message::new("HEAD", format!("/v1/event?{query}")).source(PARTNER))
        .await;
    assert_eq!(
        (head.status, head.header("allow")),
        (405, Some("GET, POST")),
        "{head:?}"
    );
    assert_eq!(
        gate.ledger().await.deliveries().await,
        0,
        "HEAD creates nothing"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn other_media_types_are_not_taken() {
    let gate = Gate::open().await;
    let signed = signed_post("click-1").without("content-type");
    let with = |value: &str| signed.clone().header("content-type", value);
    for wrong in [
        "text/plain",
        "application/xml",
        "multipart/form-data; boundary=x",
        "application/json; charset=latin1",
    ] {
        gate.send(&with(wrong))
            .await
            .refused(415, "unsupported_media_type");
    }
    gate.send(&signed)
        .await
        .refused(415, "unsupported_media_type");
    for coding in ["gzip", "br", "deflate", "identity, gzip"] {
        let compressed = with("application/json").header("content-encoding", coding);
        gate.send(&compressed)
            .await
            .refused(415, "unsupported_media_type");
    }
    assert_eq!(gate.ledger().await.deliveries().await, 0);
    gate.send(&with("Application/JSON; charset=\"UTF-8\""))
        .await
        .recorded("accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_address_and_an_unknown_partner_hear_the_same() {
    let gate = Gate::open().await;
    let stranger = gate.send_from("127.0.0.9", &signed_post("click-1")).await;
    stranger.refused(403, "forbidden");
    let unknown = signed_post("click-1")
        .without("x-rs-source")
        .source("nobody");
    let unknown = gate.send(&unknown).await;
    unknown.refused(403, "forbidden");
    assert_eq!(stranger.text("message"), unknown.text("message"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_a_missing_and_a_malformed_sign_hear_the_same() {
    let gate = Gate::open().await;
    let event = Event::registration("click-1");
    let wrong_secret = post(signed_json("another_secret_key", &event));
    let changed = post(signed_json(SECRET, &event).replace("registration", "lead"));
    let missing = post(event.json());
    let malformed = post(event.json()).sign("not hex");
    let short = post(event.json()).sign(&hmac_hex(SECRET, event.json())[..62]);
    let empty = post(event.json()).sign("");
    let template = post(event.clone().text("sign", "{sign}").json());
    let mut messages = Vec::new();
    for refused in [
        wrong_secret,
        changed,
        missing,
        malformed,
        short,
        empty,
        template,
    ] {
        let answer = gate.send(&refused).await;
        messages.push(answer.refused(401, "unauthorized").text("message"));
    }
    messages.dedup();
    assert_eq!(messages.len(), 1, "a stranger learns nothing: {messages:?}");
    assert_eq!(gate.ledger().await.deliveries().await, 0);
}

/// What is wrong with a body, as the message names it, and the body.
fn unreadable_bodies() -> Vec<(&'static str, Vec<u8>)> {
    let many: Vec<_> = (0..65).map(|number| format!("\"f{number}\":1")).collect();
    let long = format!("{{\"clickid\":\"{}\"}}", "x".repeat(2_049));
    vec![
        ("no fields", b"".to_vec()),
        ("no fields", b"{}".to_vec()),
        ("not valid JSON", b"{\"clickid\":".to_vec()),
        ("not a JSON object", b"[1]".to_vec()),
        ("NaN", b"{\"amount\":NaN}".to_vec()),
        ("after the JSON object", b"{\"clickid\":\"a\"} x".to_vec()),
        (
            "byte order mark",
            b"\xef\xbb\xbf{\"clickid\":\"a\"}".to_vec(),
        ),
        ("not valid UTF-8", b"{\"clickid\":\"\xff\"}".to_vec()),
        ("NUL", b"{\"clickid\":\"a\\u0000b\"}".to_vec()),
        ("surrogate", b"{\"clickid\":\"\\ud800\"}".to_vec()),
        ("object or a list", b"{\"clickid\":{\"a\":1}}".to_vec()),
        (
            "more than once",
            b"{\"clickid\":\"a\",\"clickid\":\"b\"}".to_vec(),
        ),
        (
            "more than once",
            b"{\"clickid\":\"a\",\"ClickID\":\"b\"}".to_vec(),
        ),
        (
            "more than once",
            b"{\"clickid\":\"a\",\"click\\u0069d\":\"b\"}".to_vec(),
        ),
        (
            "more than 64 fields",
            format!("{{{}}}", many.join(",")).into_bytes(),
        ),
        ("longer than 2048 bytes", long.into_bytes()),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_cannot_be_read_is_told_why() {
    let gate = Gate::open().await;
    for (message, body) in unreadable_bodies() {
        let sign = hmac_hex(SECRET, &body);
        let answer = gate.send(&post(&body).sign(&sign)).await;
        let told = answer.refused(400, "unreadable").text("message");
        assert!(
            told.contains(message),
            "for {}: {told}",
            String::from_utf8_lossy(&body)
        );
    }
    assert_eq!(gate.ledger().await.deliveries().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_cannot_be_read_is_told_why() {
    let gate = Gate::open().await;
    let cases = [
        ("two hex digits", "clickid=%zz"),
        ("not valid UTF-8", "clickid=%ff"),
        ("NUL", "clickid=a%00b"),
        ("more than once", "clickid=a&clickid=b"),
        ("more than once", "clickid=a&%63lickid=b"),
        ("more than once", "currency=USD&amount=1%C2%A4cy=EUR"),
        ("no name", "=a"),
    ];
    for (message, query) in cases {
        let sign = hmac_hex(SECRET, query);
        let get = Message::new("GET", format!("/v1/event?{query}"))
            .source(PARTNER)
            .sign(&sign);
        let told = gate
            .send(&get)
            .await
            .refused(400, "unreadable")
            .text("message");
        assert!(told.contains(message), "for {query}: {told}");
    }
    // `;` separates nothing, so there is one odd value here, no smuggled second field.
    let query = "clickid=a;clickid=b&event=lead&status=approved";
    let get = Message::new("GET", format!("/v1/event?{query}"))
        .source(PARTNER)
        .sign(&hmac_hex(SECRET, query));
    assert_ne!(gate.send(&get).await.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_has_its_limit_to_the_byte() {
    let gate = Gate::open().await;
    let query = |bytes: usize| {
        let event = Event::registration("click-1").parameters();
        // Many fields, since each has a limit of its own.
        let padding: String = (0..12)
            .map(|number| format!("&f{number:02}={}", "x".repeat(1_200)))
            .collect();
        let query = format!("{event}{padding}&end=");
        let missing = bytes - query.len();
        format!("{query}{}", "x".repeat(missing))
    };
    let get = |query: &str| {
        let sorted = sorted_pairs(query);
        Message::new("GET", format!("/v1/event?{query}"))
            .source(PARTNER)
            .sign(&hmac_hex(SECRET, sorted))
    };
    gate.send(&get(&query(16_384))).await.recorded("accepted");
    let told = gate
        .send(&get(&query(16_385)))
        .await
        .refused(400, "unreadable")
        .text("message");
    assert!(told.contains("16384"), "{told}");
}

/// The pairs of a query in the order in which they are signed.
fn sorted_pairs(query: &str) -> String {
    let mut pairs: Vec<_> = query.split('&').collect();
    pairs.sort_unstable();
    pairs.join("&")
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_may_not_hide_in_two_places() {
    let gate = Gate::open().await;
    let mut message = signed_post("click-1");
    message = message.target("/v1/event?clickid=click-2");
    let told = gate
        .send(&message)
        .await
        .refused(400, "unreadable")
        .text("message");
    assert!(told.contains("in the query"), "{told}");

    let query = signed_parameters(SECRET, &Event::registration("click-1"));
    let get = Message::new("GET", format!("/v1/event?{query}")).source(PARTNER);
    let told = gate
        .send(&get.clone().body("clickid=click-2"))
        .await
        .refused(400, "unreadable")
        .text("message");
    assert!(told.contains("GET request has a body"), "{told}");
}
