//! How tests are shown, and what comes after them.

use postern_protocol::id::{KeyId, PartnerId};
use postern_protocol::time::UnixSeconds;

use super::super::{tell, with_click_log};
use super::{ALL, rehearse, test, verdicts};
use crate::explain::Explanation;
use crate::ledger::Verdict;
use crate::report::period::Period;
use crate::store::place::{Kind, on_every_store};
use crate::store::{DeliveryFilter, DeliverySearch, ExportQuery, Exported, Used};
use crate::testing::{START, admission, click, delivery};

on_every_store! {
    tests_are_told_apart_in_lists_and_exports,
    tests_are_traced_by_their_key,
    a_test_is_explained_as_it_was_told,
    a_click_that_comes_later_heals_nothing_of_a_test,
    a_search_finds_tests_and_can_leave_them_out,
    who_only_tries_things_out_is_not_heard_of,
}

async fn tests_are_told_apart_in_lists_and_exports(kind: Kind) {
    let (_place, store) = kind.store().await;
    with_click_log(&store).await;
    let live = delivery(0, "lead approved");
    tell(&store, &[std::slice::from_ref(&live)]).await;
    let told = test(1, "lead approved");
    rehearse(&store, std::slice::from_ref(&told)).await;
    let acme = PartnerId::parse("acme").ok();
    for (is_test, partner, expected) in [
        (None, None, vec![told.id, live.id]),
        (Some(true), None, vec![told.id]),
        (Some(false), None, vec![live.id]),
        // The log of a partner keeps the two apart.
        (None, acme.clone(), vec![told.id, live.id]),
        (Some(true), acme.clone(), vec![told.id]),
        (Some(false), acme, vec![live.id]),
    ] {
        let filter = DeliveryFilter {
            is_test,
            partner: partner.clone(),
            ..DeliveryFilter::default()
        };
        let listed = store.list_deliveries(&filter, ALL).await.unwrap();
        let ids: Vec<_> = listed.iter().map(|it| it.id).collect();
        assert_eq!(ids, expected, "{is_test:?}");
        let asked = ExportQuery {
            what: Exported::Deliveries,
            period: Period::default(),
            partner,
            is_test,
        };
        let page = store.export(&asked, None).await.unwrap();
        assert_eq!(page.rows.len(), expected.len(), "{is_test:?}");
        assert_eq!(asked.names().last(), Some(&"test"));
    }
}

async fn tests_are_traced_by_their_key(kind: Kind) {
    let (_place, store) = kind.store().await;
    with_click_log(&store).await;
    let acme = PartnerId::parse("acme").unwrap();
    tell(&store, &[&[delivery(0, "lead approved")]]).await;
    assert_eq!(store.test_traces(&acme).await.unwrap(), []);
    let mut by_secret = test(1, "lead approved");
    by_secret.key = KeyId::of_test("sandbox").unwrap();
    rehearse(&store, &[by_secret, test(2, "lead approved")]).await;
    let traces = store.test_traces(&acme).await.unwrap();
    let keys: Vec<&str> = traces.iter().map(|it| it.key_id.as_str()).collect();
    assert_eq!(keys, ["2026-01", "test.sandbox"]);
    assert_eq!(store.traces(&acme, 10).await.unwrap().len(), 1);
}

async fn a_test_is_explained_as_it_was_told(kind: Kind) {
    let (_place, store) = kind.store().await;
    with_click_log(&store).await;
    // A live conversion of the same click is none of its business.
    tell(&store, &[&[delivery(0, "ftd approved 50USD")]]).await;
    let told = test(60, "ftd approved 70USD");
    rehearse(&store, std::slice::from_ref(&told)).await;
    let history = store.history(told.id).await.unwrap().unwrap();
    assert_eq!(history.conversion, None);
    let page = Explanation::of(&history, START).to_string();
    for said in [
        "test: it counts nowhere, and would appear as",
        "a new ftd approved 70.00 USD, named ftd",
        "cpa booked 100.00 USD",
    ] {
        assert!(page.contains(said), "{said} is not in {page}");
    }
}

async fn a_click_that_comes_later_heals_nothing_of_a_test(kind: Kind) {
    let (_place, store) = kind.store().await;
    let early = test(0, "lead approved clickid=late");
    assert_eq!(verdicts(&store, &[early]).await, [Verdict::Flagged]);
    store.import_clicks(&[click("late", None)]).await.unwrap();
    let agreements = admission(&["acme"]).agreements;
    let now = UnixSeconds(START.0 + 60);
    store.heal(&["late"], &agreements, now).await.unwrap();
    assert_eq!(store.conversions("late").await.unwrap(), []);
    // The next test sees the click, and so does the one that is replayed before it.
    let later = test(120, "lead approved clickid=late");
    let told = rehearse(&store, std::slice::from_ref(&later)).await;
    assert_eq!(told[0].0, Verdict::Duplicate);
    assert_eq!(told[0].1["click"], "logged");
}

async fn a_search_finds_tests_and_can_leave_them_out(kind: Kind) {
    let (_place, store) = kind.store().await;
    let live = delivery(0, "lead approved clickid=test-1");
    tell(&store, &[std::slice::from_ref(&live)]).await;
    let told = test(1, "ftd approved 50USD clickid=test-1");
    rehearse(&store, std::slice::from_ref(&told)).await;
    for (is_test, expected) in [
        (None, vec![told.id, live.id]),
        (Some(true), vec![told.id]),
        (Some(false), vec![live.id]),
    ] {
        let search = DeliverySearch {
            is_test,
            text: Some("test-1".to_owned()),
            ..DeliverySearch::default()
        };
        let found = store.search_deliveries(&search, ALL).await.unwrap();
        let ids: Vec<_> = found.rows.iter().map(|it| it.delivery.id).collect();
        assert_eq!(ids, expected, "{is_test:?}");
    }
}

async fn who_only_tries_things_out_is_not_heard_of(kind: Kind) {
    let (_place, store) = kind.store().await;
    rehearse(&store, &[test(60, "lead approved clickid=test-1")]).await;
    let acme = [PartnerId::parse("acme").unwrap()];
    let used = Used {
        from: START,
        until: UnixSeconds(START.0 + 3_600),
        up_to: 10,
    };
    let heard = store.last_heard(&acme, used).await.unwrap();
    assert_eq!((heard[0].last_at, heard[0].used), (None, 0));
    assert_eq!(store.minutes(START).await.unwrap().counts, []);
    tell(&store, &[&[delivery(120, "lead approved")]]).await;
    rehearse(&store, &[test(180, "ftd approved 5USD clickid=test-1")]).await;
    let heard = store.last_heard(&acme, used).await.unwrap();
    let at = UnixSeconds(START.0 + 120);
    assert_eq!((heard[0].last_at, heard[0].used), (Some(at), 1));
    assert_eq!(store.minutes(START).await.unwrap().counts.len(), 1);
}
