//! The server that tests share: the one a variable names, else one for this process.

use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::{PostgresError, Server};

/// The variable that holds the URL of a running server's maintenance database.
pub const SERVER_VARIABLE: &str = "POSTERN_TEST_POSTGRES";

/// This process's own server, as long as a database stands on it: what is kept in a static is never
/// dropped, and the server would stay.
static OWN: Mutex<Weak<Server>> = Mutex::new(Weak::new());

/// Where a database stands. Its server runs at least as long.
#[derive(Debug)]
pub(crate) struct Home {
    url: String,
    _own: Option<Arc<Server>>,
}

impl Home {
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

pub(crate) fn home() -> Result<Home, PostgresError> {
    if let Ok(url) = std::env::var(SERVER_VARIABLE) {
        return Ok(Home { url, _own: None });
    }
    let mut own = OWN.lock().unwrap_or_else(PoisonError::into_inner);
    let server = match own.upgrade() {
        Some(server) => server,
        None => Arc::new(Server::start()?),
    };
    *own = Arc::downgrade(&server);
    Ok(Home {
        url: server.url(),
        _own: Some(server),
    })
}

/// A name that nobody else uses: told apart by a count within this process, and by its id from
/// others.
pub(crate) fn own_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("test_{}_{count}", process::id())
}
