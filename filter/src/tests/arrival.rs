//! Requests in pieces: when a decision is taken, and what happens until then.

use super::outcome::{decision, refused};
use super::sent::Sent;
use super::world::World;
use crate::decision::Decision;
use crate::visit::{Step, Visit};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[track_caller]
fn holds(step: &Step) {
    assert!(matches!(step, Step::Hold), "{step:?}");
}

#[track_caller]
fn lets_in(step: Step) {
    assert!(matches!(decision(step), Some(Decision::Accepted(_))));
}

#[test]
fn a_body_byte_by_byte_is_held_until_its_end() {
    let (world, request, mut visit) = (
        World::new(),
        Sent::postback().without("content-length"),
        Visit::default(),
    );
    let host = request.to(&world);
    holds(&visit.on_headers(&world.gate, &host, false));
    for size in 1..=request.body.len() {
        holds(&visit.on_body(&world.gate, &host, size, false));
    }
    lets_in(visit.on_body(&world.gate, &host, request.body.len(), true));
    assert!(matches!(
        visit.on_trailers(&world.gate, &host),
        Step::Follow
    ));
}

#[test]
fn trailers_end_a_body_that_never_said_so() {
    let (world, request, mut visit) = (World::new(), Sent::postback(), Visit::default());
    let host = request.to(&world);
    holds(&visit.on_headers(&world.gate, &host, false));
    holds(&visit.on_body(&world.gate, &host, request.body.len(), false));
    lets_in(visit.on_trailers(&world.gate, &host));
}

#[test]
fn trailers_after_no_body_at_all_do_not_slip_through() {
    let (world, mut request, mut visit) = (World::new(), Sent::postback(), Visit::default());
    request.body.clear();
    let host = request.to(&world);
    holds(&visit.on_headers(&world.gate, &host, false));
    let refused = refused(decision(visit.on_trailers(&world.gate, &host)).expect("decided"));
    assert_eq!(refused.refusal.code(), "unreadable");
}

fn stranger() -> Sent {
    Sent::postback().from("198.51.100.1:1")
}

#[track_caller]
fn forbids(step: Step) {
    let refused = refused(decision(step).expect("decided"));
    assert_eq!(refused.refusal.code(), "forbidden");
}

#[test]
fn a_refusal_waits_for_the_bodys_end_so_that_the_connection_stays() {
    for request in [stranger(), stranger().without("content-length")] {
        let (world, mut visit) = (World::new(), Visit::default());
        let host = request.to(&world);
        holds(&visit.on_headers(&world.gate, &host, false));
        holds(&visit.on_body(&world.gate, &host, 1_000, false));
        forbids(visit.on_body(&world.gate, &host, 1_000, true));
        holds(&visit.on_trailers(&world.gate, &host));
    }
}

#[test]
fn a_refusal_waits_for_trailers_as_well() {
    let (world, request, mut visit) = (
        World::new(),
        stranger().without("content-length"),
        Visit::default(),
    );
    let host = request.to(&world);
    holds(&visit.on_headers(&world.gate, &host, false));
    forbids(visit.on_trailers(&world.gate, &host));
}

#[test]
fn a_refusal_waits_for_no_byte_beyond_the_limit() {
    let (world, mut visit) = (World::new(), Visit::default());
    let announced = stranger().instead("content-length", "1001");
    forbids(visit.on_headers(&world.gate, &announced.to(&world), false));
    holds(&visit.on_body(&world.gate, &announced.to(&world), 5, true));

    let (unknown, mut visit) = (stranger().without("content-length"), Visit::default());
    let host = unknown.to(&world);
    holds(&visit.on_headers(&world.gate, &host, false));
    forbids(visit.on_body(&world.gate, &host, 1_001, false));
    holds(&visit.on_body(&world.gate, &host, 1_002, true));
}

#[test]
fn a_body_that_outgrows_the_limit_is_refused_before_its_end() {
    let (world, request, mut visit) = (
        World::new(),
        Sent::postback().without("content-length"),
        Visit::default(),
    );
    let host = request.to(&world);
    holds(&visit.on_headers(&world.gate, &host, false));
    holds(&visit.on_body(&world.gate, &host, 1_000, false));
    let step = visit.on_body(&world.gate, &host, 1_001, false);
    assert_eq!(
        refused(decision(step).expect("decided")).refusal.code(),
        "body_too_large"
    );
}

#[test]
fn a_body_before_its_headers_goes_nowhere() {
    let (world, request) = (World::new(), Sent::postback());
    holds(&Visit::default().on_body(&world.gate, &request.to(&world), request.body.len(), true));
}
