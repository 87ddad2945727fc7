//! The admin API: everything the command line can read or decide, over HTTP and JSON, on a listener
//! of its own that the edge never reaches.
//!
//! One request's way through this module:
//!
//! 1. [`access`] asks whether it was meant for us and whose token it carries; nothing is looked at
//!    before that.
//! 2. `router` names its endpoint, and writes the OpenAPI document from the same list.
//! 3. The endpoint reads its parameters (`query`, `body`), asks the store or a pure report, and
//!    answers JSON. It decides nothing of its own.
//! 4. Whatever goes wrong is a `problem`: RFC 9457, with a stable type and what to do.
//!
//! [`tokens`] are kept as digests in a file that is followed while we serve. The same listener shows
//! people the [console](crate::console), which reads and decides by the same verbs.

mod listen;
mod connections;
pub(crate) mod access;
mod router;
mod kind;
mod problem;
mod path;
mod body;
pub(crate) mod query;
mod cursor;
pub(crate) mod page;
pub(crate) mod shape;
mod partners;
pub(crate) mod deliveries;
mod conversions;
mod clicks;
mod explain;
mod flags;
mod preview;
mod decisions;
mod effects;
mod reports;
mod exports;
mod retention;
mod tokens;
#[cfg(test)]
pub(crate) mod tests;

use std::path::PathBuf;
use std::sync::Arc;

use futures_util::FutureExt as _;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

pub use listen::{ADMIN_DRAIN_LIMIT, AdminApi, CannotListen};
pub use router::openapi;
pub use tokens::{
    Follower, Holder, MAX_TOKENS, NameError, Role, RoleError, TOKEN_PREFIX, TokenDigest, TokenName,
    Tokens, TokensError,
};

use crate::clock::Clock;
use crate::console::ConsoleSettings;
use crate::report::sources::Thresholds;
use crate::server::Admission;
use crate::store::Store;
use access::Failures;

/// What the admin API needs to serve.
pub struct AdminSettings {
    /// What it reads and decides on.
    pub store: Store,
    /// The partners as they are applied.
    pub admission: watch::Receiver<Arc<Admission>>,
    /// What is applied to the edge; it is not there where the edge is elsewhere.
    pub edge: PathBuf,
    /// The rates by which reports convert.
    pub rates: PathBuf,
    /// What recommendations about sources go by.
    pub thresholds: Thresholds,
    /// Who may use it.
    pub tokens: watch::Receiver<Arc<Tokens>>,
    /// Names it may be called by, besides `localhost` and plain addresses; in lower case.
    pub hosts: Vec<String>,
    /// How the console is set up.
    pub console: ConsoleSettings,
    /// Where time comes from.
    pub clock: Clock,
}

/// What every request sees, the console's too.
pub(crate) struct Admin {
    pub(crate) store: Store,
    pub(crate) admission: watch::Receiver<Arc<Admission>>,
    pub(crate) edge: PathBuf,
    pub(crate) rates: PathBuf,
    pub(crate) thresholds: Thresholds,
    pub(crate) tokens: watch::Receiver<Arc<Tokens>>,
    pub(crate) hosts: Vec<String>,
    pub(crate) console: ConsoleSettings,
    pub(crate) clock: Clock,
    pub(crate) failures: Failures,
    /// Turns true when the listener stops: what would never end by itself ends then.
    pub(crate) closing: watch::Receiver<bool>,
    importing: Semaphore,
}

/// Serves until `shutdown` is ready; open requests are finished then.
pub async fn serve(
    settings: AdminSettings,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) {
    let (close, closing) = watch::channel(false);
    let admin = Arc::new(Admin {
        store: settings.store,
        admission: settings.admission,
        edge: settings.edge,
        rates: settings.rates,
        thresholds: settings.thresholds,
        tokens: settings.tokens,
        hosts: settings.hosts,
        console: settings.console,
        clock: settings.clock,
        failures: Failures::default(),
        closing,
        importing: Semaphore::new(clicks::MAX_IMPORTS_AT_ONCE),
    });
    let shutdown = shutdown.inspect(move |()| _ = close.send_replace(true));
    connections::serve(listener, router::routes(admin), shutdown).await;
}
