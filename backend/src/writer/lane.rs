//! A lane: one batch after another.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use tokio::sync::{mpsc, watch};

use super::{Answer, Job, NotRecorded, Recorded, Room};
use crate::delivery::Delivery;
use crate::server::Metrics;
use crate::store::Store;

pub(super) struct Lane {
    pub(super) store: Store,
    /// Deliveries in one transaction, at most.
    pub(super) batch: usize,
    pub(super) metrics: Arc<Metrics>,
    pub(super) jobs: mpsc::UnboundedReceiver<Job>,
    pub(super) room: Room,
    pub(super) refuses: Arc<AtomicBool>,
}

impl Lane {
    pub(super) async fn run(mut self, mut stopped: watch::Receiver<()>) {
        let mut taken = Vec::with_capacity(self.batch);
        loop {
            tokio::select! {
                count = self.jobs.recv_many(&mut taken, self.batch) => if count == 0 { return },
                // Nothing is ever sent: it is the end of the sender that is noticed.
                _ = stopped.changed(), if !self.jobs.is_closed() => {
                    self.jobs.close();
                    continue;
                }
            }
            let (deliveries, answers): (Vec<_>, Vec<_>) = taken
                .drain(..)
                .map(|job| (job.delivery, job.answer))
                .unzip();
            let count = deliveries.len();
            self.metrics.batch_taken(count, self.room.waiting());
            self.book(deliveries, answers).await;
            self.metrics.batch_answered(count);
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
                    self.metrics.delivery_recorded(&delivery, &entry);
                    // A sender that has hung up will send again, and be told it is a duplicate.
                    let _ = answer.send(Ok(Recorded {
                        delivery,
                        entry,
                        outlook: None,
                    }));
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

pub(super) fn refuse(answers: Vec<Answer>, cause: NotRecorded) {
    for answer in answers {
        let _ = answer.send(Err(cause));
    }
}

#[cfg(test)]
mod tests;
