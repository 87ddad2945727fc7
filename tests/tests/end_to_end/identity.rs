//! Who is calling: named by header, by query or by address alone – and by nothing a stranger adds.

use postern_tests::MANY_FAILURES;
use postern_tests::event::Event;
use postern_tests::gate::Gate;
use postern_tests::http2::Ending;
use postern_tests::message::Message;
use postern_tests::partner::{PARTNER, Partner, SECRET, partners_toml};
use postern_tests::postback::registration;
use postern_tests::signing::{hmac_hex, signed_json, signed_parameters};

const OTHER_SECRET: &str = "the_other_secret";

/// A registration without a partner's name, signed over its body.
fn nameless(secret: &str, clickid: &str) -> Message {
    let body = Event::registration(clickid).json();
    let sign = hmac_hex(secret, &body);
    Message::new("POST", "/v1/event")
        .header("content-type", "application/json")
        .sign(&sign)
        .body(body)
}

fn signed(clickid: &str) -> Message {
    nameless(SECRET, clickid).source(PARTNER)
}

/// Two partners share 127.0.0.1; 127.0.0.4 belongs to `other` alone.
async fn gate_of_two() -> Gate {
    let other = Partner::new("other")
        .secret("k1", OTHER_SECRET)
        .networks(&["127.0.0.1", "127.0.0.4/31"]);
    Gate::with(&partners_toml(
        MANY_FAILURES,
        &[Partner::of_the_page(), other],
    ))
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_is_named_by_header_by_query_or_by_its_address_alone() {
    let gate = gate_of_two().await;
    gate.send(&signed("click-1")).await.recorded("accepted");
    let by_query = nameless(OTHER_SECRET, "click-2").target("/v1/event?source=other");
    gate.send(&by_query).await.recorded("accepted");
    let query = signed_parameters(
        SECRET,
        &Event::registration("click-3").text("source", PARTNER),
    );
    gate.send(&Message::new("GET", format!("/v1/event?{query}")))
        .await
        .recorded("accepted");
    for address in ["127.0.0.4", "127.0.0.5"] {
        let clickid = format!(
            "click-{}",
            address.len() + usize::from(address.ends_with('5'))
        );
        gate.send_from(address, &nameless(OTHER_SECRET, &clickid))
            .await
            .recorded("accepted");
    }
    // Two hold this address, so it names neither.
    gate.send(&nameless(SECRET, "click-4"))
        .await
        .refused(403, "forbidden");
    let ledger = gate.ledger().await;
    assert_eq!(ledger.deliveries_of(PARTNER).await, 2);
    assert_eq!(ledger.deliveries_of("other").await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_disagree_or_repeat_are_refused() {
    let gate = gate_of_two().await;
    let disagree = signed("click-1").target("/v1/event?source=other");
    gate.send(&disagree).await.refused(400, "source_conflict");
    let twice = signed("click-1").target(format!("/v1/event?source={PARTNER}&source={PARTNER}"));
    gate.send(&twice).await.refused(400, "source_conflict");
    gate.send(&signed("click-1").source("other"))
        .await
        .refused(400, "source_conflict");
    gate.send(&signed("click-1").source(PARTNER))
        .await
        .refused(400, "source_conflict");
    let in_payload = signed_json(
        SECRET,
        &Event::registration("click-1").text("source", "other"),
    );
    let in_payload = signed("click-1").without("x-rs-sign").body(in_payload);
    gate.send(&in_payload).await.refused(400, "source_conflict");
    for bad in ["", "a b", "../etc", &"x".repeat(65)] {
        let malformed = nameless(SECRET, "click-1").source(bad);
        gate.send(&malformed).await.refused(400, "source_malformed");
    }
    // The same name in both places is no conflict.
    let agree = signed("click-1").target(format!("/v1/event?source={PARTNER}"));
    gate.send(&agree).await.recorded("accepted");
    assert_eq!(gate.ledger().await.deliveries().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn signs_that_disagree_or_repeat_are_refused() {
    let gate = Gate::open().await;
    let event = Event::registration("click-1");
    let body = signed_json(SECRET, &event);
    let post = Message::new("POST", "/v1/event")
        .header("content-type", "application/json")
        .source(PARTNER)
        .body(&body);
    let told = gate
        .send(&post.clone().sign(&"0".repeat(64)))
        .await
        .refused(400, "unreadable")
        .text("message");
    assert!(told.contains("`sign`"), "{told}");
    let in_query = post
        .clone()
        .target(format!("/v1/event?sign={}", "0".repeat(64)));
    gate.send(&in_query).await.refused(400, "unreadable");

    let plain = signed("click-1");
    let good = hmac_hex(SECRET, Event::registration("click-1").json());
    assert_eq!(
        gate.send(&plain.clone().sign(&good)).await.status,
        400,
        "the header twice"
    );
    assert_eq!(
        gate.send(&plain.clone().sign(&"0".repeat(64))).await.status,
        400,
        "the header twice"
    );
    assert_eq!(gate.ledger().await.deliveries().await, 0);
    gate.send(&plain).await.recorded("accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn header_bytes_that_are_no_text_harm_nobody() {
    let gate = Gate::open().await;
    let odd: &[u8] = b"caf\xe9 \xff\xfe";
    gate.send(&nameless(SECRET, "click-1").header("x-rs-source", odd))
        .await
        .refused(400, "source_malformed");
    let sign = signed("click-1")
        .without("x-rs-sign")
        .header("x-rs-sign", odd);
    let answer = gate.send(&sign).await;
    assert!([400, 401].contains(&answer.status), "{answer:?}");
    let media = signed("click-1")
        .without("content-type")
        .header("content-type", odd);
    gate.send(&media)
        .await
        .refused(415, "unsupported_media_type");
    // In a header nobody reads they do not matter, and the gate still stands.
    let ignored = signed("click-1")
        .header("x-comment", odd)
        .header("user-agent", odd);
    gate.send(&ignored).await.recorded("accepted");
    gate.send(&signed("click-2")).await.recorded("accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_told_address_counts_for_nothing() {
    let gate = Gate::open().await;
    for header in [
        "x-forwarded-for",
        "x-real-ip",
        "forwarded",
        "x-envoy-external-address",
        "true-client-ip",
    ] {
        let spoofed = signed("click-1").header(header, "127.0.0.1");
        gate.send_from("127.0.0.9", &spoofed)
            .await
            .refused(403, "forbidden");
    }
    // Nor does it lock anybody out.
    let polluted = signed("click-1").header("x-forwarded-for", "10.9.9.9, 127.0.0.9");
    gate.send(&polluted).await.recorded("accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_proof_from_outside_is_worth_nothing() {
    let gate = Gate::open().await;
    let token = gate.proof_token();
    let proof = format!("token={token};partner={PARTNER};key=k1;form=raw;address=127.0.0.1");
    let body = Event::registration("click-1").json();
    let unsigned = Message::new("POST", "/v1/event")
        .header("content-type", "application/json")
        .source(PARTNER)
        .body(body);
    gate.send(&unsigned.header("x-postern-proof", &proof))
        .await
        .refused(401, "unauthorized");
    gate.send_from(
        "127.0.0.9",
        &signed("click-1").header("x-postern-proof", &proof),
    )
    .await
    .refused(403, "forbidden");

    // Sent along with a good request, forged headers neither help nor survive.
    let other = proof.replace(PARTNER, "somebody_else");
    let dressed = signed("click-1")
        .header("x-postern-proof", &other)
        .header("X-Postern-Proof", &other)
        .header("x-postern-partner", "somebody_else")
        .header("x-postern-key", "k9");
    let answer = gate.send(&dressed).await;
    answer.recorded("accepted");
    let delivery = gate.ledger().await.delivery(&answer.text("id")).await;
    assert_eq!(
        (delivery.partner.as_str(), delivery.key.as_str()),
        (PARTNER, "k1")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_with_underscores_is_another_header() {
    let gate = Gate::open().await;
    let good = signed("click-1").without("x-rs-sign");
    let sign = hmac_hex(SECRET, Event::registration("click-1").json());
    let lookalike = good.clone().header("x_rs_sign", &sign);
    gate.send(&lookalike).await.refused(401, "unauthorized");
    let proof = gate.proof_with(&gate.proof_token());
    gate.send(&good.header("x_postern_proof", proof))
        .await
        .refused(401, "unauthorized");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_in_trailers_counts_for_nothing() {
    let gate = Gate::open().await;
    let http2 = gate.http2().await;
    let sign = hmac_hex(SECRET, Event::registration("click-1").json());
    let unsigned = signed("click-1").without("x-rs-sign");
    let proof = gate
        .proof_with(&gate.proof_token())
        .replace(PARTNER, "somebody_else");
    let with_trailers = |message: Message| {
        message
            .trailer("x-rs-sign", &sign)
            .trailer("x-postern-proof", &proof)
    };
    let answer = http2
        .exchange(&with_trailers(unsigned), 10, Ending::Trailers)
        .await;
    answer.expect("an answer").refused(401, "unauthorized");

    let answer = http2
        .exchange(&with_trailers(signed("click-1")), 10, Ending::Trailers)
        .await;
    let answer = answer.expect("an answer");
    let id = answer.recorded("accepted").text("id");
    assert_eq!(gate.ledger().await.delivery(&id).await.partner, PARTNER);
}

#[tokio::test(flavor = "multi_thread")]
async fn envoys_own_switches_are_not_the_callers_to_turn() {
    let gate = Gate::open().await;
    let partner = registration("click-1");
    gate.kills_backend();
    let switched = partner
        .header("x-envoy-max-retries", "60")
        .header("x-envoy-retry-on", "5xx");
    gate.send(&switched).await.refused(503, "unavailable");
    let entry = gate.log_entry(|entry| entry["status"] == 503).await;
    assert!(
        entry["tries"].as_u64().is_some_and(|tries| tries <= 3),
        "{entry}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn ipv6_callers_are_known_by_their_networks() {
    let six = Partner::new("six")
        .secret("k1", OTHER_SECRET)
        .networks(&["::1"]);
    let four = Partner::of_the_page().networks(&["127.0.0.0/8", "fd00::/8"]);
    let gate = Gate::with(&partners_toml(MANY_FAILURES, &[six, four])).await;
    gate.send_from("::1", &nameless(OTHER_SECRET, "click-1"))
        .await
        .recorded("accepted");
    gate.send_from("::1", &signed("click-2"))
        .await
        .refused(403, "forbidden");
    let named = nameless(OTHER_SECRET, "click-3").source("six");
    gate.send_from("127.0.0.1", &named)
        .await
        .refused(403, "forbidden");
    gate.send_from("127.0.0.1", &signed("click-2"))
        .await
        .recorded("accepted");
    let entry = gate.log_entry(|entry| entry["address"] == "::1").await;
    assert_eq!(entry["address"], "::1", "{entry}");
}
