//! Searching the delivery log, and how busy it is.

use postern_protocol::event::EventKind;
use postern_protocol::id::PartnerId;
use postern_protocol::time::UnixSeconds;
use uuid::Uuid;

use super::{booked, tell, with_click_log};
use crate::ledger::Verdict;
use crate::store::place::{Kind, on_every_store};
use crate::store::{CONTENTS_MAX, DeliverySearch, FoundDeliveries, Slice, Span, Store, Used};
use crate::testing::{START, delivery, delivery_of};

on_every_store! {
    a_search_finds_what_the_log_holds_and_what_it_is_about,
    a_search_finds_by_each_word_and_by_all_of_them,
    a_click_is_found_with_its_repeats_each_once,
    a_click_of_many_contents_says_that_it_has_more,
    a_walk_through_a_search_sees_each_row_once,
    deliveries_are_counted_by_partner_and_minute,
    a_partner_that_fell_silent_is_told_from_one_that_never_spoke,
}

fn partner(id: &str) -> PartnerId {
    PartnerId::parse(id).unwrap()
}

fn at(seconds: i64) -> UnixSeconds {
    UnixSeconds(START.0 + seconds)
}

async fn search(store: &Store, change: impl FnOnce(&mut DeliverySearch)) -> FoundDeliveries {
    let mut search = DeliverySearch::default();
    change(&mut search);
    let slice = Slice {
        after: None,
        limit: 100,
    };
    store.search_deliveries(&search, slice).await.unwrap()
}

fn ids(found: &FoundDeliveries) -> Vec<Uuid> {
    found.rows.iter().map(|row| row.delivery.id).collect()
}

async fn a_search_finds_what_the_log_holds_and_what_it_is_about(kind: Kind) {
    let (_place, store) = kind.store().await;
    let batch = [
        delivery(0, "ftd approved 50.00USD"),
        delivery(20, "ftd approved 50.00USD timestamp=x"),
    ];
    let [first, invalid] = booked(&store, batch).await;
    let all = search(&store, |_| {}).await;
    assert_eq!(ids(&all), [invalid, first]);
    assert_eq!((all.next, all.is_partial), (None, false));
    let about = all.rows[1].about.expect("it opened a conversion");
    assert_eq!(about.event, EventKind::Ftd);
    assert_eq!(about.money.unwrap().to_string(), "50.00 USD");
    assert_eq!(all.rows[0].about, None, "nothing in it could be booked");
}

async fn a_search_finds_by_each_word_and_by_all_of_them(kind: Kind) {
    let (_place, store) = kind.store().await;
    let batch = [
        delivery(0, "ftd approved 50.00USD"),
        delivery_of("east", 10, "ftd approved 50.00USD"),
        delivery(20, "ftd approved 50.00USD timestamp=x"),
        delivery(30, "lead pending clickid=nobody-knows"),
    ];
    let [first, east, invalid, lead] = booked(&store, batch).await;
    let found = search(&store, |it| it.partner = Some(partner("east"))).await;
    assert_eq!(ids(&found), [east]);
    let found = search(&store, |it| it.verdict = Some(Verdict::Invalid)).await;
    assert_eq!(ids(&found), [invalid]);
    let found = search(&store, |it| it.event = Some(EventKind::Ftd)).await;
    assert_eq!(ids(&found), [east, first]);
    let found = search(&store, |it| it.text = Some("nobody-knows".to_owned())).await;
    assert_eq!(ids(&found), [lead]);
    let found = search(&store, |it| it.text = Some("r-20".to_owned())).await;
    assert_eq!(ids(&found), [invalid], "by its request id");
    let found = search(&store, |it| {
        it.partner = Some(partner("acme"));
        it.event = Some(EventKind::Ftd);
        it.received = Span {
            from: None,
            until: Some(at(10)),
        };
    });
    assert_eq!(ids(&found.await), [first]);
    for hostile in ["' OR 1=1 --", "\0", "r-20\0"] {
        let found = search(&store, |it| it.text = Some(hostile.to_owned())).await;
        assert!(found.rows.is_empty(), "{hostile:?}");
    }
}

async fn a_click_is_found_with_its_repeats_each_once(kind: Kind) {
    let (_place, store) = kind.store().await;
    let batch = [
        delivery(0, "lead approved timestamp=1717000000"),
        delivery(1, "lead approved timestamp=1717000000"),
        delivery(2, "ftd approved 50.00USD"),
        delivery(3, "lead approved clickid=another"),
    ];
    let [lead, again, ftd, _] = booked(&store, batch).await;
    let known = || Some("known".to_owned());
    let found = search(&store, |it| it.text = known()).await;
    assert_eq!(ids(&found), [ftd, again, lead]);
    assert_eq!(found.rows[1].delivery.repeat_of, Some(lead));
    let found = search(&store, |it| {
        it.text = known();
        it.verdict = Some(Verdict::Duplicate);
    });
    assert_eq!(ids(&found.await), [again]);
}

