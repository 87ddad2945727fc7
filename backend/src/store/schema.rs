//! Which schema a store has, without changing it.

use std::collections::BTreeSet;

use sqlx::migrate::Migrator;

use super::postgres::PostgresStore;
use super::sqlite::SqliteStore;
use super::{Store, StoreError, url};

/// What is in a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Schema {
    /// Nothing of ours.
    None,
    /// A ledger.
    Found {
        /// Migrations of this version that it has not seen.
        missing: Vec<i64>,
        /// Migrations it has seen that this version does not know.
        unknown: Vec<i64>,
    },
}

impl Schema {
    /// Compares what was applied with what this version has.
    pub(super) fn compare(known: &Migrator, applied: &[i64]) -> Self {
        let known: BTreeSet<i64> = known.iter().map(|it| it.version).collect();
        let applied: BTreeSet<i64> = applied.iter().copied().collect();
        Self::Found {
            missing: known.difference(&applied).copied().collect(),
            unknown: applied.difference(&known).copied().collect(),
        }
    }
}

impl Store {
    /// Which schema the store of a URL has. Nothing is made or migrated, so it can be asked beside a
    /// running backend of another version.
    ///
    /// # Errors
    /// Why the store does not answer.
    pub async fn schema(url: &str) -> Result<Schema, StoreError> {
        match url.split_once(':') {
            Some(("sqlite", _)) => SqliteStore::schema(url).await,
            Some((scheme, _)) if url::POSTGRES_SCHEMES.contains(&scheme) => {
                PostgresStore::schema(url).await
            }
            _ => Err(StoreError::unknown_scheme(url)),
        }
    }
}
