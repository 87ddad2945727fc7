//! Random deliveries in random batches.

use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use tokio::runtime::Handle;

use crate::ledger::stories::World;
use crate::ledger::{Entry, decide};
use crate::store::Store;
use crate::store::place::{Kind, on_every_store};

on_every_store! {
    batches_do_not_change_what_is_decided,
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
        " clickid=dated",
    ]);
    (event, status, amount, extra)
        .prop_map(|(event, status, amount, extra)| format!("{event} {status} {amount}{extra}"))
}

/// However deliveries fall into transactions, the store keeps what the ledger decides alone.
async fn batches_do_not_change_what_is_decided(kind: Kind) {
    let steps = prop::collection::vec((any_words(), 0_i64..40_000, 1_usize..6), 1..40);
    let runtime = Handle::current();
    let (_place, store) = kind.store().await;
    let cases = AtomicUsize::new(0);
    let all_cases = tokio::task::spawn_blocking(move || {
        let config = ProptestConfig {
            cases: 24,
            ..ProptestConfig::default()
        };
        TestRunner::new(config).run(&steps, |steps| {
            let (alone, kept) = {
                let world = World::number(cases.fetch_add(1, Ordering::Relaxed));
                runtime.block_on(alone_and_kept(&store, &world, &steps))
            };
            prop_assert_eq!(alone, kept);
            Ok(())
        })
    });
    all_cases.await.unwrap().unwrap();
}

async fn alone_and_kept(
    store: &Store,
    world: &World,
    steps: &[(String, i64, usize)],
) -> (Vec<Entry>, Vec<Entry>) {
    let mut at = 0;
    let mut story = Vec::new();
    for (words, seconds, _) in steps {
        at += seconds;
        story.push(world.delivery(at, words));
    }
    let mut snapshot = world.known_clicks();
    let alone = story.iter().map(|it| decide(&mut snapshot, it)).collect();

    store.import_clicks(&world.click_log()).await.unwrap();
    let mut kept = Vec::new();
    let mut rest = story.as_slice();
    for (_, _, size) in steps {
        let (batch, after) = rest.split_at((*size).min(rest.len()));
        kept.extend(store.book(batch).await.unwrap());
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    (alone, kept)
}
