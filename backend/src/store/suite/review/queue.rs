//! The queue: filters, orders, and a walk through its pages.

use postern_protocol::currency::Currency;
use postern_protocol::money::Money;
use postern_protocol::time::UnixSeconds;

use super::Desk;
use crate::ledger::{FlagReason, Reported};
use crate::store::place::{Kind, on_every_store};
use crate::store::{MAX_WAITING, WaitingFilter, WaitingOrder};
use crate::testing::START;

on_every_store! {
    the_queue_is_filtered_by_all_that_is_asked,
    the_queue_is_ordered_by_age_or_by_amount_within_a_currency,
    a_walk_through_the_pages_sees_each_flag_once,
    a_flag_shows_what_its_delivery_reported,
}

/// Flags of many kinds: 1 is about another partner's click, 4 is a second first deposit, the others
/// are about unknown clicks.
async fn busy(kind: Kind) -> Desk {
    let mut desk = Desk::open(kind).await;
    for (second, words) in [
        "ftd approved 50USD transaction_id=A clickid=a",
        "lead approved clickid=of_rival",
        "ftd approved 200EUR clickid=b",
        "redeposit approved 20USD transaction_id=R clickid=a",
        "ftd approved 300USD transaction_id=B clickid=a",
        "registration approved clickid=c",
        "lead approved clickid=b",
    ]
    .into_iter()
    .enumerate()
    {
        desk.play(second as i64, words).await;
    }
    desk
}

async fn numbers(desk: &Desk, filter: &WaitingFilter, order: WaitingOrder) -> Vec<usize> {
    let waiting = desk
        .store
        .waiting(filter, order, None, MAX_WAITING)
        .await
        .unwrap();
    let number = |id| desk.deliveries.iter().position(|it| it.id == id).unwrap();
    waiting
        .iter()
        .map(|flag| number(flag.id.delivery))
        .collect()
}

fn usd(minor: i64) -> Option<Money> {
    Money::of_minor(minor, Currency::parse("USD").unwrap())
}

async fn the_queue_is_filtered_by_all_that_is_asked(kind: Kind) {
    let desk = busy(kind).await;
    let all = WaitingFilter::default;
    let by_reason = WaitingFilter {
        reason: Some(FlagReason::UnknownClick),
        ..all()
    };
    let by_age = WaitingFilter {
        raised_before: Some(UnixSeconds(START.0 + 2)),
        ..all()
    };
    let by_amount = WaitingFilter {
        at_least: usd(5_000),
        ..all()
    };
    let by_partner = WaitingFilter {
        partner: Some("rival".parse().unwrap()),
        ..all()
    };
    let by_everything = WaitingFilter {
        reason: Some(FlagReason::UnknownClick),
        partner: Some("acme".parse().unwrap()),
        raised_before: Some(UnixSeconds(START.0 + 4)),
        at_least: usd(2_001),
    };
    for (filter, expected) in [
        (all(), vec![0, 1, 2, 3, 4, 5, 6]),
        (by_reason, vec![0, 2, 3, 5, 6]),
        (by_age, vec![0, 1]),
        // The amount of the second deposit counts, not that of the first; euros are no dollars.
        (by_amount, vec![0, 4]),
        (by_partner, vec![]),
        (by_everything, vec![0]),
    ] {
        let found = numbers(&desk, &filter, WaitingOrder::Age).await;
        assert_eq!(found, expected, "{filter:?}");
    }
}

async fn the_queue_is_ordered_by_age_or_by_amount_within_a_currency(kind: Kind) {
    let desk = busy(kind).await;
    let all = WaitingFilter::default();
    assert_eq!(
        numbers(&desk, &all, WaitingOrder::Age).await,
        [0, 1, 2, 3, 4, 5, 6]
    );
    // Euros, then dollars, then what has no amount.
    assert_eq!(
        numbers(&desk, &all, WaitingOrder::Amount).await,
        [2, 4, 0, 3, 1, 5, 6]
    );
}

async fn a_walk_through_the_pages_sees_each_flag_once(kind: Kind) {
    for order in [WaitingOrder::Age, WaitingOrder::Amount] {
        let mut desk = busy(kind).await;
        let all = WaitingFilter::default();
        let whole = desk
            .store
            .waiting(&all, order, None, MAX_WAITING)
            .await
            .unwrap();
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = desk.store.waiting(&all, order, after, 2).await.unwrap();
            let Some(last) = page.last() else { break };
            // A cursor goes through other hands as text.
            after = Some(last.cursor(order).to_string().parse().unwrap());
            // What was seen may be decided while the walk goes on.
            let first = desk
                .deliveries
                .iter()
                .position(|it| it.id == page[0].id.delivery);
            let name = format!("reject {}/{}", first.unwrap(), page[0].id.reason);
            desk.play(100, &name).await;
            seen.extend(page.into_iter().map(|flag| flag.id));
        }
        // To reject 0 settles 4 as well, which waits on the same conversion.
        let settled = |id: &_| *id != desk.flag("4/double_ftd");
        let whole: Vec<_> = whole.into_iter().map(|flag| flag.id).collect();
        if order == WaitingOrder::Age {
            assert_eq!(seen, whole.into_iter().filter(settled).collect::<Vec<_>>());
        } else {
            assert_eq!(seen, whole);
        }
    }
}

async fn a_flag_shows_what_its_delivery_reported(kind: Kind) {
    let desk = busy(kind).await;
    let filter = WaitingFilter {
        reason: Some(FlagReason::DoubleFtd),
        ..WaitingFilter::default()
    };
    let waiting = desk
        .store
        .waiting(&filter, WaitingOrder::Age, None, 1)
        .await
        .unwrap();
    let second = &desk.deliveries[4];
    let reported = Reported::of(second.event.as_ref().unwrap(), second.received_at);
    assert_eq!(waiting[0].reported, Some(reported));
    assert_eq!(waiting[0].money(), usd(30_000));
    assert_eq!(waiting[0].state.money, usd(5_000));
    assert_eq!(waiting[0].conversion, desk.deliveries[0].id);
}
