//! How a partner's postbacks have been of late.

use postern_protocol::id::PartnerId;
use postern_protocol::time::UnixSeconds;

use super::{tell, with_click_log};
use crate::ledger::Verdict;
use crate::store::Trace;
use crate::store::place::{Kind, on_every_store};
use crate::testing::{START, delivery, delivery_of};

on_every_store! {
    the_newest_deliveries_of_a_partner_are_traced,
    a_clock_is_ahead_by_the_most_an_event_was,
    open_flags_are_told_apart_by_partner,
}

fn partner(id: &str) -> PartnerId {
    PartnerId::parse(id).unwrap()
}

async fn the_newest_deliveries_of_a_partner_are_traced(kind: Kind) {
    let (_place, store) = kind.store().await;
    with_click_log(&store).await;
    let story = [
        delivery(0, "lead approved"),
        delivery_of("east", 1, "lead approved"),
        delivery(2, "lead approved clickid=nobody"),
        delivery(3, "ftd approved 5USD timestamp=x"),
    ];
    tell(&store, &[&story]).await;
    let trace = |seconds: i64, verdict| Trace {
        received_at: UnixSeconds(START.0 + seconds),
        verdict,
        form: "params".to_owned(),
        key_id: "2026-01".to_owned(),
    };
    let invalid = trace(3, Verdict::Invalid);
    let flagged = trace(2, Verdict::Flagged);
    let traces = store.traces(&partner("acme"), 2).await.unwrap();
    assert_eq!(traces, [invalid.clone(), flagged.clone()]);
    let traces = store.traces(&partner("acme"), 100).await.unwrap();
    assert_eq!(traces, [invalid, flagged, trace(0, Verdict::Accepted)]);
    assert_eq!(store.traces(&partner("west"), 100).await.unwrap(), []);
}

async fn a_clock_is_ahead_by_the_most_an_event_was(kind: Kind) {
    let (_place, store) = kind.store().await;
    assert_eq!(store.clock_ahead(&partner("acme")).await.unwrap(), None);
    let at = |seconds: i64, offset: i64| {
        let timestamp = START.0 + seconds + offset;
        delivery(
            seconds,
            &format!("lead approved clickid=c{seconds} timestamp={timestamp}"),
        )
    };
    tell(&store, &[&[at(0, -60)]]).await;
    let ahead = store.clock_ahead(&partner("acme")).await.unwrap();
    assert_eq!(ahead, Some(-60));
    tell(&store, &[&[at(10, 42), at(20, 7)]]).await;
    let ahead = store.clock_ahead(&partner("acme")).await.unwrap();
    assert_eq!(ahead, Some(42));
}

async fn open_flags_are_told_apart_by_partner(kind: Kind) {
    let (_place, store) = kind.store().await;
    let open = store.open_flags_by_partner().await.unwrap();
    assert_eq!(open.of("acme").if_any(), None);
    with_click_log(&store).await;
    let story = [
        delivery(0, "lead approved clickid=a"),
        delivery(1, "lead approved clickid=b"),
        delivery_of("east", 2, "lead approved clickid=c"),
        delivery_of("west", 3, "lead approved"),
    ];
    tell(&store, &[&story]).await;
    let open = store.open_flags_by_partner().await.unwrap();
    let told = ["acme", "east", "west"].map(|id| open.of(id).to_string());
    assert_eq!(told, ["2", "1", "0"]);
}
