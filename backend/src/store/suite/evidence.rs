//! What stands beside a flag.

use uuid::Uuid;

use super::{tell, with_click_log};
use crate::delivery::Delivery;
use crate::store::place::{Kind, on_every_store};
use crate::store::{EVIDENCE_ROWS, Evidence, Store, WaitingFilter, WaitingOrder};
use crate::testing::{click, delivery, delivery_of};

on_every_store! {
    a_flag_has_its_delivery_its_click_and_what_else_happened_on_it,
    the_same_address_and_the_same_amount_are_found_among_what_the_partner_sent_before,
    however_much_there_is_only_the_latest_is_shown,
    where_nothing_is_known_nothing_is_shown,
}

/// What stands beside the flag that this delivery raised.
async fn beside(store: &Store, delivery: &Delivery) -> Evidence {
    let all = WaitingFilter::default();
    let waiting = store.waiting(&all, WaitingOrder::Age, None, 1_000).await;
    let waiting = waiting.unwrap();
    let flag = waiting.iter().find(|flag| flag.id.delivery == delivery.id);
    store.evidence(flag.unwrap()).await.unwrap()
}

fn ids<'e, T: 'e>(rows: &'e [T], id: impl Fn(&'e T) -> Uuid) -> Vec<Uuid> {
    rows.iter().map(id).collect()
}

async fn a_flag_has_its_delivery_its_click_and_what_else_happened_on_it(kind: Kind) {
    let (_place, store) = kind.store().await;
    store
        .import_clicks(&[click("c", Some("acme"))])
        .await
        .unwrap();
    let lead = delivery(0, "lead approved clickid=c");
    let first = delivery(10, "ftd approved 50USD transaction_id=A clickid=c");
    let second = delivery(20, "ftd approved 60USD transaction_id=B clickid=c");
    let elsewhere = delivery(30, "lead approved clickid=other");
    let story = [lead.clone(), first.clone(), second.clone(), elsewhere];
    tell(&store, &[&story]).await;

    let evidence = beside(&store, &second).await;
    assert_eq!(evidence.delivery.unwrap().id, second.id);
    assert_eq!(evidence.click.unwrap().partner.unwrap().as_str(), "acme");
    assert_eq!(ids(&evidence.on_click, |it| it.id), [first.id, lead.id]);
    assert_eq!(evidence.decided, []);
}

async fn the_same_address_and_the_same_amount_are_found_among_what_the_partner_sent_before(
    kind: Kind,
) {
    let (_place, store) = kind.store().await;
    with_click_log(&store).await;
    let from = |address: &str, delivery: Delivery| Delivery {
        address: address.parse().unwrap(),
        ..delivery
    };
    let story = [
        delivery(0, "redeposit approved 60USD transaction_id=1"),
        delivery(1, "redeposit approved 60EUR transaction_id=2"),
        from("192.0.2.8", delivery(2, "lead approved")),
        delivery_of("east", 3, "redeposit approved 60USD transaction_id=3"),
        delivery(4, "ftd approved 60USD transaction_id=A clickid=known"),
        delivery(5, "ftd approved 60USD transaction_id=B clickid=known"),
        delivery(6, "redeposit approved 60USD transaction_id=4"),
    ];
    tell(&store, &[&story]).await;
    let evidence = beside(&store, &story[5]).await;
    // Its own conversion is no neighbour of its, and what came later is not before it.
    assert_eq!(ids(&evidence.same_amount, |it| it.id), [story[0].id]);
    let same = [story[4].id, story[1].id, story[0].id];
    assert_eq!(ids(&evidence.same_address, |it| it.id), same);
    assert_eq!(evidence.same_address[0].clickid, "known");
}

async fn however_much_there_is_only_the_latest_is_shown(kind: Kind) {
    let (_place, store) = kind.store().await;
    let story: Vec<Delivery> = (0..30)
        .map(|n| {
            let words = format!("redeposit approved 60USD transaction_id=T-{n} clickid=busy");
            delivery(n, &words)
        })
        .collect();
    tell(&store, &[&story]).await;
    let evidence = beside(&store, &story[29]).await;
    let latest = |from: usize| -> Vec<Uuid> {
        let rows = story[..from].iter().rev().map(|it| it.id);
        rows.take(usize::try_from(EVIDENCE_ROWS).unwrap()).collect()
    };
    assert_eq!(ids(&evidence.on_click, |it| it.id), latest(30));
    assert_eq!(ids(&evidence.same_address, |it| it.id), latest(29));
    assert_eq!(ids(&evidence.same_amount, |it| it.id), latest(29));
}

async fn where_nothing_is_known_nothing_is_shown(kind: Kind) {
    let (place, store) = kind.store().await;
    let alone = delivery(0, "lead approved clickid=nobody");
    tell(&store, &[std::slice::from_ref(&alone)]).await;
    place.run("DELETE FROM deliveries").await;
    let evidence = beside(&store, &alone).await;
    assert_eq!(evidence.delivery, None);
    assert_eq!(evidence.click, None);
    assert_eq!(ids(&evidence.on_click, |it| it.id), [alone.id]);
    assert!(evidence.same_address.is_empty() && evidence.same_amount.is_empty());
}
