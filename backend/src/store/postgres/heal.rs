//! Heals what was flagged only because its click was not in the log.

use std::collections::HashSet;

use postern_protocol::time::UnixSeconds;
use sqlx::postgres::PgConnection;

use super::load::Caps;
use super::{PostgresStore, load, rows, write};
use crate::agreement::Agreements;
use crate::ledger::{self, Agreed, Flag, Ruling, Snapshot};
use crate::store::writes::Writes;
use crate::store::{StoreError, decode};

/// What the partial index on open flags without a click holds of these.
const FLAGS: &str = "
    SELECT f.*
    FROM unnest($1::text[]) AS k (clickid)
    CROSS JOIN LATERAL (
        SELECT * FROM flags
        WHERE clickid = k.clickid AND open AND reason = 'unknown_click' OFFSET 0) AS f
    ORDER BY f.clickid, f.conversion, f.delivery";

/// All that is found by keys, for the test that looks at their plans, with the types of their
/// parameters.
#[cfg(test)]
pub(super) const QUERIES: [(&str, &[&str]); 1] = [(FLAGS, &["text[]"])];

const WITH_CLICK: &str = "
    SELECT DISTINCT f.clickid
    FROM flags AS f JOIN clicks AS c ON c.clickid = f.clickid
    WHERE f.open AND f.reason = 'unknown_click' AND f.clickid > $1
    ORDER BY f.clickid LIMIT $2";

impl PostgresStore {
    pub(in crate::store) async fn heal(
        &self,
        clickids: &[&str],
        agreements: &Agreements,
        now: UnixSeconds,
    ) -> Result<u64, StoreError> {
        self.writers
            .run(|| async {
                let mut transaction = self.writers.begin().await?;
                let done = heal(&mut transaction, clickids, agreements, now).await;
                transaction.end(done).await
            })
            .await
    }

    /// Those of the clicks that a flag waits for. Whoever did not see them had raised its own when their
    /// import ended.
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
            .bind(after)
            .bind(i64::from(limit))
            .fetch_all(&self.readers)
            .await?;
        Ok(clickids)
    }
}

async fn heal(
    connection: &mut PgConnection,
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
    write::all(connection, &[], &Writes::of_rulings(&rulings, &snapshot)).await?;
    Ok(rulings.len() as u64)
}

async fn flags_of(
    connection: &mut PgConnection,
    clickids: &[&str],
) -> Result<Vec<Flag>, StoreError> {
    let rows = rows::of(FLAGS, clickids)
        .column(|it| *it)
        .fetch(connection)
        .await?;
    rows.iter().map(decode::flag).collect()
}

/// The flags' conversions with their clicks and their money.
async fn load_flagged(
    connection: &mut PgConnection,
    flags: &[Flag],
    agreements: &Agreements,
) -> Result<Snapshot, StoreError> {
    let mut snapshot = Snapshot::default();
    load::load_flagged(connection, flags, &mut snapshot).await?;
    let clickids: HashSet<&str> = flags.iter().map(|flag| &*flag.clickid).collect();
    let clickids: Vec<&str> = clickids.into_iter().collect();
    load::load_clicks(connection, &clickids, &mut snapshot).await?;
    let mut agreed = Agreed::default();
    for (partner, agreement) in agreements.iter() {
        agreed.add(partner, agreement);
    }
    let openings = std::iter::empty();
    load::money(connection, &mut snapshot, &agreed, openings, Caps::Locked).await?;
    Ok(snapshot)
}
