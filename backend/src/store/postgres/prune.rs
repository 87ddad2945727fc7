//! Removes old deliveries: whole months by dropping their partition, the rest a few at a time.

use super::PostgresStore;
use super::partitions::{WITHOUT_MONTH, partition_of};
use crate::report::period::{Day, Month};
use crate::store::prune::PrunedPart;
use crate::store::{Pruned, StoreError};
use sqlx::{AssertSqlSafe, Executor as _};

/// Deliveries in one transaction, of those in no partition of their own.
const DELIVERIES_PER_TURN: i64 = 5_000;

const DELETE: &str = "DELETE FROM deliveries_without_month WHERE (id, received_at) IN (
    SELECT id, received_at FROM deliveries_without_month WHERE received_at < $1 LIMIT $2)";

impl PostgresStore {
    pub(in crate::store) async fn count_older(&self, before: Day) -> Result<Pruned, StoreError> {
        let mut pruned = self.older_months(before).await?;
        pruned.add_rest(self.count(WITHOUT_MONTH, before).await?);
        Ok(pruned)
    }

    pub(in crate::store) async fn prune(&self, before: Day) -> Result<Pruned, StoreError> {
        let mut pruned = self.older_months(before).await?;
        for part in &pruned.parts {
            if let Some(month) = part.month {
                self.drop_month(month).await?;
            }
        }
        let mut rest = 0;
        loop {
            let turn = self.delete_some(before).await?;
            rest += turn;
            if turn < DELIVERIES_PER_TURN.unsigned_abs() {
                pruned.add_rest(rest);
                return Ok(pruned);
            }
        }
    }

    /// The months that lie before the day as a whole, with what they hold.
    async fn older_months(&self, before: Day) -> Result<Pruned, StoreError> {
        let mut pruned = Pruned::default();
        for month in self.months().await? {
            if month.last() < before {
                pruned.parts.push(PrunedPart {
                    month: Some(month),
                    deliveries: self.count(&partition_of(month), before).await?,
                });
            } else if month.first() < before {
                pruned.kept = Some(month);
            }
        }
        Ok(pruned)
    }

    async fn count(&self, partition: &str, before: Day) -> Result<u64, StoreError> {
        // The name is ours alone.
        let count = format!("SELECT count(*) FROM {partition} WHERE received_at < $1");
        let mut reading = self.readers.begin().await?;
        // All of a month is counted, however many there are.
        reading.execute("SET LOCAL statement_timeout = 0").await?;
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(count))
            .bind(before.start().0)
            .fetch_one(&mut *reading)
            .await?;
        Ok(count.unsigned_abs())
    }

    async fn drop_month(&self, month: Month) -> Result<(), StoreError> {
        let drop = format!("DROP TABLE {}", partition_of(month));
        self.writers
            .run(|| async {
                let mut transaction = self.writers.begin_aside().await?;
                let done = sqlx::query(AssertSqlSafe(drop.clone()))
                    .execute(&mut *transaction)
                    .await;
                transaction.end(done.map_err(StoreError::from)).await
            })
            .await?;
        Ok(())
    }

    async fn delete_some(&self, before: Day) -> Result<u64, StoreError> {
        self.writers
            .run(|| async {
                let mut transaction = self.writers.begin_aside().await?;
                let done = sqlx::query(DELETE)
                    .bind(before.start().0)
                    .bind(DELIVERIES_PER_TURN)
                    .execute(&mut *transaction)
                    .await;
                let done = done.map(|done| done.rows_affected());
                transaction.end(done.map_err(StoreError::from)).await
            })
            .await
    }
}
