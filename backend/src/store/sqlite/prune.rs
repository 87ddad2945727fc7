//! Removes old deliveries, a few at a time, so that nobody else waits for long.

use sqlx::sqlite::SqliteConnection;

use super::SqliteStore;
use crate::report::period::Day;
use crate::store::list::lowest_id;
use crate::store::{Pruned, StoreError};

/// Deliveries in one transaction.
const DELIVERIES_PER_TURN: u32 = 1_000;

/// Ids lead with the time of receipt, so the index ends the search where the day begins: the last
/// turn, which finds few, does not look at all that is younger while bookings wait.
const DELETE: &str = "DELETE FROM deliveries WHERE id IN (
    SELECT id FROM deliveries WHERE id < $1 ORDER BY id LIMIT $2)";

const COUNT: &str = "SELECT count(*) FROM deliveries WHERE id < $1";

/// All of them, for the test that looks at their plans.
#[cfg(test)]
pub(super) const QUERIES: [&str; 2] = [DELETE, COUNT];

impl SqliteStore {
    pub(in crate::store) async fn count_older(&self, before: Day) -> Result<Pruned, StoreError> {
        let count: i64 = sqlx::query_scalar(COUNT)
            .bind(lowest_id(before.start()))
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
                .take_turn(async |connection, _| Ok(delete(connection, before).await?))
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
        .bind(lowest_id(before.start()))
        .bind(DELIVERIES_PER_TURN)
        .execute(connection)
        .await?;
    Ok(done.rows_affected())
}
