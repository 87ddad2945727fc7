//! The writer's end.

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::sync::watch;
use tokio::task::{JoinError, JoinHandle};

/// The writer's end: who holds it decides when the lanes stop.
pub struct WriterHandle {
    /// Dropping it is the signal.
    stop: watch::Sender<()>,
    /// Those that have not been seen to end.
    lanes: FuturesUnordered<JoinHandle<()>>,
}

impl WriterHandle {
    pub(super) fn new(stop: watch::Sender<()>, lanes: Vec<JoinHandle<()>>) -> Self {
        let lanes = lanes.into_iter().collect();
        Self { stop, lanes }
    }

    /// Takes no more deliveries, books and answers all that have queued, and ends.
    ///
    /// # Errors
    /// A lane had panicked.
    pub async fn stop(self) -> Result<(), JoinError> {
        let Self { stop, mut lanes } = self;
        drop(stop);
        let mut all_well = Ok(());
        while let Some(ended) = lanes.next().await {
            all_well = all_well.and(ended);
        }
        all_well
    }

    /// Ready when a lane has ended by itself, which only a panic can make it do.
    pub async fn ended(&mut self) {
        if let Some(Err(error)) = self.lanes.next().await {
            tracing::error!(%error, "the writer panicked");
        }
    }
}
