//! The partner's bucket and the failure throttle, to the token.

use super::outcome::{accepted, decision, refused, why};
use super::sent::Sent;
use super::world::World;
use crate::report::answer;
use crate::throttle::SLOTS_PER_PARTNER;
use crate::visit::{Step, Visit};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn send_until_limited(world: &World) -> usize {
    let accepted = |_: &usize| why_or_accepted(world) == "accepted";
    (0..1_000).take_while(accepted).count()
}

fn why_or_accepted(world: &World) -> &'static str {
    world.send(&Sent::postback()).name()
}

#[test]
fn the_burst_passes_and_then_the_rate() {
    let world = World::new();
    assert_eq!(send_until_limited(&world), 4);
    world.pass(1);
    assert_eq!(send_until_limited(&world), 2);
    world.pass(1_000);
    assert_eq!(send_until_limited(&world), 4);
}

#[test]
fn a_limited_partner_is_told_when_to_come_back() {
    let world = World::new();
    send_until_limited(&world);
    let answer = answer(&refused(world.send(&Sent::postback())), "the-id");
    assert_eq!(answer.status, 429);
    let expect = [
        ("content-type", "application/json"),
        ("retry-after", "1"),
        ("ratelimit", "\"postern\";r=0;t=1"),
        ("ratelimit-policy", "\"postern\";q=4;w=2"),
    ];
    assert_eq!(
        answer.headers,
        expect.map(|(name, value)| (name, value.to_owned()))
    );
}

#[test]
fn only_verified_requests_take_tokens() {
    let world = World::new();
    assert_eq!(why(world.send(&Sent::forged())).0, "unauthorized");
    assert_eq!(
        why(world.send(&Sent::postback().from("198.51.100.1:1"))).0,
        "forbidden"
    );
    assert_eq!(send_until_limited(&world), 4);
}

#[test]
fn a_reload_refills_nothing() {
    let mut world = World::new();
    send_until_limited(&world);
    for (rate, burst) in [(2, 4), (1, 100), (1_000, 100), (1, 1)] {
        world.reload(rate, burst);
        assert_eq!(
            why(world.send(&Sent::postback())).0,
            "rate_limited",
            "{rate} a second, {burst} at once"
        );
    }
}

#[test]
fn a_larger_burst_is_there_at_once_for_who_saved_for_it() {
    let mut world = World::new();
    assert_eq!(why_or_accepted(&world), "accepted");
    // One token is back after half a second; 14 and a half more seconds are 29 tokens at the new limit.
    world.pass(15);
    world.reload(2, 100);
    assert_eq!(send_until_limited(&world), 4 + 29);
    world.pass(3_600);
    world.reload(2, 200);
    assert_eq!(send_until_limited(&world), 200);
    // What was emptied has saved nothing.
    world.reload(2, 400);
    assert_eq!(send_until_limited(&world), 0);
}

#[test]
fn a_clock_that_steps_back_neither_refills_nor_locks() {
    let world = World::new();
    send_until_limited(&world);
    world.step_back(3_600);
    assert_eq!(send_until_limited(&world), 0);
    world.pass(1);
    assert_eq!(send_until_limited(&world), 2);
}

#[test]
fn a_lost_race_is_run_again_and_an_endless_one_is_refused() {
    let world = World::new();
    world.store.rivals.set(3);
    accepted(world.send(&Sent::postback()));
    world.store.rivals.set(u32::MAX);
    assert_eq!(
        why(world.send(&Sent::postback())),
        ("rate_limited", "contended")
    );
}

#[test]
fn an_address_that_keeps_failing_is_turned_away_before_its_signature_is_looked_at() {
    let world = World::new();
    for _ in 0..3 {
        assert_eq!(why(world.send(&Sent::forged())).0, "unauthorized");
    }
    let refused = refused(world.send(&Sent::postback()));
    assert_eq!(refused.refusal.code(), "too_many_failures");
    let answer = answer(&refused, "the-id");
    assert!(
        answer.headers.contains(&("retry-after", "20".to_owned())),
        "{answer:?}"
    );
    accepted(world.send(&Sent::postback().from("192.0.2.8:1")));
    world.pass(20);
    accepted(world.send(&Sent::postback()));
}

#[test]
fn another_worker_lets_one_more_failure_through_and_then_knows() {
    let mut world = World::new();
    for _ in 0..3 {
        assert_eq!(why(world.send(&Sent::forged())).0, "unauthorized");
    }
    world.change_worker();
    assert_eq!(why(world.send(&Sent::forged())).0, "unauthorized");
    for _ in 0..3 {
        assert_eq!(why(world.send(&Sent::forged())).0, "too_many_failures");
    }
}

