//! The lane of tests: decided, kept and answered apart from live deliveries.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{mpsc, watch};

use super::lane::refuse;
use super::{Answer, Job, NotRecorded, Recorded};
use crate::delivery::Delivery;
use crate::server::Metrics;
use crate::store::Store;

/// Tests in one transaction. Each may need the earlier ones of its click, so few are taken at a time.
const TESTS_BATCH: usize = 32;

pub(super) struct TestsLane {
    pub(super) store: Store,
    pub(super) metrics: Arc<Metrics>,
    pub(super) jobs: mpsc::UnboundedReceiver<Job>,
    pub(super) refuses: Arc<AtomicBool>,
}

impl TestsLane {
    pub(super) async fn run(mut self, mut stopped: watch::Receiver<()>) {
        let mut taken = Vec::with_capacity(TESTS_BATCH);
        loop {
            tokio::select! {
                count = self.jobs.recv_many(&mut taken, TESTS_BATCH) => if count == 0 { return },
                // Nothing is ever sent: it is the end of the sender that is noticed.
                _ = stopped.changed(), if !self.jobs.is_closed() => {
                    self.jobs.close();
                    continue;
                }
            }
            let (tests, answers): (Vec<_>, Vec<_>) = taken
                .drain(..)
                .map(|job| (job.delivery, job.answer))
                .unzip();
            self.rehearse(tests, answers).await;
        }
    }

    async fn rehearse(&self, tests: Vec<Delivery>, answers: Vec<Answer>) {
        if self.refuses.load(Ordering::Relaxed) {
            return refuse(answers, NotRecorded::Stopping);
        }
        match self.store.rehearse(&tests).await {
            Ok(decided) => {
                let decided = tests.into_iter().zip(decided);
                for ((delivery, rehearsed), answer) in decided.zip(answers) {
                    let verdict = rehearsed.entry.verdict;
                    self.metrics.test_recorded(&delivery.partner, verdict);
                    // A sender that has hung up may send again.
                    let _ = answer.send(Ok(Recorded {
                        delivery,
                        entry: rehearsed.entry,
                        outlook: Some(rehearsed.outlook),
                    }));
                }
            }
            // One row that the store cannot take or read must not keep the others out.
            Err(error) if error.is_about_a_row() && tests.len() > 1 => {
                for (test, answer) in tests.into_iter().zip(answers) {
                    Box::pin(self.rehearse(vec![test], vec![answer])).await;
                }
            }
            Err(error) => {
                self.metrics.store_failed();
                tracing::error!(%error, tests = tests.len(), "tests were not kept");
                refuse(answers, NotRecorded::StoreAway);
            }
        }
    }
}
