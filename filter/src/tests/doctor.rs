//! The signature doctor: who may ask, how often, and that it lets nothing in.

use super::outcome::{accepted, diagnosed, refused, why};
use super::sent::{SECRET, Sent};
use super::world::{CERTIFICATE, World};
use crate::report::{answer, diagnosis, filter_state};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn question() -> Sent {
    Sent::postback().instead(":path", "/v1/verify")
}

fn codes(sent: &Sent) -> Vec<&'static str> {
    let diagnosed = diagnosed(World::new().send(sent));
    let causes = diagnosed.diagnosis.causes.iter();
    causes.map(|told| told.code).collect()
}

#[test]
fn a_right_signature_is_told_and_goes_no_further() {
    let decision = World::new().send(&question());
    assert_eq!(filter_state(&decision), "diagnosed;partner=strict;causes=");
    assert_eq!(decision.name(), "diagnosed");
    let answer = diagnosis(&diagnosed(decision));
    assert_eq!(answer.status, 200);
    assert!(
        answer
            .body
            .starts_with(r#"{"ok":true,"partner":"strict","form":"raw","key":"k1""#),
        "{}",
        answer.body
    );
    assert!(!answer.body.contains(SECRET));
}

#[test]
fn a_wrong_one_is_explained_in_the_senders_language() {
    let body = r#"{"event":"lead","clickid":"abc","status":"approved"}"#;
    let sign = super::sent::signature(&format!("{body}\n"));
    let sent = Sent::json(body)
        .instead(":path", "/v1/verify")
        .header("x-rs-sign", &sign)
        .header("user-agent", "python-requests/2.31")
        .header(":authority", "gate.example:8443");
    let decision = World::new().send(&sent);
    assert_eq!(
        filter_state(&decision),
        "diagnosed;partner=strict;causes=newline_signed"
    );
    let told = diagnosed(decision).diagnosis;
    assert_eq!(told.snippets.len(), 1);
    let code = &told.snippets[0].code;
    assert!(
        code.contains("https://gate.example:8443/v1/event") && code.contains("strict"),
        "{code}"
    );
}

#[test]
fn what_the_headers_alone_show_is_told_too() {
    let repeated = question().header("x-rs-sign", &"0".repeat(64));
    assert_eq!(codes(&repeated), ["sign_repeated", "sign_missing"]);
    let repeated = question()
        .header("x-rs-timestamp", "1")
        .header("x-rs-timestamp", "1");
    assert_eq!(codes(&repeated), ["time_repeated"]);
    assert_eq!(codes(&question().without("content-type")), ["media_type"]);
    assert_eq!(codes(&question().instead(":method", "GET")), ["unreadable"]);
}

#[test]
fn only_a_partner_at_its_own_address_may_ask() {
    let world = World::new();
    let elsewhere = question().from("198.51.100.1:1");
    let unknown = question().instead("x-rs-source", "nobody");
    for sent in [elsewhere, unknown] {
        assert_eq!(why(world.send(&sent)).0, "forbidden");
    }
    assert_eq!(world.store.keys(), 0, "strangers leave no bucket behind");
    assert_eq!(
        why(world.send(&question().instead(":method", "HEAD"))).0,
        "method_not_allowed"
    );
    let large = question().instead("content-length", "1001");
    assert_eq!(why(world.send(&large)).0, "body_too_large");
    let mut outgrown = question().without("content-length");
    outgrown.body = vec![b' '; 1001];
    assert_eq!(why(world.send(&outgrown)).0, "body_too_large");
    assert_eq!(
        why(world.send(&question().instead(":path", "/v1/verify/"))).0,
        "not_found"
    );
}

#[test]
fn questions_have_a_bucket_of_their_own() {
    let world = World::new();
    let wrong = Sent::forged().instead(":path", "/v1/verify");
    for _ in 0..10 {
        assert!(!diagnosed(world.send(&wrong)).diagnosis.ok);
    }
    let refused = refused(world.send(&wrong));
    assert_eq!(
        (refused.refusal.code(), refused.reason),
        ("rate_limited", "doctor_busy")
    );
    assert!(
        answer(&refused, "id")
            .headers
            .contains(&("retry-after", "1".to_owned()))
    );
    // Neither failures nor rate were touched: 3 failures would hold off, and 4 tokens are all there are.
    for _ in 0..4 {
        accepted(world.send(&Sent::postback()));
    }
    world.pass(1);
    diagnosed(world.send(&wrong));
}

#[test]
fn whoever_is_held_off_or_out_of_tokens_may_still_ask() {
    let world = World::new();
    for _ in 0..4 {
        world.send(&Sent::forged());
    }
    assert_eq!(why(world.send(&Sent::postback())).0, "too_many_failures");
    assert!(diagnosed(world.send(&question())).diagnosis.ok);
}

#[test]
fn workers_that_collide_for_ever_get_no_question_through() {
    let world = World::new();
    world.store.rivals.set(u32::MAX);
    assert_eq!(
        why(world.send(&question())),
        ("rate_limited", "doctor_busy")
    );
}

#[test]
fn a_partner_with_client_certificates_asks_with_one() {
    let world = World::new();
    let asked = |certificate: &str| {
        let sent = question().instead("x-rs-source", "certified");
        sent.from("203.0.113.7:5000").certified(certificate)
    };
    assert_eq!(why(world.send(&asked(""))).0, "client_certificate");
    assert!(diagnosed(world.send(&asked(CERTIFICATE))).diagnosis.ok);
}
