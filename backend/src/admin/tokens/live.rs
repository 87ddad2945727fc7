//! The tokens of a running backend: they follow the file.
//!
//! Unlike partners, what cannot be read lets nobody in: a token that was revoked must not live on
//! because its file was damaged on the way.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::watch;

use super::Tokens;
use crate::files::{self, Stamp};

/// Keeps [`Tokens`] as the file has them.
#[derive(Debug)]
pub struct Follower {
    path: PathBuf,
    stamp: Stamp,
    tokens: watch::Sender<Arc<Tokens>>,
}

impl Follower {
    /// Reads the file as it is; without one, nobody is let in.
    #[must_use]
    pub fn open(path: &Path) -> Self {
        // The stamp first: a change between the two is then seen as one, not missed.
        let stamp = files::stamp(path);
        let (tokens, _) = watch::channel(Arc::new(read(path)));
        Self {
            path: path.to_owned(),
            stamp,
            tokens,
        }
    }

    /// Where the current tokens can be seen.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<Arc<Tokens>> {
        self.tokens.subscribe()
    }

    /// Takes over the file if it has changed.
    pub fn look(&mut self) {
        let stamp = files::stamp(&self.path);
        if stamp == self.stamp {
            return;
        }
        self.stamp = stamp;
        let tokens = read(&self.path);
        tracing::info!(tokens = tokens.holders().count(), "admin tokens reloaded");
        self.tokens.send_replace(Arc::new(tokens));
    }
}

fn read(path: &Path) -> Tokens {
    let read = files::read_if_there(path).map_err(|error| error.to_string());
    let tokens = read.and_then(|text| {
        let tokens = Tokens::parse(&text.unwrap_or_default());
        tokens.map_err(|error| format!("{}: {error}", path.display()))
    });
    tokens.unwrap_or_else(|error| {
        tracing::error!(%error, "the admin API lets nobody in");
        Tokens::default()
    })
}
