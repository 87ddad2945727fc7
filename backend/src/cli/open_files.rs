//! As many open files as the system grants.
//!
//! Each connection of Envoy's is one, and many systems and containers grant a thousand to whoever does
//! not ask for more: fewer than Envoy may open. Envoy asks for its own part in the same way.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// Takes all that may be had. Where none may, the server runs with what it has, and says so.
pub(super) fn take_all() {
    let taken = getrlimit(Resource::RLIMIT_NOFILE)
        .and_then(|(_, most)| setrlimit(Resource::RLIMIT_NOFILE, most, most));
    if let Err(error) = taken {
        tracing::warn!(%error, "the limit of open files stays as it is");
    }
}
