//! Removes old deliveries, a few at a time, so that nobody else waits for long.

use sqlx::sqlite::SqliteConnection;

use super::SqliteStore;
use crate::report::period::Day;
use crate::store::{Pruned, StoreError};

/// Deliveries in one transaction.
const DELIVERIES_PER_TURN: u32 = 1_000;

/// Ids sort by the time of receipt, so the oldest are found first.
const DELETE: &str = "DELETE FROM deliveries WHERE id IN (
    SELECT id FROM deliveries WHERE received_at < ? ORDER BY id LIMIT ?)";

impl SqliteStore {
    pub(in crate::store) async fn count_older(&self, before: Day) -> Result<Pruned, StoreError> {
        let count: i64 =
            sqlx::query_scalar("SELECT count(*) FROM deliveries WHERE received_at < ?")
                .bind(before.start().0)
                .fetch_one(&self.readers)
                .await?;
        let mut pruned = Pruned::default();
        pruned.add_rest(count.unsigned_abs());
        Ok(pruned)
    }

    pub(in crate::store) async fn prune(&self, before: Day) -> Result<Pruned, StoreError> {
        let mut removed = 0;
        loop {
            let turn = self
                .write(async |connection| Ok(delete(connection, before).await?))
                .await?;
            removed += turn;
            if turn < u64::from(DELIVERIES_PER_TURN) {
                let mut pruned = Pruned::default();
                pruned.add_rest(removed);
                return Ok(pruned);
            }
        }
    }
}

async fn delete(connection: &mut SqliteConnection, before: Day) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(DELETE)
        .bind(before.start().0)
        .bind(DELIVERIES_PER_TURN)
        .execute(connection)
        .await?;
    Ok(done.rows_affected())
}
