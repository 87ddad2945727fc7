//! What removing old deliveries did, alike for every database.
//!
//! Only the requests as they came are removed. What they meant stays: contents, so that a late retry
//! is answered as the first time; conversions, changes, flags, decisions and payouts.

use super::{Store, StoreError};
use crate::report::period::{Day, Month};

/// What was removed, or would be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Part by part, oldest first.
    pub parts: Vec<PrunedPart>,
    /// The month that the day lies in, where it is kept because parts go only as a whole.
    pub kept: Option<Month>,
}

/// A part that was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrunedPart {
    /// The month it held; `None`: whatever was older and in no part of its own.
    pub month: Option<Month>,
    /// How many deliveries.
    pub deliveries: u64,
}

impl Store {
    /// Prepares the store for the deliveries of the coming months; to be called at start and daily.
    /// Deliveries are kept without it too.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn prepare_months(&self, today: Day) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(store) => store.make_months(today).await,
        }
    }

    /// Removes the deliveries received before a day, as they came; what they meant stays. On
    /// PostgreSQL months go as a whole.
    ///
    /// # Errors
    /// The day lies after today; or the store does not answer, and what was removed before stays so.
    pub async fn prune(&self, before: Day, today: Day) -> Result<Pruned, StoreError> {
        check(before, today)?;
        match self {
            Self::Sqlite(store) => store.prune(before).await,
            Self::Postgres(store) => store.prune(before).await,
        }
    }

    /// What [`Store::prune`] would remove.
    ///
    /// # Errors
    /// The day lies after today, or the store does not answer.
    pub async fn count_older(&self, before: Day, today: Day) -> Result<Pruned, StoreError> {
        check(before, today)?;
        match self {
            Self::Sqlite(store) => store.count_older(before).await,
            Self::Postgres(store) => store.count_older(before).await,
        }
    }
}

/// A slip of the year must not cost what was just received.
pub(super) fn check(before: Day, today: Day) -> Result<(), StoreError> {
    if before > today {
        return Err(StoreError::NotYetReceived { before, today });
    }
    Ok(())
}

impl Pruned {
    /// All of them together.
    #[must_use]
    pub fn deliveries(&self) -> u64 {
        self.parts.iter().map(|part| part.deliveries).sum()
    }

    /// Adds what was removed from no part of its own, if there was anything.
    pub(super) fn add_rest(&mut self, deliveries: u64) {
        if deliveries > 0 {
            self.parts.push(PrunedPart {
                month: None,
                deliveries,
            });
        }
    }
}
