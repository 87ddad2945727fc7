//! The admin listener's connections: so many at once, and none that waits for its headers for ever.
//!
//! They speak HTTP/1.1, as every client does where nothing says otherwise. How long a request may be
//! read is bounded here; how long it may be answered, nowhere: an export takes as long as it takes.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::serve::Listener;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// Connections at once. People and their programs need a few; whoever opens more waits, and those
/// that are open are served all the same.
pub(super) const MAX_CONNECTIONS: usize = 64;

/// How long the headers of a request may take, from the connection or from the end of the request
/// before. What sends nothing for so long makes room for others.
pub(super) const HEADERS_WITHIN: Duration = Duration::from_secs(10);

/// Serves until `shutdown` is ready; open requests are finished then.
pub(super) async fn serve(
    mut listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()>,
) {
    let room = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEADERS_WITHIN);
    let open = GracefulShutdown::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let next = async {
            let place = room.clone().acquire_owned().await;
            (place, Listener::accept(&mut listener).await)
        };
        let (place, (stream, _)) = tokio::select! {
            next = next => next,
            () = &mut shutdown => break,
        };
        let service = TowerToHyperService::new(router.clone());
        let connection = http.serve_connection(TokioIo::new(stream), service);
        let connection = open.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "an admin connection ended");
            }
            drop(place);
        });
    }
    drop(listener);
    open.shutdown().await;
}
