//! The ledger's stories of money, told to every store, and what outlives an edit of the terms.

use std::sync::Arc;

use uuid::Uuid;

use super::with_click_log;
use crate::agreement::Agreement;
use crate::delivery::Delivery;
use crate::ledger::Cause;
use crate::ledger::stories::money::{STORIES, entry_in_words, paid_deliveries, paid_deliveries_in};
use crate::ledger::stories::{Step, World};
use crate::store::place::{Kind, on_every_store};
use crate::store::{PayoutRecord, Store};

on_every_store! {
    every_story_of_money_ends_as_told_one_delivery_at_a_time,
    every_story_of_money_ends_as_told_in_one_transaction,
    what_was_booked_is_taken_back_by_terms_that_were_edited_away,
    what_a_transaction_booked_it_takes_back_though_terms_were_edited_between,
    terms_are_kept_once_with_the_money_booked_by_them,
}

async fn every_story_of_money_ends_as_told_one_delivery_at_a_time(kind: Kind) {
    let (_place, store) = kind.store().await;
    for (number, (name, steps)) in STORIES.iter().enumerate() {
        let world = World::number(number);
        store.import_clicks(&world.click_log()).await.unwrap();
        let story = paid_deliveries_in(&world, steps);
        for delivery in &story {
            store.book(std::slice::from_ref(delivery)).await.unwrap();
        }
        let booked = booked_in(&world, &store).await;
        assert_booked_as_told(name, steps, &story, &booked);
    }
}

async fn every_story_of_money_ends_as_told_in_one_transaction(kind: Kind) {
    let (_place, store) = kind.store().await;
    for (number, (name, steps)) in STORIES.iter().enumerate() {
        let world = World::number(number);
        store.import_clicks(&world.click_log()).await.unwrap();
        let story = paid_deliveries_in(&world, steps);
        store.book(&story).await.unwrap();
        let booked = booked_in(&world, &store).await;
        assert_booked_as_told(name, steps, &story, &booked);
    }
}

async fn booked_in(world: &World, store: &Store) -> Vec<PayoutRecord> {
    let mut all = store.payouts(&world.name("nobody")).await.unwrap();
    for click in world.click_log() {
        all.extend(store.payouts(&click.clickid).await.unwrap());
    }
    all
}

fn assert_booked_as_told(name: &str, steps: &[Step], story: &[Delivery], booked: &[PayoutRecord]) {
    for (delivery, (_, words, expected)) in story.iter().zip(steps) {
        assert_eq!(caused_by(booked, delivery.id), *expected, "{name}: {words}");
    }
}

fn caused_by(entries: &[PayoutRecord], delivery: Uuid) -> String {
    let caused = entries
        .iter()
        .filter(|it| it.cause == Cause::Delivery(delivery));
    let words = caused.map(|it| entry_in_words(it.kind, it.step, it.amount));
    words.collect::<Vec<_>>().join(", ")
}

async fn what_was_booked_is_taken_back_by_terms_that_were_edited_away(kind: Kind) {
    let (place, store) = kind.store().await;
    with_click_log(&store).await;
    let mut story = paid_deliveries(&[
        (0, "ftd approved 50USD", ""),
        (1, "ftd approved 70USD", ""),
        (2, "ftd rejected 70USD", ""),
    ]);
    // From the second on the agreement pays nothing.
    for delivery in &mut story[1..] {
        delivery.agreement = Arc::new(Agreement::default());
    }
    for delivery in &story {
        store.book(std::slice::from_ref(delivery)).await.unwrap();
    }
    let booked = store.payouts("known").await.unwrap();
    assert_eq!(
        caused_by(&booked, story[1].id),
        "revshare adjusted 5.00 USD",
        "the terms it was booked by still count"
    );
    assert_eq!(booked.iter().map(|it| it.amount.minor).sum::<i64>(), 0);
    assert!(booked.iter().all(|it| it.terms == booked[0].terms));

    // Terms that are gone are no reason to guess.
    place.run("DELETE FROM terms").await;
    let late = Delivery {
        agreement: Arc::new(Agreement::default()),
        ..crate::testing::delivery(9, "ftd rejected 80USD")
    };
    let refused = store.book(&[late]).await.unwrap_err().to_string();
    assert!(refused.contains("that it does not all hold"), "{refused}");
}

async fn what_a_transaction_booked_it_takes_back_though_terms_were_edited_between(kind: Kind) {
    let (_place, store) = kind.store().await;
    with_click_log(&store).await;
    let steps = [(0, "ftd approved 50USD", ""), (1, "ftd rejected 50USD", "")];
    let mut story = paid_deliveries(&steps);
    story[1].agreement = Arc::new(Agreement::default());
    store.book(&story).await.unwrap();
    let booked = store.payouts("known").await.unwrap();
    assert_eq!(
        caused_by(&booked, story[0].id),
        "cpa booked 100.00 USD, revshare booked 12.50 USD"
    );
    assert_eq!(
        caused_by(&booked, story[1].id),
        "cpa clawed_back -100.00 USD, revshare clawed_back -12.50 USD"
    );
}

async fn terms_are_kept_once_with_the_money_booked_by_them(kind: Kind) {
    let (_place, store) = kind.store().await;
    with_click_log(&store).await;
    let story = paid_deliveries(&[
        (0, "lead approved", ""),
        (1, "ftd approved 50USD", ""),
        (2, "redeposit approved 20USD", ""),
    ]);
    for delivery in &story {
        store.book(std::slice::from_ref(delivery)).await.unwrap();
    }
    let booked = store.payouts("known").await.unwrap();
    let first = &story[0].agreement.terms[0];
    assert_eq!(booked.len(), 4);
    for entry in &booked {
        assert_eq!(&entry.terms, first.version());
        assert_eq!(entry.due_at, first.due_at(entry.booked_at));
        assert_eq!(entry.partner, "acme");
    }
}
