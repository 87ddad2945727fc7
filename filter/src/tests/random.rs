//! Whatever arrives, nothing goes on without a signature that fits, and nothing panics.

use super::outcome::decision;
use super::sent::Sent;
use super::world::World;
use crate::decision::Decision;
use crate::visit::{Step, Visit};
use proptest::prelude::*;

/// Headers that matter, with values that nearly fit, and some of any bytes.
fn header() -> impl Strategy<Value = (String, Vec<u8>)> {
    let name = prop::sample::select(vec![
        ":method",
        ":path",
        "content-type",
        "content-encoding",
        "content-length",
        "x-rs-source",
        "x-rs-sign",
        "x-rs-timestamp",
        "x-request-id",
        "x-postern-proof",
        "other",
    ]);
    let value = prop_oneof![
        prop::sample::select(vec![
            "POST",
            "GET",
            "/v1/event",
            "/v1/event?source=strict",
            "/v1/event?clickid=a&sign=0",
            "strict",
            "open",
            "0",
            "84",
            "1000",
            "99999999999999999999",
            "1700000000",
            "application/json",
            "gzip",
            "application/x-www-form-urlencoded",
        ])
        .prop_map(Vec::from),
        prop::collection::vec(any::<u8>(), 0..80),
        "[0-9a-f]{64}".prop_map(Vec::from),
    ];
    (name.prop_map(str::to_owned), value)
}

fn request() -> impl Strategy<Value = Sent> {
    let changes = prop::collection::vec((any::<bool>(), header()), 0..6);
    let caller = prop::sample::select(vec![
        "192.0.2.7:5",
        "10.9.0.1:5",
        "[2001:db8::1]:5",
        "/socket",
        "",
    ]);
    let body = prop_oneof![
        Just(Sent::postback().body),
        prop::collection::vec(any::<u8>(), 0..1_200),
        "\\{\"clickid\":\"[a-z]{0,9}\"(,\"sign\":\"[0-9a-f]{64}\")?\\}".prop_map(Vec::from),
    ];
    (changes, caller, body).prop_map(|(changes, caller, body)| {
        // Never signed: the one header that would make it pass is left out or random.
        let mut sent = Sent::postback().without("x-rs-sign").from(caller);
        sent.body = body;
        for (instead, (name, value)) in changes {
            if instead {
                sent = sent.without(&name);
            }
            sent.headers.push((name, value));
        }
        sent
    })
}

#[derive(Clone, Copy, Debug)]
enum Callback {
    Headers(bool),
    Body(u16, bool),
    Trailers,
}

fn callback() -> impl Strategy<Value = Callback> {
    prop_oneof![
        any::<bool>().prop_map(Callback::Headers),
        (0u16..1_200, any::<bool>()).prop_map(|(size, end)| Callback::Body(size, end)),
        Just(Callback::Trailers),
    ]
}

proptest! {
    #[test]
    fn nothing_unsigned_goes_on(request in request(), callbacks in prop::collection::vec(callback(), 1..8)) {
        let (world, mut visit) = (World::new(), Visit::default());
        let host = request.to(&world);
        for callback in callbacks {
            let step = match callback {
                Callback::Headers(end) => visit.on_headers(&world.gate, &host, end),
                Callback::Body(size, end) => visit.on_body(&world.gate, &host, size.into(), end),
                Callback::Trailers => visit.on_trailers(&world.gate, &host),
            };
            prop_assert!(!matches!(step, Step::Follow), "{:?}", step);
            prop_assert!(!matches!(decision(step), Some(Decision::Accepted(_))));
        }
    }

    #[test]
    fn a_signed_postback_passes_in_whatever_pieces_it_arrives(pieces in prop::collection::vec(0usize..60, 0..6), trailers: bool) {
        let (world, request, mut visit) = (World::new(), Sent::postback(), Visit::default());
        let host = request.to(&world);
        let mut last = visit.on_headers(&world.gate, &host, false);
        let mut size = 0;
        for piece in pieces {
            size = request.body.len().min(size + piece);
            last = visit.on_body(&world.gate, &host, size, false);
            prop_assert!(matches!(last, Step::Hold));
        }
        prop_assert!(matches!(last, Step::Hold));
        last = visit.on_body(&world.gate, &host, request.body.len(), !trailers);
        if trailers {
            last = visit.on_trailers(&world.gate, &host);
        }
        prop_assert!(matches!(decision(last), Some(Decision::Accepted(_))));
    }
}
