//! Requests that are odd on purpose: two readings of one length, a second request inside the
//! first. Whatever the gate makes of them, nothing that no partner signed goes on to the backend.

use postern_tests::event::Event;
use postern_tests::gate::Gate;
use postern_tests::partner::{PARTNER, SECRET};
use postern_tests::postback::{forged, registration};
use postern_tests::signing::hmac_hex;
use std::fmt::Write as _;
use std::time::Duration;
use tokio::task::JoinSet;

/// The gate says what it has to say within this; after that a connection is only waiting.
const QUIET: Duration = Duration::from_secs(5);

/// A request line and headers by hand, each line ended as it stands.
fn by_hand(lines: &[&str], body: &str) -> Vec<u8> {
    let mut bytes = lines.concat().into_bytes();
    bytes.extend_from_slice(body.as_bytes());
    bytes
}

/// A good body and the headers that vouch for it, each with its line end.
fn signed() -> (String, [String; 3]) {
    let body = Event::registration("click-1").json();
    let vouch = [
        "content-type: application/json\r\n".to_owned(),
        format!("x-rs-source: {PARTNER}\r\n"),
        format!("x-rs-sign: {}\r\n", hmac_hex(SECRET, &body)),
    ];
    (body, vouch)
}

/// Ways to tell a length that two readers could understand differently, each with its line ends.
fn double_lengths(length: usize) -> Vec<String> {
    let own = format!("content-length: {length}\r\n");
    let coded = "transfer-encoding: chunked\r\n";
    let with = |header: &str| format!("{own}{header}\r\n");
    let mut ways = vec![
        format!("content-length: 4\r\n{coded}"),
        format!("{coded}content-length: 4\r\n"),
        format!("{own}content-length: 0\r\n"),
        format!("content-length: {length}, 0\r\n"),
        format!("content-length: +{length}\r\n"),
        format!("content-length: 0x{length:x}\r\n"),
        format!("content-length: {length} 0\r\n"),
        "content-length: 99999999999999999999999\r\n".to_owned(),
        "content-length: \r\n".to_owned(),
        format!("content-length : {length}\r\n"),
        format!(" content-length: {length}\r\n"),
        format!("content-length\r\n: {length}\r\n"),
        format!("content-\0length: {length}\r\n"),
        format!("content-length: {length}\0\r\n"),
    ];
    ways.extend(
        [
            "transfer-encoding: xchunked",
            "transfer-encoding: chunked, identity",
            "transfer-encoding: gzip, chunked",
            "transfer-encoding: chunked, chunked",
            "transfer-encoding: \"chunked\"",
            "transfer-encoding: \x0bchunked",
            "transfer-encoding:\tchunked\x0c",
            "transfer-encoding : chunked",
            "transfer-encoding: chunked\r\ntransfer-encoding: identity",
            "x: y\r\n transfer-encoding: chunked",
            "transfer-encoding:\r\n chunked",
            "transfer-encoding\0: chunked",
            "transfer-encoding: chun\0ked",
        ]
        .map(with),
    );
    ways
}

#[tokio::test(flavor = "multi_thread")]
async fn a_length_told_in_two_ways_hides_no_second_request() {
    let gate = Gate::open().await;
    let (body, vouch) = signed();
    let hidden = String::from_utf8(forged("click-2").bytes()).expect("text");
    let mut all = JoinSet::new();
    for way in double_lengths(body.len()) {
        let mut lines = vec!["POST /v1/event HTTP/1.1\r\nhost: x\r\n"];
        lines.extend(vouch.iter().map(String::as_str));
        lines.extend([way.as_str(), "\r\n"]);
        // Read by one length the rest is a request of its own; read by chunks it is what follows them.
        let wire = by_hand(&lines, &format!("0\r\n\r\n{hidden}"));
        let mut connection = gate.plain().await;
        all.spawn(async move {
            let _ = connection.write(&wire).await; // it may hang up before all is out
            let answer = connection.read_answer("POST").await;
            let answer = answer.unwrap_or_else(|error| panic!("{way:?}: {error}"));
            assert_ne!(answer.status, 200, "{way:?}: {answer:?}");
            let is_no_http = [400, 501].contains(&answer.status);
            let closed = is_no_http && connection.is_closed_within(QUIET).await;
            assert_eq!(closed, is_no_http, "after {way:?} nothing more may be read");
            closed
        });
    }
    let refused = all
        .join_all()
        .await
        .into_iter()
        .filter(|closed| *closed)
        .count();
    assert!(refused > 20, "only {refused} were refused as no valid HTTP");
    gate.backend_saw_only(0).await;
    gate.send(&registration("click-1"))
        .await
        .recorded("accepted");
}

