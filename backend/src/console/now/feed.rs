//! Deliveries as they come in, for all who watch.
//!
//! They are read off the store's newest rows, so that each backend shows what all of them booked. One
//! task asks for all watchers, only while there are any, and hands each of them the same rows. Who
//! reads too slowly is told so and let go: nothing waits for a reader.

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::broadcast::{Receiver, Sender, channel};
use uuid::Uuid;

use crate::clock::Clock;
use crate::store::{DeliverySearch, FoundDelivery, Slice, Span, Store};

/// How often the store is asked for what is new.
pub(super) const FEED_PERIOD: Duration = Duration::from_secs(1);

/// An id is made when a request is read and seen when it is booked: what was read so many seconds ago
/// may be new.
const BOOKED_WITHIN_SECONDS: i64 = 15;

/// Deliveries shown of one period. Nobody reads more; the list has them all.
const ROWS_MAX: u32 = 200;

/// Periods a reader may be behind.
const BEHIND_MAX: usize = 8;

/// Deliveries that came in together, newest first.
pub(super) type Arrived = Arc<Vec<FoundDelivery>>;

/// The task that asks, while somebody watches.
pub(in crate::console) struct Feed {
    sender: Sender<Arrived>,
    is_asking: Arc<Mutex<bool>>,
}

impl Default for Feed {
    fn default() -> Self {
        let (sender, _) = channel(BEHIND_MAX);
        Self {
            sender,
            is_asking: Arc::default(),
        }
    }
}

impl Feed {
    /// What comes in from now on; some of it may have been there before.
    pub(super) fn watch(&self, store: &Store, clock: &Clock) -> Receiver<Arrived> {
        let mut is_asking = self
            .is_asking
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let receiver = self.sender.subscribe();
        if !*is_asking {
            *is_asking = true;
            let asking = Asking {
                store: store.clone(),
                clock: clock.clone(),
                sender: self.sender.clone(),
                is_asking: Arc::clone(&self.is_asking),
                seen: BTreeSet::new(),
            };
            tokio::spawn(asking.run());
        }
        receiver
    }

    /// How many watch.
    pub(super) fn watchers(&self) -> usize {
        self.sender.receiver_count()
    }
}

struct Asking {
    store: Store,
    clock: Clock,
    sender: Sender<Arrived>,
    is_asking: Arc<Mutex<bool>>,
    /// What has been handed on, as far back as is asked.
    seen: BTreeSet<Uuid>,
}

impl Asking {
    /// Asks until nobody watches. A store that is away is asked again: the watchers keep what they have.
    async fn run(mut self) {
        let mut beat = tokio::time::interval(FEED_PERIOD);
        while self.is_watched() {
            beat.tick().await;
            // A defect must not leave those who watch with nothing until the backend is started anew.
            match AssertUnwindSafe(self.newest()).catch_unwind().await {
                Ok(Ok(rows)) if rows.is_empty() => {}
                // Without a receiver it goes nowhere, and then this ends.
                Ok(Ok(rows)) => _ = self.sender.send(Arc::new(rows)),
                Ok(Err(error)) => tracing::warn!(%error, "what comes in could not be read"),
                Err(_) => tracing::error!("reading what comes in panicked; it is read again"),
            }
        }
    }

    fn is_watched(&self) -> bool {
        let mut is_asking = self
            .is_asking
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *is_asking = self.sender.receiver_count() > 0;
        *is_asking
    }

    async fn newest(&mut self) -> Result<Vec<FoundDelivery>, crate::store::StoreError> {
        let mut from = self.clock.unix_seconds();
        from.0 = from.0.saturating_sub(BOOKED_WITHIN_SECONDS);
        let search = DeliverySearch {
            received: Span {
                from: Some(from),
                until: None,
            },
            ..DeliverySearch::default()
        };
        let slice = Slice {
            after: None,
            limit: ROWS_MAX,
        };
        let mut rows = self.store.search_deliveries(&search, slice).await?.rows;
        let ids: BTreeSet<Uuid> = rows.iter().map(|row| row.delivery.id).collect();
        rows.retain(|row| !self.seen.contains(&row.delivery.id));
        self.seen = ids;
        Ok(rows)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use tokio::time::timeout;

    use super::*;
    use crate::store::place::Kind;
    use crate::testing::{START, delivery};

    #[tokio::test]
    async fn a_panic_does_not_end_it() {
        let (_place, store) = Kind::Sqlite.store().await;
        let one = delivery(0, "lead approved");
        store.book(std::slice::from_ref(&one)).await.unwrap();
        let asked = AtomicU32::new(0);
        let clock = Clock::new(move || {
            let before = asked.fetch_add(1, Ordering::Relaxed);
            assert!(before > 0, "a defect, once");
            Duration::from_secs(START.0.unsigned_abs())
        });
        let mut receiver = Feed::default().watch(&store, &clock);
        let arrived = timeout(Duration::from_secs(20), receiver.recv()).await;
        let rows = arrived.expect("it goes on").expect("it is still asked");
        assert_eq!(rows[0].delivery.id, one.id);
    }
}
