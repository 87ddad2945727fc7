//! Old deliveries go; what they meant stays.

use crate::delivery::Delivery;
use crate::ledger::Verdict;
use crate::report::period::Day;
use crate::store::place::{Kind, on_every_store};
use crate::testing::{START, delivery};

use super::{tell, with_click_log};

on_every_store! {
    what_is_old_goes_and_what_it_meant_stays,
    more_than_one_turn_removes_goes_to_the_last,
    nothing_is_removed_before_a_day_to_come,
    nothing_is_removed_by_asking_what_would_be,
}

const DAY: i64 = 86_400;

async fn what_is_old_goes_and_what_it_meant_stays(kind: Kind) {
    let (_place, store) = kind.store().await;
    with_click_log(&store).await;
    let old = delivery(0, "ftd approved 50USD");
    let young = delivery(40 * DAY, "lead approved");
    let young_day = Day::of(young.received_at);
    tell(&store, &[&[old.clone(), young.clone()]]).await;

    let removed = store.prune(young_day, young_day).await.unwrap();
    assert_eq!(removed.deliveries(), 1);
    assert_eq!(store.delivery(old.id).await.unwrap(), None);
    assert!(store.delivery(young.id).await.unwrap().is_some());
    assert_eq!(store.conversions("known").await.unwrap().len(), 2);

    // A retry, however late, is still one.
    let retry = delivery(41 * DAY, "ftd approved 50USD");
    let entries = tell(&store, &[&[retry]]).await;
    assert_eq!(entries[0].verdict, Verdict::Duplicate);
    assert_eq!(entries[0].answer_id, old.id);
    let again = store.prune(young_day, young_day).await.unwrap();
    assert_eq!(again.deliveries(), 0);
}

async fn more_than_one_turn_removes_goes_to_the_last(kind: Kind) {
    // More than SQLite deletes in one transaction.
    const OLD: i64 = 1_100;
    let (_place, store) = kind.store().await;
    let lead = |second| delivery(second, &format!("lead approved clickid=click-{second}"));
    let mut received: Vec<Delivery> = (0..OLD).map(lead).collect();
    received.push(lead(DAY));
    store.book(&received).await.unwrap();
    let before = Day::of(received.last().unwrap().received_at);
    let would_go = store.count_older(before, before).await.unwrap();
    let gone = store.prune(before, before).await.unwrap();
    assert_eq!(gone, would_go);
    assert_eq!(gone.deliveries(), OLD.unsigned_abs());
    let kept = store.delivery(received.last().unwrap().id).await.unwrap();
    assert!(kept.is_some());
}

async fn nothing_is_removed_before_a_day_to_come(kind: Kind) {
    let (_place, store) = kind.store().await;
    let received = delivery(0, "lead approved");
    store.book(std::slice::from_ref(&received)).await.unwrap();
    let today = Day::of(START);
    let asked = store.count_older(today.next(), today).await;
    for refused in [asked, store.prune(today.next(), today).await] {
        let refused = refused.unwrap_err().to_string();
        assert!(
            refused.contains("name 2024-05-29 or an earlier day"),
            "{refused}"
        );
    }
    assert!(store.delivery(received.id).await.unwrap().is_some());
}

async fn nothing_is_removed_by_asking_what_would_be(kind: Kind) {
    let (_place, store) = kind.store().await;
    let old = delivery(0, "lead approved");
    store.book(std::slice::from_ref(&old)).await.unwrap();
    let next_day = Day::of(START).next();
    assert_eq!(
        store
            .count_older(Day::of(START), next_day)
            .await
            .unwrap()
            .deliveries(),
        0
    );
    assert_eq!(
        store
            .count_older(next_day, next_day)
            .await
            .unwrap()
            .deliveries(),
        1
    );
    assert!(store.delivery(old.id).await.unwrap().is_some());
}
