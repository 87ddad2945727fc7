//! Workers at one bucket at once: whatever the order and however old their clocks' readings, it gives what there is.

use crate::buckets::{Bucket, Limit, Taken, take};
use crate::host::{NANOS_PER_SECOND, Shared, SharedData, UnixNanos};
use std::collections::HashMap;
use std::sync::Mutex;

const START_NANOS: u64 = 1_700_000_000 * NANOS_PER_SECOND;

/// Shared data for several threads, with exact compare-and-swap.
#[derive(Default)]
struct Store(Mutex<HashMap<String, Shared>>);

impl SharedData for Store {
    fn read(&self, key: &str) -> Option<Shared> {
        self.0.lock().unwrap().get(key).cloned()
    }

    fn swap(&self, key: &str, value: &[u8], ticket: Option<u32>) -> bool {
        let mut values = self.0.lock().unwrap();
        let seen = values.get(key).map(|shared| shared.ticket);
        let (value, next) = (value.to_vec(), seen.unwrap_or(0) + 1);
        if seen == ticket {
            values.insert(
                key.to_owned(),
                Shared {
                    value,
                    ticket: next,
                },
            );
        }
        seen == ticket
    }
}

fn passes(store: &Store, limit: Limit, nanos: u64) -> bool {
    take(store, "bucket", limit, UnixNanos(nanos)) == Taken::Yes
}

#[test]
fn four_workers_take_exactly_what_there_is() {
    let (store, limit) = (Store::default(), Limit::share(1, 60, 1_000, 1));
    let worker = || (0..1_000).filter(|_| passes(&store, limit, 5)).count();
    let taken: usize = std::thread::scope(|scope| {
        let workers = [(); 4].map(|()| scope.spawn(worker));
        workers.map(|worker| worker.join().unwrap()).iter().sum()
    });
    assert_eq!(taken, 1_000);
}

#[test]
fn four_workers_that_remember_their_writes_take_exactly_what_there_is() {
    let (store, limit) = (Store::default(), Limit::share(1, 60, 1_000, 1));
    let worker = || {
        let bucket = Bucket::new("bucket".to_owned());
        let take = |_: &i32| bucket.take(&store, limit, UnixNanos(5)) == Taken::Yes;
        (0..1_000).filter(take).count()
    };
    let taken: usize = std::thread::scope(|scope| {
        let workers = [(); 4].map(|()| scope.spawn(worker));
        workers.map(|worker| worker.join().unwrap()).iter().sum()
    });
    assert_eq!(taken, 1_000);
}

#[test]
fn a_worker_with_an_older_reading_lets_nothing_more_through() {
    const SECONDS: u64 = 10;
    const PER_SECOND: u32 = 1_000;
    const STEP_NANOS: usize = 100_000;
    for (stale_nanos, burst) in [0, 50_000, 400_000, 2_000_000, 900_000_000]
        .into_iter()
        .flat_map(|stale_nanos| [(stale_nanos, 1), (stale_nanos, 20)])
    {
        let (store, limit) = (Store::default(), Limit::share(PER_SECOND, 1, burst, 1));
        let times = START_NANOS..START_NANOS + SECONDS * NANOS_PER_SECOND;
        let readings = times
            .step_by(STEP_NANOS)
            .flat_map(|fresh| [fresh, fresh - stale_nanos]);
        let passed = readings
            .filter(|nanos| passes(&store, limit, *nanos))
            .count() as u64;
        // The first token comes back one interval after the burst began to be used.
        let allowed = u64::from(burst) + SECONDS * u64::from(PER_SECOND) - 1;
        assert!(
            (allowed - 1..=allowed).contains(&passed),
            "{passed} of {allowed} passed: {stale_nanos} ns late, {burst} at once"
        );
    }
}

#[test]
fn a_worker_held_up_for_seconds_leaves_the_bucket_as_it_is() {
    let (store, limit) = (Store::default(), Limit::share(10, 1, 5, 1));
    let drain = |nanos| (0..100).filter(|_| passes(&store, limit, nanos)).count();
    assert_eq!(drain(START_NANOS), 5);
    assert_eq!(drain(START_NANOS - 5 * NANOS_PER_SECOND), 0);
    assert_eq!(drain(START_NANOS), 0);
    assert_eq!(drain(START_NANOS + NANOS_PER_SECOND / 10), 1);
}
