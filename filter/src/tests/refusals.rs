//! Every refusal the gate gives, and which comes first.

use super::outcome::{accepted, refused, why};
use super::sent::Sent;
use super::world::World;
use crate::report::{answer, filter_state};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
fn another_path_or_method_is_not_for_us() {
    let world = World::new();
    for path in [
        "/",
        "/v1/event/",
        "/v1/events",
        "/V1/event",
        "/v1/event;x",
        "",
    ] {
        assert_eq!(
            why(world.send(&Sent::postback().instead(":path", path))).0,
            "not_found",
            "{path}"
        );
    }
    for method in ["HEAD", "PUT", "OPTIONS", "get", ""] {
        let decision = world.send(&Sent::postback().instead(":method", method));
        let answer = answer(&refused(decision), "id");
        assert_eq!(answer.status, 405, "{method}");
        assert!(answer.headers.contains(&("allow", "GET, POST".to_owned())));
    }
}

#[test]
fn a_partner_is_named_once_and_readably() {
    let world = World::new();
    let twice = Sent::postback().header("x-rs-source", "strict");
    assert_eq!(why(world.send(&twice)).0, "source_conflict");
    let differing = Sent::postback().instead(":path", "/v1/event?source=open");
    assert_eq!(why(world.send(&differing)).0, "source_conflict");
    let mut bytes = Sent::postback().without("x-rs-source");
    bytes
        .headers
        .push(("x-rs-source".to_owned(), vec![0xff, 0xfe]));
    assert_eq!(why(world.send(&bytes)).0, "source_malformed");
    let inside = r#"{"clickid":"abc","source":"open"}"#;
    let inside = Sent::json(inside).header("x-rs-sign", &super::sent::signature(inside));
    assert_eq!(why(world.send(&inside)).0, "source_conflict");
}

#[test]
fn strangers_and_wrong_addresses_cannot_be_told_apart() {
    let world = World::new();
    let unknown = Sent::postback().instead("x-rs-source", "nobody");
    let elsewhere = Sent::postback().from("198.51.100.1:1");
    let ambiguous = Sent::postback().without("x-rs-source").from("10.9.1.1:1");
    let socket = Sent::postback().from("/run/envoy.sock");
    let refusals = [
        (unknown, "partner_unknown"),
        (elsewhere, "address_not_listed"),
        (ambiguous, "partner_not_named"),
        (socket, "address_unreadable"),
    ];
    for (request, reason) in refusals {
        let refused = refused(world.send(&request));
        assert_eq!(refused.reason, reason);
        let answer = answer(&refused, "id");
        assert_eq!(answer.status, 403);
        assert_eq!(
            answer.body,
            r#"{"ok":false,"error":"forbidden","message":"this caller may not post here; check `X-RS-Source`, and have your address registered","request_id":"id"}"#
        );
    }
}

#[test]
fn a_signature_that_does_not_count_says_why_in_the_log_only() {
    let world = World::new();
    let decision = world.send(&Sent::forged());
    assert_eq!(
        filter_state(&decision),
        "refused;partner=strict;error=unauthorized;reason=sign_mismatch"
    );
    let answer = answer(&refused(decision), "id");
    assert_eq!(answer.status, 401);
    assert!(!answer.body.contains("mismatch"));

    let missing = Sent::postback().without("x-rs-sign");
    assert_eq!(why(world.send(&missing)), ("unauthorized", "sign_missing"));
    let stale = Sent::postback().header("x-rs-timestamp", "1600000000");
    assert_eq!(why(world.send(&stale)), ("unauthorized", "time_outside"));
}

#[test]
fn headers_that_decide_come_once() {
    let again = |name, value| Sent::postback().header(name, value);
    let expect = [
        (again("x-rs-sign", "00"), "unreadable", "sign_conflict"),
        (
            again("content-type", "application/json"),
            "unsupported_media_type",
            "unsupported_media_type",
        ),
        (
            again("x-rs-timestamp", "1").header("x-rs-timestamp", "1"),
            "unauthorized",
            "time_repeated",
        ),
    ];
    for (request, code, reason) in expect {
        assert_eq!(why(World::new().send(&request)), (code, reason));
    }
    let compressed = again("content-encoding", "gzip");
    assert_eq!(
        why(World::new().send(&compressed)).0,
        "unsupported_media_type"
    );
}

#[test]
fn what_cannot_be_read_is_said_plainly() {
    let world = World::new();
    assert_eq!(
        why(world.send(&Sent::json("{"))),
        ("unreadable", "not_json")
    );
    let get = Sent::postback().instead(":method", "GET");
    assert_eq!(why(world.send(&get)), ("unreadable", "body_on_get"));
    let chunked_get = get.without("content-length");
    assert_eq!(why(world.send(&chunked_get)), ("unreadable", "body_on_get"));
}

#[test]
fn the_body_may_be_as_long_as_the_limit_and_not_a_byte_longer() {
    let world = World::new();
    for (bytes, code) in [(1_000, "unreadable"), (1_001, "body_too_large")] {
        let announced = Sent::json(&"x".repeat(bytes)).header("x-rs-sign", &"0".repeat(64));
        assert_eq!(why(World::new().send(&announced)).0, code);
        assert_eq!(
            why(world.send(&announced.without("content-length"))).0,
            code
        );
    }
}

#[test]
fn the_cheapest_check_speaks_first() {
    let world = World::new();
    let mut request = Sent::forged()
        .instead(":path", "/other")
        .instead(":method", "PUT");
    request = request
        .instead("x-rs-source", "nobody")
        .instead("content-type", "text/plain");
    assert_eq!(why(world.send(&request)).0, "not_found");
    request = request.instead(":path", "/v1/event");
    assert_eq!(why(world.send(&request)).0, "method_not_allowed");
    request = request.instead(":method", "POST");
    assert_eq!(why(world.send(&request)).0, "forbidden");
    request = request.instead("x-rs-source", "strict");
    assert_eq!(why(world.send(&request)).0, "unsupported_media_type");
    request = request.instead("content-type", "application/json");
    assert_eq!(why(world.send(&request)).0, "unauthorized");
    accepted(world.send(&Sent::postback()));
}
