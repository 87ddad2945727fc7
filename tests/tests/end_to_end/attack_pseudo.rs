//! HTTP/2 requests that are none: fields that HTTP/1.1 could be made of, twice or in the wrong
//! place. What they would say to the backend in HTTP/1.1, they never say.

use postern_tests::event::Event;
use postern_tests::frames::{END_HEADERS, END_STREAM, Heard, block, frame, kind};
use postern_tests::gate::Gate;
use postern_tests::partner::{PARTNER, SECRET};
use postern_tests::postback::registration;
use postern_tests::signing::hmac_hex;
use std::time::Duration;

/// The gate says what it has to say within this.
const QUIET: Duration = Duration::from_secs(2);

type Fields = Vec<(&'static str, String)>;

fn body() -> String {
    Event::registration("click-1").json()
}

/// The fields of a postback that is good.
fn good() -> Fields {
    let own = |text: &str| text.to_owned();
    vec![
        (":method", own("POST")),
        (":scheme", own("https")),
        (":authority", own("postbacks.test")),
        (":path", own("/v1/event")),
        ("content-type", own("application/json")),
        ("x-rs-source", own(PARTNER)),
        ("x-rs-sign", hmac_hex(SECRET, body())),
    ]
}

fn with(name: &'static str, value: &str) -> Fields {
    let mut fields = good();
    fields.push((name, value.to_owned()));
    fields
}

fn without(name: &str) -> Fields {
    good()
        .into_iter()
        .filter(|(known, _)| *known != name)
        .collect()
}

fn changed(name: &str, value: &str) -> Fields {
    let mut fields = good();
    let field = fields.iter_mut().find(|(known, _)| *known == name);
    value.clone_into(&mut field.expect("a field of a good one").1);
    fields
}

/// Each is refused: by a reset, by the end of the connection or by an answer.
fn broken() -> Vec<(&'static str, Fields)> {
    [broken_pseudo_headers(), broken_lines(), broken_framing()].concat()
}

fn broken_pseudo_headers() -> Vec<(&'static str, Fields)> {
    vec![
        ("no method", without(":method")),
        ("no path", without(":path")),
        ("no scheme", without(":scheme")),
        ("two methods", with(":method", "POST")),
        ("two paths", with(":path", "/v1/event")),
        (
            "a pseudo-header behind the others",
            with(":scheme", "https"),
        ),
        ("an unknown pseudo-header", with(":proof", "x")),
        ("a status in a request", with(":status", "200")),
        ("an empty path", changed(":path", "")),
        (
            "a path of two lines",
            changed(":path", "/v1/event HTTP/1.1\r\nx: y"),
        ),
        ("a path with a NUL", changed(":path", "/v1/event\0")),
        (
            "a path with a blank",
            changed(":path", "/v1/event HTTP/1.1"),
        ),
        (
            "a path that is a URL",
            changed(":path", "https://x/v1/event"),
        ),
        (
            "a method of two words",
            changed(":method", "POST /v1/event HTTP/1.1\r\n\r\nGET"),
        ),
        ("CONNECT", changed(":method", "CONNECT")),
    ]
}

/// Names and values that would be something else in HTTP/1.1.
fn broken_lines() -> Vec<(&'static str, Fields)> {
    let hidden = "x\r\nx-postern-proof: token=x\r\n";
    vec![
        ("an authority of two lines", changed(":authority", hidden)),
        ("a value of two lines", with("x-comment", hidden)),
        ("a value with a NUL", with("x-comment", "a\0b")),
        (
            "a value with a line feed",
            with("x-comment", "a\nx-postern-proof: b"),
        ),
        ("a name of two lines", with("x\r\nx-postern-proof", "b")),
        ("a name with a colon", with("x-postern-proof: y", "b")),
        ("a name with a blank", with("x postern", "b")),
        ("an empty name", with("", "b")),
        ("upper case", with("X-Comment", "b")),
    ]
}

/// What says how long a request is, or who reads on.
fn broken_framing() -> Vec<(&'static str, Fields)> {
    vec![
        ("connection", with("connection", "x-rs-source")),
        ("transfer-encoding", with("transfer-encoding", "chunked")),
        ("upgrade", with("upgrade", "h2c")),
        ("te with more than trailers", with("te", "gzip")),
        ("a length that is too small", with("content-length", "1")),
        (
            "a length that is too large",
            with("content-length", "60000"),
        ),
        ("two lengths", with("content-length", "1, 60000")),
        ("a length below zero", with("content-length", "-1")),
        ("extended CONNECT", {
            let mut fields = changed(":method", "CONNECT");
            fields.insert(1, (":protocol", "websocket".to_owned()));
            fields
        }),
    ]
}

/// Sends one request on a connection of its own and hears what comes of it.
async fn sends(gate: &Gate, fields: &Fields) -> Heard {
    let mut frames = gate.frames(&[]).await;
    let head = frame(kind::HEADERS, END_HEADERS, 1, &block(fields));
    let data = frame(kind::DATA, END_STREAM, 1, body().as_bytes());
    let _ = frames.send(&[head, data].concat()).await; // it may hang up before all is out
    frames.listens(QUIET).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_valid_http2_never_goes_on() {
    let gate = Gate::open().await;
    let mut all = tokio::task::JoinSet::new();
    let gate = std::sync::Arc::new(gate);
    for (what, fields) in broken() {
        let gate = std::sync::Arc::clone(&gate);
        all.spawn(async move { (what, sends(&gate, &fields).await) });
    }
    for (what, heard) in all.join_all().await {
        let refused = heard.ended || heard.reset == [1] || heard.data.contains("\"ok\":false");
        assert!(refused, "{what}: {heard:?}");
    }
    gate.backend_saw_only(0).await;
    // By the same hand, a good one is booked.
    let heard = sends(&gate, &good()).await;
    assert!(heard.data.contains("\"result\":\"accepted\""), "{heard:?}");
    gate.backend_saw_only(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_named_beside_the_authority_changes_nothing() {
    let gate = Gate::open().await;
    // A second name of the host, and cookies in pieces, are for virtual hosts; there is one here.
    let mut fields = with("host", "internal.test");
    fields.push(("cookie", "a=b".to_owned()));
    fields.push(("cookie", "c=d".to_owned()));
    let heard = sends(&gate, &fields).await;
    let booked = u64::from(heard.data.contains("\"result\":\"accepted\""));
    assert!(
        booked == 1 || heard.ended || !heard.reset.is_empty(),
        "{heard:?}"
    );
    gate.backend_saw_only(booked).await;
    gate.send(&registration("click-2"))
        .await
        .recorded("accepted");
}
