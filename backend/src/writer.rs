//! The writer: many deliveries, one transaction.
//!
//! Deliveries queue; a lane takes what has queued for it, lets the store book it, and answers each
//! when all are durable. While one batch is being synced to disk the next one gathers: the busier it
//! is, the larger the batches, and the cost of a sync is shared by all in it.
//!
//! There are as many lanes as the store takes transactions at a time. A click always has the same
//! lane: its deliveries are booked in the order in which they came, and no two lanes meet at its keys.
//! Tests have a lane and room of their own: however many there are, no live delivery waits for them.

mod handle;
mod lane;
mod tests_lane;

use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::value::RawValue;
use thiserror::Error;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot, watch};

pub use handle::WriterHandle;

use crate::delivery::Delivery;
use crate::ledger::Entry;
use crate::server::Metrics;
use crate::store::Store;
use lane::Lane;
use tests_lane::TestsLane;

/// Deliveries that may wait where nothing else is configured.
pub const QUEUE_DEFAULT: usize = 8_192;

/// Deliveries in one transaction where nothing else is configured.
pub const BATCH_DEFAULT: usize = 512;

/// Bytes of requests that may wait, however few they are: a queue of the largest bodies would
/// otherwise hold half a gigabyte.
pub const QUEUE_BYTES: usize = 64 * 1_024 * 1_024;

/// Tests that may wait; one more is refused for the moment.
const TESTS_QUEUE: usize = 256;

/// What a waiting delivery takes beside its body and query, at most: its fields a second time and
/// its place in the queue.
const DELIVERY_BYTES: usize = 1_024;

/// How much the writer takes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriterLimits {
    /// Deliveries that may wait; one more is refused for the moment.
    pub queue: usize,
    /// Deliveries in one transaction.
    pub batch: usize,
}

impl Default for WriterLimits {
    fn default() -> Self {
        Self {
            queue: QUEUE_DEFAULT,
            batch: BATCH_DEFAULT,
        }
    }
}

/// A delivery that is durable, with what became of it.
#[derive(Debug)]
pub struct Recorded {
    /// The delivery.
    pub delivery: Delivery,
    /// What became of it.
    pub entry: Entry,
    /// For a test, how it would appear, as a JSON object.
    pub outlook: Option<Box<RawValue>>,
}

/// Why a delivery was not recorded. All are for the moment: the sender does well to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotRecorded {
    /// As many as may wait are waiting, or as much.
    #[error("the queue is full")]
    QueueFull,
    /// The writer has stopped taking deliveries.
    #[error("the server is stopping")]
    Stopping,
    /// The store did not take it.
    #[error("the store is away")]
    StoreAway,
}

/// A delivery that waits.
struct Job {
    delivery: Delivery,
    answer: Answer,
    /// Given back when it is taken from its lane's queue.
    _room: [OwnedSemaphorePermit; 2],
}

/// Where a delivery's sender waits.
type Answer = oneshot::Sender<Result<Recorded, NotRecorded>>;

/// How much more may wait, in all lanes together.
#[derive(Clone)]
struct Room {
    queue: usize,
    places: Arc<Semaphore>,
    bytes: Arc<Semaphore>,
}

impl Room {
    fn new(queue: usize) -> Self {
        Self {
            queue,
            places: Arc::new(Semaphore::new(queue)),
            bytes: Arc::new(Semaphore::new(QUEUE_BYTES)),
        }
    }

    /// Room for a delivery, if there is any.
    fn take(&self, delivery: &Delivery) -> Option<[OwnedSemaphorePermit; 2]> {
        let place = self.places.clone().try_acquire_owned().ok()?;
        let bytes = self.bytes.clone();
        let bytes = bytes.try_acquire_many_owned(bytes_of(delivery)).ok()?;
        Some([place, bytes])
    }

    /// How many deliveries wait.
    fn waiting(&self) -> usize {
        self.queue - self.places.available_permits()
    }
}

/// The writer's front: where deliveries are handed in. Clones share its lanes.
#[derive(Clone)]
pub struct Writer {
    lanes: Arc<[mpsc::UnboundedSender<Job>]>,
    tests: mpsc::UnboundedSender<Job>,
    tests_room: Room,
    /// Says which lane a click has. Nobody outside can choose it, and so crowd one lane.
    hasher: RandomState,
    room: Room,
    refuses: Arc<AtomicBool>,
}

impl Writer {
    /// Starts the lanes. They run until the handle stops them.
    #[must_use]
    pub fn start(
        store: Store,
        limits: WriterLimits,
        metrics: Arc<Metrics>,
    ) -> (Self, WriterHandle) {
        let (stop, stopped) = watch::channel(());
        let room = Room::new(limits.queue.max(1));
        let refuses = Arc::new(AtomicBool::new(false));
        let mut queues = Vec::new();
        let mut tasks = Vec::new();
        for _ in 0..store.transactions_at_once() {
            // Who wants to wait takes a place first, so this queue needs no bound of its own.
            let (queue, jobs) = mpsc::unbounded_channel();
            queues.push(queue);
            let lane = Lane {
                store: store.clone(),
                batch: limits.batch.max(1),
                metrics: metrics.clone(),
                jobs,
                room: room.clone(),
                refuses: refuses.clone(),
            };
            tasks.push(tokio::spawn(lane.run(stopped.clone())));
        }
        let (tests, jobs) = mpsc::unbounded_channel();
        let lane = TestsLane {
            store,
            metrics,
            jobs,
            refuses: refuses.clone(),
        };
        tasks.push(tokio::spawn(lane.run(stopped)));
        let writer = Self {
            lanes: queues.into(),
            tests,
            tests_room: Room::new(TESTS_QUEUE),
            hasher: RandomState::new(),
            room,
            refuses,
        };
        (writer, WriterHandle::new(stop, tasks))
    }

    /// Records a delivery: durable when this returns.
    ///
    /// # Errors
    /// [`NotRecorded`]: nothing was recorded.
    pub async fn record(&self, delivery: Delivery) -> Result<Recorded, NotRecorded> {
        let (answer, recorded) = oneshot::channel();
        let (room, lane) = match delivery.test {
            Some(_) => (&self.tests_room, &self.tests),
            None => (&self.room, self.lane_of(&delivery.clickid)),
        };
        let room = room.take(&delivery).ok_or(NotRecorded::QueueFull)?;
        let job = Job {
            delivery,
            answer,
            _room: room,
        };
        lane.send(job).map_err(|_| NotRecorded::Stopping)?;
        recorded.await.unwrap_or(Err(NotRecorded::Stopping))
    }

    fn lane_of(&self, clickid: &str) -> &mpsc::UnboundedSender<Job> {
        let lanes = self.lanes.len() as u64;
        &self.lanes[(self.hasher.hash_one(clickid) % lanes) as usize]
    }

    /// From now on nothing is booked any more. What waits and what still comes is refused; the
    /// transactions under way end, and their deliveries are answered as they do.
    pub fn refuse_the_rest(&self) {
        self.refuses.store(true, Ordering::Relaxed);
    }

    /// Whether all lanes run.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        let mut lanes = self.lanes.iter().chain([&self.tests]);
        !lanes.any(mpsc::UnboundedSender::is_closed)
    }
}

/// What a delivery takes of the queue's room.
fn bytes_of(delivery: &Delivery) -> u32 {
    let bytes = delivery.body.len() + delivery.query.len() + DELIVERY_BYTES;
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
