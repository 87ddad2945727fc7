//! The HTTP side: what the edge lets through comes in here, and the answer goes back once the
//! record is durable.

mod router;
mod event;
mod trace;
mod health;
mod status;
mod metrics;
mod errors;
mod answer;
#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::serve::ListenerExt;
use postern_protocol::proof::ProofTokens;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};

pub use metrics::Metrics;
pub use status::STATUS_PATH;

use crate::agreement::Agreements;
use crate::clock::Clock;
use crate::store::Store;
use crate::writer::{Writer, WriterHandle, WriterLimits};

/// How long open requests may take once the server stops. It is longer than a commit ever takes and
/// shorter than what supervisors wait before they kill.
pub const DRAIN_LIMIT_SECONDS: u64 = 10;

/// How long the last answers may take once the drain's limit is reached and the rest is refused:
/// longer than the store waits for a lock, which the transaction under way may still do.
const LAST_ANSWERS_LIMIT: Duration = Duration::from_secs(3);

/// How often the metrics are folded, so that they stay small when nobody asks for them.
const TIDY_SECONDS: u64 = 5;

/// What the server must know of partners, and whose requests it takes. It changes while it serves.
#[derive(Debug, Clone)]
pub struct Admission {
    /// The tokens that prove a request came through the edge.
    pub tokens: ProofTokens,
    /// What is agreed with each partner.
    pub agreements: Agreements,
}

/// What a server needs to serve.
pub struct ServeSettings {
    /// Where records go.
    pub store: Store,
    /// Partners and tokens; a value sent to the channel holds from the next request on.
    pub admission: watch::Receiver<Arc<Admission>>,
    /// How much the writer takes on.
    pub limits: WriterLimits,
    /// The largest body, in bytes.
    pub max_body_bytes: u32,
    /// Where time comes from.
    pub clock: Clock,
}

/// Why serving ended, other than by being told to.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The listener failed.
    #[error("the listener failed: {0}")]
    Listener(#[from] std::io::Error),
    /// The writer is gone, which only a defect can do. Nothing can be recorded any more.
    #[error("the writer stopped unexpectedly; start the server again and report this")]
    WriterStopped,
}

/// What every request sees.
struct App {
    store: Store,
    admission: watch::Receiver<Arc<Admission>>,
    max_body_bytes: u32,
    clock: Clock,
    writer: Writer,
    metrics: Arc<Metrics>,
    stopping: AtomicBool,
}

/// Serves until `shutdown` is ready, then drains: no new connections, open requests are finished,
/// everything queued is booked and answered. What still waits after [`DRAIN_LIMIT_SECONDS`] is
/// refused for the moment, so that a store that is away does not keep the process up.
///
/// # Errors
/// The listener failed, or the writer stopped by itself.
pub async fn serve(
    settings: ServeSettings,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let drain_limit = Duration::from_secs(DRAIN_LIMIT_SECONDS);
    serve_draining_within(drain_limit, settings, listener, shutdown).await
}

async fn serve_draining_within(
    drain_limit: Duration,
    settings: ServeSettings,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let metrics = Arc::new(Metrics::new());
    let (writer, mut handle) =
        Writer::start(settings.store.clone(), settings.limits, metrics.clone());
    let app = Arc::new(App {
        store: settings.store,
        admission: settings.admission,
        max_body_bytes: settings.max_body_bytes,
        clock: settings.clock,
        writer,
        metrics,
        stopping: AtomicBool::new(false),
    });
    let served = run(drain_limit, app, listener, shutdown, &mut handle).await;
    handle.stop().await.map_err(|_| ServeError::WriterStopped)?;
    served
}

async fn run(
    drain_limit: Duration,
    app: Arc<App>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
    writer: &mut WriterHandle,
) -> Result<(), ServeError> {
    let (stopping, stopped) = oneshot::channel();
    let metrics = app.metrics.clone();
    let queue = app.writer.clone();
    let backlog = Metrics::follow_backlog(app.clone());
    let draining = app.clone();
    let drain = async move {
        shutdown.await;
        draining.stopping.store(true, Ordering::Relaxed);
        // The receiver is gone only when serving has ended already.
        let _ = stopping.send(());
    };
    // An answer is one small segment: waiting for more to send with it would only delay it.
    let listener = listener.tap_io(|connection| {
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps its delay");
        }
    });
    let serving = axum::serve(listener, router::routes(app)).with_graceful_shutdown(drain);
    let mut serving = pin!(serving.into_future());
    tokio::select! {
        ended = &mut serving => return Ok(ended?),
        () = writer.ended() => return Err(ServeError::WriterStopped),
        never = tidy(metrics) => match never {},
        never = backlog => match never {},
        () = given_up(stopped, drain_limit) => {}
    }
    tracing::warn!("some requests did not end in time and are given up");
    queue.refuse_the_rest();
    // A request that never ends is cut off.
    match tokio::time::timeout(LAST_ANSWERS_LIMIT, serving).await {
        Ok(ended) => Ok(ended?),
        Err(_) => Ok(()),
    }
}

async fn tidy(metrics: Arc<Metrics>) -> Infallible {
    let mut beat = tokio::time::interval(Duration::from_secs(TIDY_SECONDS));
    loop {
        beat.tick().await;
        metrics.tidy();
    }
}

/// Ready once draining has taken as long as it may; never, while nobody stops the server.
async fn given_up(stopped: oneshot::Receiver<()>, drain_limit: Duration) {
    match stopped.await {
        Ok(()) => tokio::time::sleep(drain_limit).await,
        Err(_) => std::future::pending().await,
    }
}
