//! The listener: open while there is somebody to let in.
//!
//! Without a token it is not there at all. It opens when the first token is made, and then stays,
//! since a token that is revoked opens nothing.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::{AdminSettings, Tokens, serve};

/// How long open requests may take once the backend stops. A report is done by then; an export that
/// is not is asked for again.
pub const ADMIN_DRAIN_LIMIT: Duration = Duration::from_secs(5);

/// Why the admin API cannot be opened.
#[derive(Debug, Error)]
#[error(
    "the admin API cannot listen on {address}: {cause}; choose another address by `listen` under [admin]"
)]
pub struct CannotListen {
    address: SocketAddr,
    #[source]
    cause: std::io::Error,
}

/// The admin API of a running backend.
pub struct AdminApi {
    settings: AdminSettings,
    address: SocketAddr,
    listener: Option<TcpListener>,
}

impl AdminApi {
    /// Listens if there is a token.
    ///
    /// # Errors
    /// The address cannot be listened on.
    pub async fn open(settings: AdminSettings, address: SocketAddr) -> Result<Self, CannotListen> {
        let is_closed = settings.tokens.borrow().is_empty();
        let listener = if is_closed {
            tracing::info!(
                "the admin API is closed: there is no token; `postern admin token NAME` makes one and opens it"
            );
            None
        } else {
            Some(listen(address).await?)
        };
        Ok(Self {
            settings,
            address,
            listener,
        })
    }

    /// Serves until `shutdown` is ready, and for [`ADMIN_DRAIN_LIMIT`] more what is open then.
    pub async fn run(mut self, shutdown: impl Future<Output = ()> + Clone + Send + 'static) {
        let Some(listener) = self.listener(shutdown.clone()).await else {
            return;
        };
        let limit = shutdown
            .clone()
            .then(|()| tokio::time::sleep(ADMIN_DRAIN_LIMIT));
        tokio::select! {
            () = serve(self.settings, listener, shutdown) => {}
            () = limit => tracing::warn!("some admin requests did not end in time and are given up"),
        }
    }

    /// The listener, as soon as there is a token; `None` when it is time to stop before.
    async fn listener(&mut self, shutdown: impl Future<Output = ()>) -> Option<TcpListener> {
        let address = self.address;
        let tokens = self.settings.tokens.clone();
        match self.listener.take() {
            Some(listener) => Some(listener),
            None => tokio::select! {
                listener = first_token(tokens, address) => listener,
                () = shutdown => None,
            },
        }
    }
}

/// Each time the tokens change it is tried again, until it works.
async fn first_token(
    mut tokens: watch::Receiver<Arc<Tokens>>,
    address: SocketAddr,
) -> Option<TcpListener> {
    loop {
        tokens.changed().await.ok()?;
        if tokens.borrow_and_update().is_empty() {
            continue;
        }
        match listen(address).await {
            Ok(listener) => return Some(listener),
            Err(error) => tracing::error!(%error, "the admin API stays closed"),
        }
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, CannotListen> {
    let listener = TcpListener::bind(address).await;
    let listener = listener.map_err(|cause| CannotListen { address, cause })?;
    let listen = listener.local_addr().unwrap_or(address);
    tracing::info!(%listen, "the admin API is open");
    if !listen.ip().is_loopback() {
        tracing::warn!(
            "the admin API speaks plain HTTP beyond this machine: put something that speaks TLS in front of it"
        );
    }
    Ok(listener)
}
