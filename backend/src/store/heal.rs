//! Heals what was flagged for want of clicks: a few clicks in each transaction, and without the rows
//! that a store cannot make sense of.

use std::iter;
use std::ops::Range;

use postern_protocol::time::UnixSeconds;

use super::{Store, StoreError};
use crate::agreement::Agreements;

/// Clicks healed in one transaction, so that bookings never wait for long.
pub(super) const HEAL_CLICKS: usize = 500;

impl Store {
    /// Heals what was flagged only because these clicks were not in the log; to be called once their
    /// import is durable. Says how many flags it closed.
    ///
    /// # Errors
    /// The store does not answer. Those clicks are healed the next time, or by [`Store::heal_all`].
    pub async fn heal(
        &self,
        clickids: &[&str],
        agreements: &Agreements,
        now: UnixSeconds,
    ) -> Result<u64, StoreError> {
        // Most clicks have no flags: those must not wait for a writer.
        let flagged = match self {
            Self::Sqlite(store) => store.flagged_of(clickids).await?,
            Self::Postgres(store) => store.flagged_of(clickids).await?,
        };
        let flagged: Vec<&str> = flagged.iter().map(String::as_str).collect();
        heal(self, &flagged, agreements, now).await
    }

    async fn heal_some(
        &self,
        clickids: &[&str],
        agreements: &Agreements,
        now: UnixSeconds,
    ) -> Result<u64, StoreError> {
        match self {
            Self::Sqlite(store) => store.heal(clickids, agreements, now).await,
            Self::Postgres(store) => store.heal(clickids, agreements, now).await,
        }
    }

    /// Heals all that is flagged for want of a click that is in the log. An import that was broken
    /// off between a chunk and its healing leaves such flags.
    ///
    /// # Errors
    /// The store does not answer. What was healed before stays so.
    pub async fn heal_all(
        &self,
        agreements: &Agreements,
        now: UnixSeconds,
    ) -> Result<u64, StoreError> {
        const LIMIT: u32 = HEAL_CLICKS as u32;
        let mut healed = 0;
        let mut after = String::new();
        loop {
            let clickids = match self {
                Self::Sqlite(store) => store.flagged_with_click(&after, LIMIT).await?,
                Self::Postgres(store) => store.flagged_with_click(&after, LIMIT).await?,
            };
            let Some(last) = clickids.last() else {
                return Ok(healed);
            };
            after.clone_from(last);
            let clickids: Vec<&str> = clickids.iter().map(String::as_str).collect();
            healed += heal(self, &clickids, agreements, now).await?;
        }
    }
}

/// Heals the flags of these clicks, which all have some. A click whose rows are at fault is logged
/// and left for somebody to look at; those behind it are healed all the same.
pub(super) async fn heal(
    store: &Store,
    clickids: &[&str],
    agreements: &Agreements,
    now: UnixSeconds,
) -> Result<u64, StoreError> {
    let mut healed = 0;
    for clickids in clickids.chunks(HEAL_CLICKS) {
        let mut parts: Vec<Range<usize>> = iter::once(0..clickids.len()).collect();
        while let Some(part) = parts.pop() {
            match store
                .heal_some(&clickids[part.clone()], agreements, now)
                .await
            {
                Ok(some) => healed += some,
                Err(error) if error.is_about_a_row() && part.len() > 1 => {
                    let middle = part.start + part.len() / 2;
                    parts.extend([middle..part.end, part.start..middle]);
                }
                Err(error) if error.is_about_a_row() => {
                    let clickid = clickids[part.start];
                    tracing::error!(clickid, %error, "the flags of a click that has arrived cannot be healed");
                }
                Err(error) => return Err(error),
            }
        }
    }
    Ok(healed)
}