async fn a_click_of_many_contents_says_that_it_has_more(kind: Kind) {
    let (_place, store) = kind.store().await;
    with_click_log(&store).await;
    let most = i64::from(CONTENTS_MAX);
    let lead = |second| delivery(second, &format!("lead approved transaction_id=T-{second}"));
    let all: Vec<_> = (0..most).map(lead).collect();
    tell(&store, &[&all]).await;
    let known = |it: &mut DeliverySearch| it.text = Some("known".to_owned());
    let found = search(&store, known).await;
    assert_eq!((found.rows.len(), found.contents_since), (all.len(), None));

    let newest = lead(most);
    store.book(std::slice::from_ref(&newest)).await.unwrap();
    let found = search(&store, known).await;
    assert_eq!(
        (found.rows.len(), found.rows[0].delivery.id),
        (all.len(), newest.id)
    );
    assert_eq!(
        found.contents_since,
        Some(at(1)),
        "the oldest that is shown"
    );
    let before = search(&store, |it| {
        known(it);
        it.received.until = Some(at(2));
    });
    assert_eq!(ids(&before.await), [all[1].id, all[0].id]);
}

async fn a_walk_through_a_search_sees_each_row_once(kind: Kind) {
    let (_place, store) = kind.store().await;
    with_click_log(&store).await;
    let mut expected = Vec::new();
    for second in 0..7 {
        let one = delivery(second, "lead approved timestamp=1717000000");
        expected.push(one.id);
        store.book(&[one]).await.unwrap();
    }
    let first = expected.remove(0); // the others repeat it
    expected.reverse();
    for text in [None, Some("known".to_owned())] {
        let search = DeliverySearch {
            verdict: Some(Verdict::Duplicate),
            text,
            ..DeliverySearch::default()
        };
        let mut seen: Vec<Uuid> = Vec::new();
        let mut after = None;
        loop {
            let slice = Slice { after, limit: 2 };
            let page = store.search_deliveries(&search, slice).await.unwrap();
            seen.extend(ids(&page));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen, expected);
        assert!(!seen.contains(&first));
    }
}

async fn deliveries_are_counted_by_partner_and_minute(kind: Kind) {
    let (_place, store) = kind.store().await;
    with_click_log(&store).await;
    let batch = [
        delivery(0, "lead approved clickid=a"),
        delivery(60, "lead approved clickid=b"),
        delivery(61, "lead approved clickid=c"),
        delivery_of("east", 62, "lead approved clickid=d"),
    ];
    tell(&store, &[&batch]).await;
    let minutes = store.minutes(at(60)).await.unwrap();
    let mut counts: Vec<_> = minutes
        .counts
        .iter()
        .map(|it| (it.partner.as_str(), it.minute, it.deliveries))
        .collect();
    counts.sort_unstable();
    let minute = at(60).0 / 60;
    assert_eq!(counts, [("acme", minute, 2), ("east", minute, 1)]);
    assert_eq!(minutes.counted_since, None);
    assert_eq!(store.minutes(at(0)).await.unwrap().counts.len(), 3);
}

async fn a_partner_that_fell_silent_is_told_from_one_that_never_spoke(kind: Kind) {
    let (_place, store) = kind.store().await;
    with_click_log(&store).await;
    let batch = [
        delivery(0, "lead approved clickid=a"),
        delivery(10, "lead approved clickid=b"),
        delivery(20, "lead approved clickid=c"),
    ];
    tell(&store, &[&batch]).await;
    let used = Used {
        from: at(0),
        until: at(15),
        up_to: 5,
    };
    let partners = [partner("acme"), partner("east")];
    let heard = store.last_heard(&partners, used).await.unwrap();
    let told: Vec<_> = heard
        .iter()
        .map(|it| (it.partner.as_str(), it.last_at, it.used))
        .collect();
    assert_eq!(told, [("acme", Some(at(20)), 2), ("east", None, 0)]);
    let bounded = Used { up_to: 1, ..used };
    let heard = store.last_heard(&partners[..1], bounded).await.unwrap();
    assert_eq!(heard[0].used, 1, "counting ends at the bound");
    assert_eq!(store.last_heard(&[], used).await.unwrap(), []);
}
