//! What becomes of a request that is in order.

use super::outcome::accepted;
use super::sent::{SECRET, Sent};
use super::world::{PROOF_TOKEN, World};
use crate::decision::Decision;
use crate::report;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
fn a_signed_postback_goes_on_with_the_proof() {
    let world = World::new();
    let decision = world.send(&Sent::postback());
    assert_eq!(
        report::filter_state(&decision),
        "accepted;partner=strict;key=k1;form=raw"
    );
    let proof = accepted(decision).proof;
    assert_eq!(
        proof,
        format!("token={PROOF_TOKEN};partner=strict;key=k1;form=raw;address=192.0.2.7")
    );
    assert!(!proof.contains(SECRET));
}

#[test]
fn the_address_alone_names_a_partner_when_only_one_may_call_from_there() {
    let world = World::new();
    let nameless = Sent::postback().without("x-rs-source");
    assert_eq!(
        accepted(world.send(&nameless)).partner.id.as_str(),
        "strict"
    );
    assert_eq!(
        accepted(world.send(&nameless.from("[2001:db8::1]:80")))
            .partner
            .id
            .as_str(),
        "open"
    );
}

#[test]
fn the_query_names_a_partner_as_well() {
    let world = World::new();
    let request = Sent::postback().without("x-rs-source");
    let request = request.instead(":path", "/v1/event?source=strict");
    assert_eq!(accepted(world.send(&request)).partner.id.as_str(), "strict");
}

#[test]
fn a_v4_address_mapped_into_v6_is_the_v4_address() {
    let world = World::new();
    accepted(world.send(&Sent::postback().from("[::ffff:192.0.2.9]:443")));
}

#[test]
fn the_key_that_signed_is_named_while_two_count() {
    let world = World::new();
    let request = Sent::postback()
        .instead("x-rs-source", "open")
        .from("10.1.1.1:1");
    assert_eq!(accepted(world.send(&request)).key.as_str(), "new");
}

#[test]
fn what_somebody_outside_says_about_identity_is_noted_to_be_stripped() {
    let world = World::new();
    let request = Sent::postback()
        .header("x-postern-proof", "token=guessed")
        .header("x-postern-partner", "open");
    let mut visit = crate::visit::Visit::default();
    let _ = visit.on_headers(&world.gate, &request.to(&world), false);
    assert_eq!(
        visit.headers().forged,
        ["x-postern-proof", "x-postern-partner"]
    );
    match visit.on_body(&world.gate, &request.to(&world), request.body.len(), true) {
        crate::visit::Step::Decide(decision) => assert!(matches!(*decision, Decision::Accepted(_))),
        other => panic!("{other:?}"),
    }
}
