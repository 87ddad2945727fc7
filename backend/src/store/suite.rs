//! What every store must do, told once and run against each.

use proptest::prelude::*;

use super::{Click, Imported, Store};
use crate::delivery::Delivery;
use crate::ledger::stories::{CLICK_LOG, Step, deliveries, in_words, stories};
use crate::ledger::{Entry, FlagReason, MAX_ALIKE, Snapshot, Verdict, decide};
use crate::testing::{Folder, click, delivery, delivery_of};

async fn with_click_log(store: &Store) {
    let clicks: Vec<Click> = CLICK_LOG
        .iter()
        .map(|(clickid, partner)| click(clickid, *partner))
        .collect();
    store.import_clicks(&clicks).await.unwrap();
}

async fn tell(store: &Store, batches: &[&[Delivery]]) -> Vec<Entry> {
    let mut entries = Vec::new();
    for batch in batches {
        entries.extend(store.book(batch).await.unwrap());
    }
    entries
}

fn assert_as_told(name: &str, steps: &[Step], story: &[Delivery], entries: &[Entry]) {
    for ((delivery, entry), (_, words, expected)) in story.iter().zip(entries).zip(steps) {
        assert_eq!(
            in_words(entry, story, delivery),
            *expected,
            "{name}: {words}"
        );
    }
}

#[tokio::test]
async fn every_story_ends_as_told_one_delivery_at_a_time() {
    for (name, steps) in stories() {
        let folder = Folder::new();
        let store = Store::open(&folder.url()).await.unwrap();
        with_click_log(&store).await;
        let story = deliveries(steps);
        let batches: Vec<&[Delivery]> = story.chunks(1).collect();
        assert_as_told(name, steps, &story, &tell(&store, &batches).await);
    }
}

#[tokio::test]
async fn every_story_ends_as_told_in_one_transaction() {
    for (name, steps) in stories() {
        let folder = Folder::new();
        let store = Store::open(&folder.url()).await.unwrap();
        with_click_log(&store).await;
        let story = deliveries(steps);
        assert_as_told(name, steps, &story, &tell(&store, &[&story]).await);
    }
}

