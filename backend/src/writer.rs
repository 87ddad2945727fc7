//! The writer: many deliveries, one transaction.
//!
//! Deliveries queue; one task takes what has queued, lets the store book it, and answers each when
//! all are durable. While one batch is being synced to disk the next one gathers: the busier it is,
//! the larger the batches, and the cost of a sync is shared by all in it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use thiserror::Error;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio::task::{JoinError, JoinHandle};

use crate::delivery::Delivery;
use crate::ledger::Entry;
use crate::server::Metrics;
use crate::store::Store;

/// Deliveries that may wait where nothing else is configured.
pub const QUEUE_DEFAULT: usize = 8_192;

/// Deliveries in one transaction where nothing else is configured.
pub const BATCH_DEFAULT: usize = 512;

/// Bytes of requests that may wait, however few they are: a queue of the largest bodies would
/// otherwise hold half a gigabyte.
pub const QUEUE_BYTES: usize = 64 * 1_024 * 1_024;

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

struct Job {
    delivery: Delivery,
    answer: Answer,
    /// Given back when it is taken from the queue.
    _room: OwnedSemaphorePermit,
}

/// Where a delivery's sender waits.
type Answer = oneshot::Sender<Result<Recorded, NotRecorded>>;

/// The writer's front: where deliveries are handed in. Clones share one queue.
#[derive(Clone)]
pub struct Writer {
    queue: mpsc::Sender<Job>,
    room: Arc<Semaphore>,
    refuses: Arc<AtomicBool>,
}

impl Writer {
    /// Starts the writing task. It runs until its handle stops it.
    #[must_use]
    pub fn start(
        store: Store,
        limits: WriterLimits,
        metrics: Arc<Metrics>,
    ) -> (Self, WriterHandle) {
        let (queue, jobs) = mpsc::channel(limits.queue.max(1));
        let (stop, stopped) = oneshot::channel();
        let refuses = Arc::new(AtomicBool::new(false));
        let task = WriterTask {
            store,
            batch: limits.batch.max(1),
            metrics,
            jobs,
            refuses: refuses.clone(),
        };
        let handle = WriterHandle {
            stop: Some(stop),
            has_ended: false,
            task: tokio::spawn(task.run(stopped)),
        };
        let room = Arc::new(Semaphore::new(QUEUE_BYTES));
        let writer = Self {
            queue,
            room,
            refuses,
        };
        (writer, handle)
    }

    /// Records a delivery: durable when this returns.
    ///
    /// # Errors
    /// [`NotRecorded`]: nothing was recorded.
    pub async fn record(&self, delivery: Delivery) -> Result<Recorded, NotRecorded> {
        let (answer, recorded) = oneshot::channel();
        let room = self
            .room
            .clone()
            .try_acquire_many_owned(bytes_of(&delivery));
        let job = Job {
            delivery,
            answer,
            _room: room.map_err(|_| NotRecorded::QueueFull)?,
        };
        self.queue.try_send(job).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => NotRecorded::QueueFull,
            mpsc::error::TrySendError::Closed(_) => NotRecorded::Stopping,
        })?;
        recorded.await.unwrap_or(Err(NotRecorded::Stopping))
    }

    /// From now on nothing is booked any more. What waits and what still comes is refused; the
    /// transaction under way ends, and its deliveries are answered as it does.
    pub fn refuse_the_rest(&self) {
        self.refuses.store(true, Ordering::Relaxed);
    }

    /// Whether the writing task runs.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        !self.queue.is_closed()
    }
}

/// The writer's end: who holds it decides when it stops.
pub struct WriterHandle {
    stop: Option<oneshot::Sender<()>>,
    /// A task that has ended must not be waited for again.
    has_ended: bool,
    task: JoinHandle<()>,
}

impl WriterHandle {
    /// Takes no more deliveries, books and answers all that have queued, and ends.
    ///
    /// # Errors
    /// The task had panicked.
    pub async fn stop(mut self) -> Result<(), JoinError> {
        // Dropping the sender is the signal.
        drop(self.stop.take());
        if self.has_ended {
            Ok(())
        } else {
            self.task.await
        }
    }

    /// Ready when the task has ended by itself, which only a panic can make it do.
    pub async fn ended(&mut self) {
        if let Err(error) = (&mut self.task).await {
            tracing::error!(%error, "the writer panicked");
        }
        self.has_ended = true;
    }
}

struct WriterTask {
    store: Store,
    batch: usize,
    metrics: Arc<Metrics>,
    jobs: mpsc::Receiver<Job>,
    refuses: Arc<AtomicBool>,
}

impl WriterTask {
    async fn run(mut self, mut stopped: oneshot::Receiver<()>) {
        let mut taken = Vec::with_capacity(self.batch);
        loop {
            tokio::select! {
                count = self.jobs.recv_many(&mut taken, self.batch) => if count == 0 { return },
                _ = &mut stopped, if !self.jobs.is_closed() => {
                    self.jobs.close();
                    continue;
                }
            }
            self.metrics.batch_taken(taken.len(), self.jobs.len());
            let (deliveries, answers) = taken
                .drain(..)
                .map(|job| (job.delivery, job.answer))
                .collect();
            self.book(deliveries, answers).await;
            self.metrics.batch_answered();
        }
    }

    async fn book(&self, deliveries: Vec<Delivery>, answers: Vec<Answer>) {
        if self.refuses.load(Ordering::Relaxed) {
            return refuse(answers, NotRecorded::Stopping);
        }
        let started = Instant::now();
        match self.store.book(&deliveries).await {
            Ok(entries) => {
                self.metrics
                    .batch_committed(deliveries.len(), started.elapsed());
                let recorded = deliveries.into_iter().zip(entries);
                for ((delivery, entry), answer) in recorded.zip(answers) {
                    self.metrics
                        .delivery_recorded(&delivery.partner, entry.verdict);
                    // A sender that has hung up will send again, and be told it is a duplicate.
                    let _ = answer.send(Ok(Recorded { delivery, entry }));
                }
            }
            // One row that the store cannot take or read must not keep the others out.
            Err(error) if error.is_about_a_row() && deliveries.len() > 1 => {
                for (delivery, answer) in deliveries.into_iter().zip(answers) {
                    Box::pin(self.book(vec![delivery], vec![answer])).await;
                }
            }
            Err(error) => {
                self.metrics.store_failed();
                tracing::error!(%error, deliveries = deliveries.len(), "a batch was not booked");
                refuse(answers, NotRecorded::StoreAway);
            }
        }
    }
}

/// What a delivery takes of the queue's room.
fn bytes_of(delivery: &Delivery) -> u32 {
    let bytes = delivery.body.len() + delivery.query.len() + DELIVERY_BYTES;
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

fn refuse(answers: Vec<Answer>, cause: NotRecorded) {
    for answer in answers {
        let _ = answer.send(Err(cause));
    }
}

#[cfg(test)]
mod tests;
