//! A worker that takes its own last write for what is stored: it saves reading, and never a token.

use super::store::Store;
use crate::buckets::{Bucket, Limit, Taken};
use crate::host::{NANOS_PER_SECOND, Shared, SharedData, UnixNanos};
use std::cell::{Cell, RefCell};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const NOW: UnixNanos = UnixNanos(1_700_000_000 * NANOS_PER_SECOND);

/// Workers at one bucket that holds this many tokens and gains none while the story lasts.
struct Workers {
    store: Store,
    limit: Limit,
    buckets: Vec<Bucket>,
}

impl Workers {
    fn new(workers: usize, tokens: u32) -> Workers {
        let bucket = |_| Bucket::new("bucket".to_owned());
        Workers {
            store: Store::default(),
            limit: Limit::share(1, 100_000, tokens, 1),
            buckets: (0..workers).map(bucket).collect(),
        }
    }

    fn take(&self, worker: usize, now: UnixNanos) -> bool {
        self.buckets[worker].take(&self.store, self.limit, now) == Taken::Yes
    }

    /// How often the bucket was read while this worker took so many tokens.
    fn reads_for(&self, worker: usize, tokens: usize) -> usize {
        let before = self.store.asked_for("bucket");
        assert!((0..tokens).all(|_| self.take(worker, NOW)));
        self.store.asked_for("bucket") - before
    }
}

#[test]
fn a_worker_alone_reads_only_until_it_knows_a_ticket() {
    let alone = Workers::new(1, 100);
    assert_eq!(alone.reads_for(0, 100), 2, "an absent key tells no ticket");
    assert!(!alone.take(0, NOW), "all are taken");
    assert_eq!(alone.store.asked_for("bucket"), 3, "a refusal is read");
}

#[test]
fn two_workers_take_what_there_is_whoever_comes_next() {
    for pattern in 0..256_u32 {
        let two = Workers::new(2, 50);
        let takes = (0..200).map(|n| usize::from(pattern >> (n % 8) & 1 == 1));
        assert_eq!(takes.filter(|&worker| two.take(worker, NOW)).count(), 50);
    }
}

#[test]
fn after_a_wrong_guess_none_is_made_for_a_while() {
    let two = Workers::new(2, 1_000);
    two.reads_for(0, 10);
    assert_eq!(two.reads_for(0, 10), 0);
    two.reads_for(1, 1);
    assert_eq!(two.reads_for(0, 33), 33, "the wrong guess, and 32 more");
    assert_eq!(two.reads_for(0, 100), 0);
}

#[test]
fn an_old_write_and_one_from_the_future_are_not_remembered() {
    let alone = Workers::new(1, 100);
    alone.reads_for(0, 10);
    let reads = || alone.store.asked_for("bucket");
    let seconds = |seconds| UnixNanos(NOW.0 + seconds * NANOS_PER_SECOND);
    let before = reads();
    assert!(alone.take(0, seconds(60)));
    assert_eq!(reads(), before);
    assert!(alone.take(0, seconds(121)), "61 seconds after the last");
    assert_eq!(reads(), before + 1);
    assert!(alone.take(0, seconds(120)), "the clock has stepped back");
    assert_eq!(reads(), before + 2);
}

/// Shared data where each write gets the last ticket there is, and which keeps those it was asked with.
#[derive(Default)]
struct LastTicket {
    value: RefCell<Vec<u8>>,
    asked_with: RefCell<Vec<Option<u32>>>,
    reads: Cell<u32>,
}

impl SharedData for LastTicket {
    fn read(&self, _: &str) -> Option<Shared> {
        self.reads.set(self.reads.get() + 1);
        let value = self.value.borrow().clone();
        let ticket = u32::MAX;
        (!value.is_empty()).then_some(Shared { value, ticket })
    }

    fn swap(&self, _: &str, value: &[u8], ticket: Option<u32>) -> bool {
        self.asked_with.borrow_mut().push(ticket);
        *self.value.borrow_mut() = value.to_vec();
        true
    }
}

#[test]
fn no_guess_is_the_ticket_that_overwrites() {
    let (store, bucket) = (LastTicket::default(), Bucket::new("bucket".to_owned()));
    let limit = Limit::share(1, 60, 10, 1);
    for _ in 0..4 {
        assert_eq!(bucket.take(&store, limit, NOW), Taken::Yes);
    }
    assert!(!store.asked_with.borrow().contains(&Some(0)));
    assert_eq!(
        store.reads.get(),
        4,
        "behind the last ticket none is guessed"
    );
}