#[tokio::test]
async fn what_was_booked_is_there_after_the_store_is_opened_again() {
    let folder = Folder::new();
    let store = Store::open(&folder.url()).await.unwrap();
    let deposit = delivery(0, "ftd pending 50.00USD clickid=nobody sub_id_9=x");
    store.book(std::slice::from_ref(&deposit)).await.unwrap();
    store.close().await;

    let store = Store::open(&folder.url()).await.unwrap();
    let record = store.delivery(deposit.id).await.unwrap().unwrap();
    assert_eq!(record.clickid, "nobody");
    assert_eq!(record.verdict, Verdict::Flagged);
    assert_eq!(record.conversion, Some(deposit.id));
    assert_eq!(record.query, deposit.query.as_bytes());
    assert_eq!(record.flags.as_deref(), Some(r#"["unknown_click"]"#));
    assert_eq!(record.key_id, "2026-01");
    assert_eq!(record.address, "192.0.2.7");
    assert!(record.warnings.unwrap().contains("sub_id_9"));
    let conversions = store.conversions("nobody").await.unwrap();
    assert_eq!(conversions.len(), 1);
    assert_eq!(conversions[0].money.unwrap().minor(), 5_000);
    assert_eq!(conversions[0].identity, "ftd");
}

#[tokio::test]
async fn a_change_keeps_what_was_before() {
    let folder = Folder::new();
    let store = Store::open(&folder.url()).await.unwrap();
    with_click_log(&store).await;
    let opened = delivery(0, "ftd approved 50USD");
    let raised = delivery(60, "ftd approved 70USD");
    let taken_back = delivery(120, "ftd rejected reason=chargeback amount=70 currency=USD");
    let story = [opened.clone(), raised.clone(), taken_back.clone()];
    tell(&store, &[&story[..2], &story[2..]]).await;

    let changes = store.changes("known").await.unwrap();
    let amounts: Vec<_> = changes
        .iter()
        .map(|it| {
            (
                it.change.from.money.unwrap().minor(),
                it.change.to.money.unwrap().minor(),
            )
        })
        .collect();
    assert_eq!(amounts, [(5_000, 7_000), (7_000, 7_000)]);
    assert_eq!(changes[0].delivery, raised.id);
    assert_eq!(changes[1].reason.as_deref(), Some("chargeback"));
    let conversions = store.conversions("known").await.unwrap();
    assert_eq!(conversions[0].id, opened.id);
    assert_eq!(conversions[0].status.name(), "rejected");
    assert_eq!(conversions[0].changed_at, Some(taken_back.received_at));
}

#[tokio::test]
async fn of_very_many_alike_the_same_moves_however_they_are_loaded() {
    let alike = i64::from(MAX_ALIKE) + 6;
    let mut story: Vec<Delivery> = (0..alike)
        .map(|second| delivery(second, "redeposit pending 20USD"))
        .collect();
    story.push(delivery(alike, "redeposit approved 20USD"));
    for size in [1, story.len()] {
        let folder = Folder::new();
        let store = Store::open(&folder.url()).await.unwrap();
        let batches: Vec<&[Delivery]> = story.chunks(size).collect();
        let entries = tell(&store, &batches).await;
        // The first six lie beyond the bound.
        assert_eq!(entries.last().unwrap().conversion, Some(story[6].id));
    }
}

#[tokio::test]
async fn each_flag_names_the_delivery_that_raised_it() {
    let folder = Folder::new();
    let store = Store::open(&folder.url()).await.unwrap();
    with_click_log(&store).await;
    let first = delivery(0, "ftd approved 50USD transaction_id=A");
    let second = delivery(1, "ftd approved 80USD transaction_id=B");
    tell(&store, &[&[first.clone(), second.clone()]]).await;
    let flags = store.flags("known").await.unwrap();
    assert_eq!(flags.len(), 1);
    assert_eq!(flags[0].reason, FlagReason::DoubleFtd);
    assert_eq!(
        (flags[0].conversion, flags[0].delivery),
        (first.id, second.id)
    );
}

#[tokio::test]
async fn an_invalid_delivery_is_kept_with_what_was_wrong() {
    let folder = Folder::new();
    let store = Store::open(&folder.url()).await.unwrap();
    let wrong = delivery(0, "ftd maybe 50XXX");
    store.book(std::slice::from_ref(&wrong)).await.unwrap();
    let record = store.delivery(wrong.id).await.unwrap().unwrap();
    assert_eq!(record.verdict, Verdict::Invalid);
    let errors = record.errors.unwrap();
    assert!(
        errors.contains("\"status\"") && errors.contains("\"currency\""),
        "{errors}"
    );
    assert_eq!(store.conversions("known").await.unwrap(), []);
}

#[tokio::test]
async fn clicks_are_counted_and_filled_in() {
    let folder = Folder::new();
    let store = Store::open(&folder.url()).await.unwrap();
    let first = [click("a", None), click("b", Some("acme"))];
    assert_eq!(
        store.import_clicks(&first).await.unwrap(),
        Imported { new: 2, known: 0 }
    );
    // The same click twice in one import is one click.
    let again = [
        click("a", Some("rival")),
        click("b", None),
        click("c", None),
        click("c", None),
    ];
    assert_eq!(
        store.import_clicks(&again).await.unwrap(),
        Imported { new: 1, known: 3 }
    );

    let entries = tell(
        &store,
        &[&[
            delivery(0, "lead approved clickid=a"),
            delivery(1, "lead approved clickid=b"),
            delivery_of("rival", 2, "lead approved clickid=b"),
        ]],
    )
    .await;
    let flags: Vec<_> = entries.iter().map(|entry| entry.flags.clone()).collect();
    assert_eq!(
        flags,
        [
            vec![FlagReason::ForeignClick],
            vec![],
            vec![FlagReason::ForeignClick]
        ]
    );
}

#[tokio::test]
async fn nothing_to_book_is_no_error() {
    let folder = Folder::new();
    let store = Store::open(&folder.url()).await.unwrap();
    assert_eq!(store.book(&[]).await.unwrap(), []);
    assert_eq!(store.import_clicks(&[]).await.unwrap(), Imported::default());
}

#[tokio::test]
async fn an_unknown_scheme_is_named_without_the_rest_of_the_url() {
    let refused = Store::open("mysql://user:hunter22@db/postern")
        .await
        .unwrap_err()
        .to_string();
    assert!(
        refused.contains("\"mysql\"") && !refused.contains("hunter22"),
        "{refused}"
    );
    let refused = Store::open("hunter22").await.unwrap_err().to_string();
    assert!(!refused.contains("hunter22"), "{refused}");
}

#[tokio::test]
async fn a_missing_folder_is_said_plainly() {
    let refused = Store::open("sqlite:///nowhere/at/all/postern.db")
        .await
        .unwrap_err();
    assert!(
        refused.to_string().contains("cannot be opened"),
        "{refused}"
    );
}

/// A few words that meet each other in many ways.
fn any_words() -> impl Strategy<Value = String> {
    let event = prop::sample::select(vec!["ftd", "redeposit", "lead", "cashout"]);
    let status = prop::sample::select(vec!["approved", "pending", "rejected"]);
    let amount = prop::sample::select(vec!["10USD", "20USD", "10EUR", "10XXX"]);
    let extra = prop::sample::select(vec![
        "",
        " transaction_id=A",
        " transaction_id=B",
        " timestamp=1717000000",
        " clickid=nobody",
    ]);
    (event, status, amount, extra)
        .prop_map(|(event, status, amount, extra)| format!("{event} {status} {amount}{extra}"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// However deliveries fall into transactions, the store keeps what the ledger decides alone.
    #[test]
    fn batches_do_not_change_what_is_decided(
        steps in prop::collection::vec((any_words(), 0_i64..40_000, 1_usize..6), 1..40),
    ) {
        let mut at = 0;
        let mut story = Vec::new();
        for (words, seconds, _) in &steps {
            at += seconds;
            story.push(delivery(at, words));
        }
        let mut snapshot = Snapshot::default();
        snapshot.know_click("known".to_owned(), None);
        let alone: Vec<Entry> = story.iter().map(|it| decide(&mut snapshot, it)).collect();

        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let kept = runtime.block_on(async {
            let folder = Folder::new();
            let store = Store::open(&folder.url()).await.unwrap();
            with_click_log(&store).await;
            let mut kept = Vec::new();
            let mut rest = story.as_slice();
            for (_, _, size) in &steps {
                let (batch, after) = rest.split_at((*size).min(rest.len()));
                kept.extend(store.book(batch).await.unwrap());
                rest = after;
            }
            kept
        });
        prop_assert_eq!(alone, kept);
    }
}
