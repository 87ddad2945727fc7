//! The ledger's stories, told to every store.

use crate::delivery::Delivery;
use crate::ledger::stories::{Step, World, in_words, stories};
use crate::ledger::{Entry, MAX_ALIKE};
use crate::store::place::{Kind, on_every_store};
use crate::testing::delivery;

use super::tell;

on_every_store! {
    every_story_ends_as_told_one_delivery_at_a_time,
    every_story_ends_as_told_in_one_transaction,
    of_very_many_alike_the_same_moves_however_they_are_loaded,
}

async fn every_story_ends_as_told_one_delivery_at_a_time(kind: Kind) {
    let (_place, store) = kind.store().await;
    for (number, (name, steps)) in stories().enumerate() {
        let world = World::number(number);
        store.import_clicks(&world.click_log()).await.unwrap();
        let story = world.deliveries(steps);
        let batches: Vec<&[Delivery]> = story.chunks(1).collect();
        assert_as_told(name, steps, &story, &tell(&store, &batches).await);
    }
}

async fn every_story_ends_as_told_in_one_transaction(kind: Kind) {
    let (_place, store) = kind.store().await;
    for (number, (name, steps)) in stories().enumerate() {
        let world = World::number(number);
        store.import_clicks(&world.click_log()).await.unwrap();
        let story = world.deliveries(steps);
        assert_as_told(name, steps, &story, &tell(&store, &[&story]).await);
    }
}

async fn of_very_many_alike_the_same_moves_however_they_are_loaded(kind: Kind) {
    let alike = i64::from(MAX_ALIKE) + 6;
    let mut story: Vec<Delivery> = (0..alike)
        .map(|second| delivery(second, "redeposit pending 20USD"))
        .collect();
    story.push(delivery(alike, "redeposit approved 20USD"));
    for size in [1, story.len()] {
        let (_place, store) = kind.store().await;
        let batches: Vec<&[Delivery]> = story.chunks(size).collect();
        let entries = tell(&store, &batches).await;
        // The first six lie beyond the bound.
        assert_eq!(entries.last().unwrap().conversion, Some(story[6].id));
    }
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