#[test]
fn shared_data_is_asked_about_failures_only_until_they_are_forgiven() {
    let world = World::new();
    accepted(world.send(&Sent::postback()));
    assert_eq!(world.store.asked_for("failures/"), 0);
    world.send(&Sent::forged());
    let after_a_failure = world.store.asked_for("failures/");
    accepted(world.send(&Sent::postback()));
    assert_eq!(world.store.asked_for("failures/"), after_a_failure + 2);
    world.pass(60);
    accepted(world.send(&Sent::postback()));
    accepted(world.send(&Sent::postback()));
    assert_eq!(world.store.asked_for("failures/"), after_a_failure + 3);
}

#[test]
fn each_refusal_after_the_address_check_counts_as_a_failure() {
    let long = Sent::postback().instead("content-length", "2000");
    let outgrown = Sent::json(&"x".repeat(1_001)).without("content-length");
    let text = Sent::postback().instead("content-type", "text/plain");
    for request in [Sent::forged(), Sent::json("{"), long, outgrown, text] {
        let world = World::new();
        let codes = [(); 4].map(|()| why(world.send(&request)).0);
        assert_eq!(codes[3], "too_many_failures", "{request:?}");
        assert_ne!(codes[2], "too_many_failures", "{request:?}");
    }
}

#[test]
fn being_limited_or_unknown_is_no_failure() {
    let world = World::new();
    send_until_limited(&world);
    for _ in 0..10 {
        assert_eq!(why(world.send(&Sent::postback())).0, "rate_limited");
        assert_eq!(
            why(world.send(&Sent::postback().instead("x-rs-source", "nobody"))).0,
            "forbidden"
        );
    }
    world.pass(1);
    accepted(world.send(&Sent::postback()));
}

#[test]
fn neighbours_in_one_v6_network_fail_together() {
    let world = World::new();
    let from = |caller| Sent::forged().instead("x-rs-source", "open").from(caller);
    for host in ["[2001:db8::1]:1", "[2001:db8::2]:1", "[2001:db8::3]:1"] {
        assert_eq!(why(world.send(&from(host))).0, "unauthorized");
    }
    assert_eq!(
        why(world.send(&from("[2001:db8::4]:1"))).0,
        "too_many_failures"
    );
    assert_eq!(
        why(world.send(&from("[2001:db8:0:1::4]:1"))).0,
        "unauthorized"
    );
}

/// Failures of `open` from many addresses, enough to empty each of its slots.
fn fail_from_everywhere(world: &World) {
    for (second, third) in (0..20).flat_map(|second| (0..250).map(move |third| (second, third))) {
        let caller = format!("10.{second}.{third}.1:1");
        world.send(&Sent::forged().instead("x-rs-source", "open").from(&caller));
    }
}

#[test]
fn failing_addresses_cannot_fill_shared_data() {
    let world = World::new();
    fail_from_everywhere(&world);
    assert!(world.store.keys() as u64 <= SLOTS_PER_PARTNER);
}

#[test]
fn failing_addresses_of_one_partner_hold_off_nobody_elses() {
    let world = World::new();
    fail_from_everywhere(&world);
    let open = Sent::forged().instead("x-rs-source", "open");
    let neighbour = Sent::forged().instead("x-rs-source", "neighbour");
    for host in 1..=200 {
        let elsewhere = Sent::postback().from(&format!("192.0.2.{host}:1"));
        assert_ne!(world.send(&elsewhere).name(), "too_many_failures");
        // Even from an address that both may call from.
        let caller = format!("10.9.0.{host}:1");
        let ours = world.send(&open.clone().from(&caller));
        assert_eq!(why(ours).0, "too_many_failures", "{caller}");
    }
    let theirs = world.send(&neighbour.from("10.9.0.1:1"));
    assert_eq!(why(theirs).0, "unauthorized");
}

#[test]
fn requests_past_the_headers_together_fail_no_more_often_than_others() {
    let world = World::new();
    let request = Sent::forged();
    let host = request.to(&world);
    let mut visits: Vec<_> = (0..200).map(|_| Visit::default()).collect();
    for visit in &mut visits {
        assert!(matches!(
            visit.on_headers(&world.gate, &host, false),
            Step::Hold
        ));
    }
    let codes: Vec<_> = visits
        .iter_mut()
        .filter_map(|visit| decision(visit.on_body(&world.gate, &host, request.body.len(), true)))
        .map(|decision| why(decision).0)
        .collect();
    assert_eq!(codes[..3], ["unauthorized"; 3]);
    assert_eq!(codes[3..], ["too_many_failures"; 197]);
}
