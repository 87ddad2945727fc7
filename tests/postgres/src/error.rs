//! Why there is no PostgreSQL.

use std::fmt::Display;

use thiserror::Error;

/// Why there is no PostgreSQL, in words that say what to do.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct PostgresError(String);

impl PostgresError {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

/// Says what was being done when an error came up.
pub(crate) fn doing<E: Display>(what: impl Display) -> impl FnOnce(E) -> PostgresError {
    move |error| PostgresError(format!("{what}: {error}"))
}
