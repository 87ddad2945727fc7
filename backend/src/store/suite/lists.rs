//! Lists: newest first, filtered, a page at a time.

use postern_protocol::event::{EventKind, Status};
use postern_protocol::id::PartnerId;
use postern_protocol::time::UnixSeconds;
use uuid::Uuid;

use super::booked;
use crate::ledger::Verdict;
use crate::store::place::{Kind, on_every_store};
use crate::store::{ConversionFilter, DeliveryFilter, Slice, Span, Store};
use crate::testing::{START, delivery, delivery_of};

on_every_store! {
    a_walk_sees_each_row_once_while_others_come_in,
    deliveries_are_found_by_partner_verdict_and_time,
    conversions_are_found_by_what_they_are,
    one_conversion_is_found_by_its_id,
}

const ALL: Slice = Slice {
    after: None,
    limit: 100,
};

fn acme() -> Option<PartnerId> {
    PartnerId::parse("acme").ok()
}

fn seconds(from: i64, until: i64) -> Span {
    Span {
        from: Some(UnixSeconds(START.0 + from)),
        until: Some(UnixSeconds(START.0 + until)),
    }
}

/// The ids of all deliveries, by pages of `limit`; `meanwhile` runs after each page.
async fn walk(store: &Store, limit: u32, meanwhile: impl AsyncFn(usize)) -> Vec<Uuid> {
    let mut seen = Vec::new();
    loop {
        let slice = Slice {
            after: seen.last().copied(),
            limit,
        };
        let filter = DeliveryFilter::default();
        let page = store.list_deliveries(&filter, slice).await.unwrap();
        if page.is_empty() {
            return seen;
        }
        seen.extend(page.iter().map(|row| row.id));
        meanwhile(seen.len()).await;
    }
}

async fn a_walk_sees_each_row_once_while_others_come_in(kind: Kind) {
    let (_place, store) = kind.store().await;
    let mut ids = Vec::new();
    for second in 0..7 {
        let one = delivery(second, "lead approved");
        ids.push(one.id);
        store.book(&[one]).await.unwrap();
    }
    ids.reverse();
    let comes_in = async |seen: usize| {
        let second = 100 + i64::try_from(seen).unwrap();
        store
            .book(&[delivery(second, "lead approved")])
            .await
            .unwrap();
    };
    for limit in [1, 2, 7] {
        let before = ids.clone();
        let seen = walk(&store, limit, async |_| {}).await;
        assert_eq!(seen, before, "pages of {limit}");
    }
    assert_eq!(walk(&store, 2, comes_in).await, ids);
}

async fn deliveries_are_found_by_partner_verdict_and_time(kind: Kind) {
    let (_place, store) = kind.store().await;
    let batch = [
        delivery(0, "ftd approved 50.00USD"),
        delivery_of("east", 10, "ftd approved 50.00USD"),
        delivery(20, "ftd approved 50.00USD timestamp=x"),
        delivery(30, "ftd approved 60.00USD"),
    ];
    let [first, east, invalid, last] = booked(&store, batch).await;
    let fits = |change: fn(&mut DeliveryFilter)| {
        let mut filter = DeliveryFilter::default();
        change(&mut filter);
        filter
    };
    for (filter, expected) in [
        (fits(|_| {}), vec![last, invalid, east, first]),
        (fits(|it| it.partner = acme()), vec![last, invalid, first]),
        (
            fits(|it| it.verdict = Some(Verdict::Invalid)),
            vec![invalid],
        ),
        (
            fits(|it| it.received = seconds(10, 30)),
            vec![invalid, east],
        ),
    ] {
        let rows = store.list_deliveries(&filter, ALL).await.unwrap();
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        assert_eq!(ids, expected, "{filter:?}");
    }
}

async fn conversions_are_found_by_what_they_are(kind: Kind) {
    let (_place, store) = kind.store().await;
    let batch = [
        delivery(0, "ftd approved 50.00USD"),
        delivery_of("east", 10, "lead pending"),
        delivery(20, "lead approved clickid=nobody-knows"),
    ];
    let [ftd, east, unknown] = booked(&store, batch).await;
    let fits = |change: fn(&mut ConversionFilter)| {
        let mut filter = ConversionFilter::default();
        change(&mut filter);
        filter
    };
    for (filter, expected) in [
        (fits(|_| {}), vec![unknown, east, ftd]),
        (fits(|it| it.partner = acme()), vec![unknown, ftd]),
        (
            fits(|it| it.event = Some(EventKind::Lead)),
            vec![unknown, east],
        ),
        (fits(|it| it.status = Some(Status::Pending)), vec![east]),
        (
            fits(|it| it.clickid = Some("nobody-knows".to_owned())),
            vec![unknown],
        ),
        (fits(|it| it.is_blocked = Some(true)), vec![unknown]),
        (fits(|it| it.is_blocked = Some(false)), vec![east, ftd]),
        (fits(|it| it.opened = seconds(0, 10)), vec![ftd]),
    ] {
        let rows = store.list_conversions(&filter, ALL).await.unwrap();
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        assert_eq!(ids, expected, "{filter:?}");
    }
}

async fn one_conversion_is_found_by_its_id(kind: Kind) {
    let (_place, store) = kind.store().await;
    let ftd = delivery(0, "ftd approved 50.00USD geo=DE transaction_id=T-1");
    store.book(std::slice::from_ref(&ftd)).await.unwrap();
    let one = store.conversion(ftd.id).await.unwrap().unwrap();
    assert_eq!(
        (one.clickid.as_str(), one.geo.as_deref()),
        ("known", Some("DE"))
    );
    assert_eq!(one.transaction_id.as_deref(), Some("T-1"));
    assert_eq!(store.conversion(Uuid::nil()).await.unwrap(), None);
}
