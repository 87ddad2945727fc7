//! A partner with client certificates: who must show one, and what is said to those who do not.

use super::outcome::{accepted, refused, why};
use super::sent::Sent;
use super::world::{CERTIFICATE, NEXT_CERTIFICATE, World};
use crate::report::{answer, filter_state};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const OTHER: &str = "3333333333333333333333333333333333333333333333333333333333333333";

fn of_certified(request: Sent) -> Sent {
    request
        .instead("x-rs-source", "certified")
        .from("203.0.113.7:5000")
}

#[test]
fn any_of_a_partners_certificates_lets_it_in() {
    let world = World::new();
    for certificate in [CERTIFICATE, NEXT_CERTIFICATE] {
        let request = of_certified(Sent::postback()).certified(certificate);
        accepted(world.send(&request));
    }
}

#[test]
fn a_missing_and_another_certificate_have_a_code_of_their_own() {
    let world = World::new();
    let expect = [
        ("", "certificate_missing"),
        (OTHER, "certificate_unknown"),
        ("no hex", "certificate_unknown"),
    ];
    for (certificate, reason) in expect {
        let request = of_certified(Sent::postback()).certified(certificate);
        let decision = world.send(&request);
        assert_eq!(
            filter_state(&decision),
            format!("refused;partner=certified;error=client_certificate;reason={reason}")
        );
        let answer = answer(&refused(decision), "id");
        assert_eq!(answer.status, 403);
        assert!(!answer.body.contains(CERTIFICATE), "{}", answer.body);
    }
}

#[test]
fn a_certificate_replaces_no_other_check() {
    let world = World::new();
    let certified = |request| of_certified(request).certified(CERTIFICATE);
    assert_eq!(
        why(world.send(&certified(Sent::forged()))).0,
        "unauthorized"
    );
    let elsewhere = certified(Sent::postback()).from("198.51.100.1:1");
    assert_eq!(why(world.send(&elsewhere)).0, "forbidden");
}

#[test]
fn who_tries_certificates_is_held_off() {
    let world = World::new();
    for _ in 0..3 {
        let guess = of_certified(Sent::postback()).certified(OTHER);
        assert_eq!(why(world.send(&guess)).0, "client_certificate");
    }
    let good = of_certified(Sent::postback()).certified(CERTIFICATE);
    assert_eq!(why(world.send(&good)).0, "too_many_failures");
}

#[test]
fn a_partner_without_certificates_pays_nothing_for_them() {
    let world = World::new();
    accepted(world.send(&Sent::postback()));
    accepted(world.send(&Sent::postback().certified(OTHER)));
    assert_eq!(world.asked_for_certificates.get(), 0);
    accepted(world.send(&of_certified(Sent::postback()).certified(CERTIFICATE)));
    assert_eq!(world.asked_for_certificates.get(), 1);
}
