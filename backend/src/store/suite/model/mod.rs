//! Random stories through several writers at once, held against a plain model.
//!
//! A story is a row of rounds; what a round holds happens at once, each act through a store of its
//! own on one database. Nobody knows in which order the database took them. So the model is asked:
//! is there an order in which each act is told what it was told, and all ends as the store shows it?
//! Only what such an order leaves goes on to the next round.
//!
//! `PROPTEST_CASES` sets how many stories are told to each kind of store.

mod story;
mod plain;
mod order;
mod seen;
mod stage;
mod reports;

use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use tokio::runtime::Handle;
use tokio::sync::Mutex;

use crate::ledger::stories::World;
use crate::store::place::{Kind, on_every_store};
use order::{Deed, Thread, Told, orders};
use plain::Model;
use seen::Seen;
use stage::Stage;
use story::{PARTNERS, Round, story};

/// Stories for each kind of store, where nothing else is said: well below a minute on a busy machine.
const CASES: u32 = 24;

on_every_store! {
    whatever_happens_at_once_some_order_explains_it,
}

async fn whatever_happens_at_once_some_order_explains_it(kind: Kind) {
    let stage = Mutex::new(Stage::of(kind).await);
    let runtime = Handle::current();
    let worlds = AtomicUsize::new(0);
    let mut config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = CASES;
    }
    let all = tokio::task::spawn_blocking(move || {
        TestRunner::new(config).run(&story(), |rounds| {
            let world = World::number(worlds.fetch_add(1, Ordering::Relaxed));
            runtime.block_on(async { tell(&mut *stage.lock().await, &world, &rounds).await })
        })
    });
    if let Err(failed) = all.await.unwrap() {
        panic!("{failed}");
    }
}

async fn tell(stage: &mut Stage, world: &World, rounds: &[Round]) -> Result<(), TestCaseError> {
    let mut now = 0;
    let mut models = vec![Model::default()];
    let mut flags = Vec::new();
    let mut told = Vec::new();
    for (number, round) in rounds.iter().enumerate() {
        now += round.elapsed;
        if round.is_restart {
            stage.restart().await;
        }
        let threads = stage.play(world, round, &flags, now).await;
        let seen = Seen::in_store(stage.store(), world).await;
        let ends = orders(&models, &threads, now);
        models = ends
            .iter()
            .filter(|it| Seen::of(it) == seen)
            .cloned()
            .collect();
        let nearest = ends.first().map(Seen::of);
        prop_assert!(
            !models.is_empty(),
            "no order explains round {number}: {threads:#?}\nThe store holds {seen:#?}\n\
             The model would hold {nearest:#?}"
        );
        flags = seen.flags.into_keys().collect();
        told.extend(threads);
    }
    assert_answers_are_kept(stage, &told).await?;
    assert_reports_agree(stage, world, &models, now).await
}

/// Each delivery has a row that says what it was answered.
async fn assert_answers_are_kept(stage: &Stage, told: &[Thread]) -> Result<(), TestCaseError> {
    for (deed, told) in told.iter().flatten() {
        let (Deed::Deliver { id, .. }, Told::Answer(answer)) = (deed, told) else {
            continue;
        };
        let record = stage.store().delivery(*id).await.unwrap();
        let verdict = record.map(|it| it.verdict.name());
        prop_assert_eq!(verdict, Some(answer.verdict), "{:?}", deed);
    }
    Ok(())
}

/// The days from the last round to the one on which payouts are looked at: some are held then.
const LATER: i64 = 10 * 86_400;

async fn assert_reports_agree(
    stage: &Stage,
    world: &World,
    models: &[Model],
    now: i64,
) -> Result<(), TestCaseError> {
    let mut agree = models.to_vec();
    for partner in PARTNERS {
        let name = world.name(partner);
        let funnel = reports::funnel(stage.store(), &name).await;
        let payouts = reports::payouts(stage.store(), &name, now + LATER).await;
        let told: Vec<_> = agree
            .iter()
            .map(|it| (it.funnel(partner), it.payouts(partner, now + LATER)))
            .collect();
        let said = (funnel, payouts);
        prop_assert!(
            told.contains(&said),
            "{name}: reports say {said:#?}\nThe model says {told:#?}"
        );
        agree.retain(|it| (it.funnel(partner), it.payouts(partner, now + LATER)) == said);
    }
    Ok(())
}