/// A good request but for its first line and one or two headers more.
type Change = (&'static str, &'static str, &'static str);

const PLAIN: &str = "POST /v1/event HTTP/1.1\r\n";

/// No valid HTTP/1.1, or what a lenient reader could take for another request.
const MALFORMED: [Change; 9] = [
    ("a NUL in the path", "POST /v1/\0event HTTP/1.1\r\n", ""),
    ("a NUL in a header", PLAIN, "x-a: b\0c\r\n"),
    ("a NUL in a name", PLAIN, "x\0a: b\r\n"),
    ("no version", "POST /v1/event\r\n", ""),
    ("HTTP/1.10", "POST /v1/event HTTP/1.10\r\n", ""),
    ("a blank in the path", "POST /v1/event x HTTP/1.1\r\n", ""),
    ("a blank before the colon", PLAIN, "x-a : b\r\n"),
    (
        "a method of control characters",
        "PO\x01ST /v1/event HTTP/1.1\r\n",
        "",
    ),
    ("CONNECT", "CONNECT 127.0.0.1:22 HTTP/1.1\r\n", ""),
];

/// What Envoy reads in one way only, odd as it is; or refuses, which harms nobody else.
const ODD: [Change; 10] = [
    (
        "absolute form",
        "POST http://elsewhere.test/v1/event HTTP/1.1\r\n",
        "",
    ),
    (
        "the proof named as hop-by-hop",
        PLAIN,
        "connection: keep-alive, x-postern-proof, x-request-id\r\n",
    ),
    (
        "a forged proof, named so",
        PLAIN,
        "connection: x-postern-proof\r\n\
        X-Postern-Proof: token=x;partner=somebody_else;key=k9;form=raw;address=127.0.0.9\r\n",
    ),
    // Its own name and signature it may throw away: then it has none.
    (
        "its own headers named so",
        PLAIN,
        "connection: x-rs-source, x-rs-sign\r\n",
    ),
    (
        "an upgrade nobody offered",
        PLAIN,
        "connection: upgrade\r\nupgrade: websocket\r\n",
    ),
    (
        "HTTP/2 by upgrade",
        PLAIN,
        "connection: upgrade, http2-settings\r\nupgrade: h2c\r\n\
        http2-settings: AAMAAABkAAQAAP__\r\n",
    ),
    // One value over two lines is one value.
    ("a folded header", PLAIN, "x-a: b\r\n c: d\r\n"),
    ("a bare CR in a value", PLAIN, "x-a: b\rx-c: d\r\n"),
    ("two hosts", PLAIN, "host: y\r\n"),
    // Which version is claimed changes nothing in how the request is read.
    ("a version that is none", "POST /v1/event HTTP/3.0\r\n", ""),
];

/// A good request with that change.
fn changed((_, line, more): Change) -> Vec<u8> {
    let (body, vouch) = signed();
    let length = format!("content-length: {}\r\n", body.len());
    let lines = [line, "host: x\r\n", &vouch.concat(), &length, more, "\r\n"];
    by_hand(&lines, &body)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_valid_http_never_goes_on() {
    let gate = Gate::open().await;
    let mut wires: Vec<_> = MALFORMED.map(|change| (change.0, changed(change))).into();
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    let good = changed(("", PLAIN, ""));
    wires.push(("HTTP/2 without being asked", [preface, good].concat()));
    wires.push(("HTTP/0.9", b"GET /v1/event\r\n\r\n".to_vec()));
    wires.push(("TLS in plain", b"\x16\x03\x01\x02\x00\x01\x00".repeat(40)));
    let mut taken = String::new();
    for (what, bytes) in wires {
        let mut connection = gate.plain().await;
        let _ = connection.write(&bytes).await; // it may hang up before all is out
        // An answer, a hang-up without one, or HTTP/2 frames: all but a success.
        let answer = connection.read_answer("POST").await;
        if let Some(answer) = answer.ok().filter(|answer| answer.status < 400) {
            let _ = writeln!(taken, "{what}: {answer:?}");
        }
    }
    assert!(taken.is_empty(), "{taken}");
    gate.backend_saw_only(0).await;
    gate.send(&registration("click-1"))
        .await
        .recorded("accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_but_signed_requests_are_booked_as_what_was_signed() {
    let gate = Gate::open().await;
    let mut booked = 0;
    for change in ODD {
        let what = change.0;
        let mut connection = gate.plain().await;
        let written = connection.write(&changed(change)).await;
        written.expect("the gate listens");
        let answer = connection.read_answer("POST").await;
        let answer = answer.unwrap_or_else(|error| panic!("{what}: {error}"));
        if answer.status != 200 {
            assert!(answer.status >= 400, "{what}: {answer:?}");
            continue;
        }
        booked += 1;
        let delivery = gate.ledger().await.delivery(&answer.text("id")).await;
        let told = (
            delivery.partner.as_str(),
            delivery.key.as_str(),
            delivery.clickid.as_str(),
        );
        assert_eq!(told, (PARTNER, "k1", "click-1"), "{what}");
    }
    assert!(
        booked >= 3,
        "only {booked} passed: the vouching is at fault"
    );
    gate.backend_saw_only(booked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn line_feeds_alone_end_lines_in_one_way_only() {
    let gate = Gate::open().await;
    let (body, vouch) = signed();
    let length = format!("content-length: {}\r\n", body.len());
    let whole = format!(
        "POST /v1/event HTTP/1.1\r\nhost: x\r\n{}{length}\r\n",
        vouch.concat()
    );
    let hidden = String::from_utf8(forged("click-2").bytes()).expect("text");
    let mut connection = gate.plain().await;
    let wire = format!("{}{body}{hidden}", whole.replace("\r\n", "\n"));
    connection
        .write(wire.as_bytes())
        .await
        .expect("the gate listens");
    let answer = connection.read_answer("POST").await.expect("an answer");
    // Taken with the body that was signed, or not at all; what follows is a request of its own.
    let signed = u64::from(answer.status == 200);
    if signed == 1 {
        let next = connection.read_answer("POST").await.expect("an answer");
        next.refused(401, "unauthorized");
    } else {
        answer.refused_unread(400, "bad_request");
    }
    gate.backend_saw_only(signed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pipeline_keeps_each_request_to_itself() {
    let gate = Gate::open().await;
    let good = 20;
    let mut wire = Vec::new();
    for number in 1..=good {
        let message = registration(&format!("click-{number}"));
        let odd = number % 2 == 1;
        wire.extend(if odd { message } else { message.chunked(3) }.bytes());
    }
    // Refusals behind them come at once, so Envoy may hang up rather than queue the answers.
    wire.extend(forged("click-90").bytes().repeat(20));
    let mut connection = gate.plain().await;
    connection.write(&wire).await.expect("the gate listens");
    for number in 1..=good {
        let answer = connection.read_answer("POST").await.expect("an answer");
        let id = answer.recorded("accepted").text("id");
        let delivery = gate.ledger().await.delivery(&id).await;
        assert_eq!(delivery.clickid, format!("click-{number}"));
    }
    while let Ok(answer) = connection.read_answer("POST").await {
        answer.refused(401, "unauthorized");
    }
    gate.backend_saw_only(good).await;
}
