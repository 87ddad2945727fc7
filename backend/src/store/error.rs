//! Why the store did not do what it was asked to.

use std::collections::BTreeSet;

use postern_protocol::id::PartnerId;
use sqlx::error::{DatabaseError, ErrorKind};
use sqlx::postgres::PgDatabaseError;
use thiserror::Error;
use uuid::Uuid;

use super::postgres;
use super::reads::QUESTION_SECONDS;
use super::report::GROUPS_MAX;
use crate::agreement::TermsVersion;
use crate::report::period::Day;

/// Why the store did not do what it was asked to. Nothing was changed then.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The URL names no store of ours.
    #[error(
        "the database URL starts with {scheme:?}, which is no store Postern knows; use sqlite://PATH, such as sqlite://var/postern.db, or postgres://USER@HOST/DATABASE"
    )]
    UnknownScheme {
        /// What stands before the colon. The rest of a URL may hold a password.
        scheme: String,
    },
    /// The URL asks for a store that forgets, or may.
    #[error(
        "a database in memory forgets everything, and other ways to the disk (vfs) may; use a plain file, such as sqlite://var/postern.db"
    )]
    InMemory,
    /// The URL names a store but is malformed, or its schema cannot be brought up to date.
    #[error("the store cannot be opened: {0}; check the URL, the folder and its permissions")]
    Unusable(#[source] sqlx::Error),
    /// The PostgreSQL database a URL names cannot be used.
    #[error("the database {place} cannot be used: {reason}")]
    Database {
        /// Server and database, without user and password.
        place: String,
        /// What is wrong, and what to do about it.
        reason: String,
    },
    /// Locked, full, gone: it may work again without a restart.
    #[error("the store does not answer: {0}")]
    Unavailable(#[source] sqlx::Error),
    /// It works, but did not take what was given.
    #[error("the store refused a row: {0}")]
    Refused(#[source] sqlx::Error),
    /// Another transaction got in between, again and again. It may work if tried again.
    #[error("others kept changing the same rows: {0}")]
    Contended(#[source] sqlx::Error),
    /// A row holds what this version never writes.
    #[error(
        "the store holds {0}, which this version does not know; was it written by a newer one?"
    )]
    Unreadable(String),
    /// What is received today would go as well, as far as it is there.
    #[error(
        "the deliveries received before {before} cannot be removed: today is {today}, and they are not all there yet; name {today} or an earlier day"
    )]
    NotYetReceived {
        /// The day that was named.
        before: Day,
        /// The present one.
        today: Day,
    },
    /// A question that nobody waits for.
    #[error(
        "the answer took longer than {QUESTION_SECONDS} seconds and was given up; name a shorter period or a partner, or tell less apart"
    )]
    TooLong,
    /// More rows than anybody reads.
    #[error(
        "the report would have more than {GROUPS_MAX} rows; name a shorter period or a partner, or tell less apart"
    )]
    TooManyGroups,
}

impl StoreError {
    pub(super) fn unknown_scheme(url: &str) -> Self {
        let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme);
        Self::UnknownScheme {
            scheme: scheme.to_owned(),
        }
    }

    /// Money was booked by terms that were not kept with it.
    pub(super) fn terms_missing(needed: &BTreeSet<(PartnerId, TermsVersion)>) -> Self {
        let each = needed
            .iter()
            .map(|(partner, it)| format!("{it} of {partner}"));
        let each = each.collect::<Vec<_>>().join(", ");
        Self::Unreadable(format!("money by terms ({each}) that it does not all hold"))
    }

    /// A flag names a conversion that is gone.
    pub(super) fn conversion_missing(id: Uuid) -> Self {
        Self::Unreadable(format!(
            "a flag on a conversion ({id}) that it does not hold"
        ))
    }

    /// Whether the fault lies in a row that was to be written or is touched by it, so that the rest
    /// of a batch may still pass.
    #[must_use]
    pub fn is_about_a_row(&self) -> bool {
        matches!(
            self,
            Self::Refused(_) | Self::Unreadable(_) | Self::Contended(_)
        )
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if let sqlx::Error::ColumnDecode { index, source } = &error {
            return Self::Unreadable(format!("a value of {index} ({source})"));
        }
        match error.as_database_error().map(sort) {
            Some(known) => known(error),
            None => Self::Unavailable(error),
        }
    }
}

/// What a database's complaint means here.
fn sort(cause: &dyn DatabaseError) -> fn(sqlx::Error) -> StoreError {
    if let Some(cause) = cause.try_downcast_ref::<PgDatabaseError>() {
        return postgres::sort(cause);
    }
    match cause.kind() {
        ErrorKind::UniqueViolation | ErrorKind::NotNullViolation | ErrorKind::CheckViolation => {
            StoreError::Refused
        }
        _ => StoreError::Unavailable,
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        Self::Unusable(error.into())
    }
}
