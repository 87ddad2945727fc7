//! Heals what was flagged only because its click was not in the log.

use std::collections::HashSet;

use postern_protocol::time::UnixSeconds;
use sqlx::sqlite::SqliteConnection;

use super::{SqliteStore, load, write};
use crate::agreement::Agreements;
use crate::ledger::{self, Agreed, Flag, Ruling, Snapshot};
use crate::store::writes::Writes;
use crate::store::{StoreError, decode};

const FLAGS: &str = "
    SELECT f.*
    FROM json_each(?1) AS k
    CROSS JOIN flags AS f ON f.clickid = k.value
    WHERE f.open = 1 AND f.reason = 'unknown_click'
    ORDER BY f.clickid, f.conversion, f.delivery";

const WITH_CLICK: &str = "
    SELECT DISTINCT f.clickid
    FROM flags AS f CROSS JOIN clicks AS c ON c.clickid = f.clickid
    WHERE f.open = 1 AND f.reason = 'unknown_click' AND f.clickid > ?
    ORDER BY f.clickid LIMIT ?";

/// All of them, for the test that looks at their plans.
#[cfg(test)]
pub(super) const QUERIES: [&str; 2] = [FLAGS, WITH_CLICK];

impl SqliteStore {
    pub(in crate::store) async fn heal(
        &self,
        clickids: &[&str],
        agreements: &Agreements,
        now: UnixSeconds,
    ) -> Result<u64, StoreError> {
        self.take_turn(async |connection, _| heal(connection, clickids, agreements, now).await)
            .await
    }

    /// Those of the clicks that a flag waits for.
    pub(in crate::store) async fn flagged_of(
        &self,
        clickids: &[&str],
    ) -> Result<Vec<String>, StoreError> {
        let mut reader = self.readers.acquire().await?;
        let flags = flags_of(&mut reader, clickids).await?;
        let mut flagged: Vec<String> = flags.into_iter().map(|flag| flag.clickid).collect();
        flagged.dedup(); // they come sorted
        Ok(flagged)
    }

    pub(in crate::store) async fn flagged_with_click(
        &self,
        after: &str,
        limit: u32,
    ) -> Result<Vec<String>, StoreError> {
        let clickids = sqlx::query_scalar(WITH_CLICK)
            .bind(after.to_owned())
            .bind(limit)
            .fetch_all(&self.readers)
            .await?;
        Ok(clickids)
    }
}

async fn heal(
    connection: &mut SqliteConnection,
    clickids: &[&str],
    agreements: &Agreements,
    now: UnixSeconds,
) -> Result<u64, StoreError> {
    let flags = flags_of(connection, clickids).await?;
    let mut snapshot = load_flagged(connection, &flags, agreements).await?;
    let rulings: Vec<Ruling> = flags
        .iter()
        .filter_map(|flag| ledger::heal(&mut snapshot, flag, agreements, now))
        .collect();
    write::all(connection, &Writes::of_rulings(&rulings, &snapshot)).await?;
    Ok(rulings.len() as u64)
}

async fn flags_of(
    connection: &mut SqliteConnection,
    clickids: &[&str],
) -> Result<Vec<Flag>, StoreError> {
    let rows = load::fetch(connection, FLAGS, &clickids).await?;
    rows.iter().map(decode::flag).collect()
}

/// The flags' conversions with their clicks and their money.
async fn load_flagged(
    connection: &mut SqliteConnection,
    flags: &[Flag],
    agreements: &Agreements,
) -> Result<Snapshot, StoreError> {
    let mut snapshot = Snapshot::default();
    load::load_flagged(connection, flags, &mut snapshot).await?;
    let clickids: HashSet<&str> = flags.iter().map(|flag| &*flag.clickid).collect();
    load::load_clicks(connection, &clickids, &mut snapshot).await?;
    let mut agreed = Agreed::default();
    for (partner, agreement) in agreements.iter() {
        agreed.add(partner, agreement);
    }
    load::money(connection, &mut snapshot, &agreed, std::iter::empty()).await?;
    Ok(snapshot)
}
