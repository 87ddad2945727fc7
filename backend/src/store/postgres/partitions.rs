//! The partitions of `deliveries`, one for each month.

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Executor as _};

use super::PostgresStore;
use crate::report::period::{Day, Month};
use crate::store::StoreError;

/// Months made ahead of the present one, so that nobody depends on the day they are made.
const MONTHS_AHEAD: usize = 2;

/// Where deliveries go whose month has no partition.
pub(super) const WITHOUT_MONTH: &str = "deliveries_without_month";

const PREFIX: &str = "deliveries_";

const NAMES: &str = "
    SELECT c.relname::text FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'deliveries'::regclass ORDER BY 1";

impl PostgresStore {
    /// Makes the partitions of this month and the next ones, where they are not there.
    pub(in crate::store) async fn make_months(&self, today: Day) -> Result<(), StoreError> {
        let there = self.months().await?;
        let mut month = today.month();
        for _ in 0..=MONTHS_AHEAD {
            if !there.contains(&month) {
                self.make_month(month).await?;
            }
            month = month.last().next().month();
        }
        Ok(())
    }

    /// The months that have a partition, oldest first.
    pub(super) async fn months(&self) -> Result<Vec<Month>, StoreError> {
        let names: Vec<String> = sqlx::query_scalar(NAMES).fetch_all(&self.readers).await?;
        Ok(names.iter().filter_map(|name| month_of(name)).collect())
    }

    async fn make_month(&self, month: Month) -> Result<(), StoreError> {
        self.writers
            .run(|| async {
                let mut transaction = self.writers.begin_aside().await?;
                let done = make(&mut transaction, month).await;
                transaction.end(done.map_err(StoreError::from)).await
            })
            .await
    }
}

/// Makes a month's table, moves there what came before it, and only then lets it be a partition:
/// one cannot be made over rows that are elsewhere. Nobody books meanwhile.
async fn make(connection: &mut PgConnection, month: Month) -> Result<(), sqlx::Error> {
    connection
        .execute("LOCK TABLE deliveries IN ACCESS EXCLUSIVE MODE")
        .await?;
    let names: Vec<String> = sqlx::query_scalar(NAMES)
        .fetch_all(&mut *connection)
        .await?;
    if names.contains(&partition_of(month)) {
        return Ok(()); // another backend was faster
    }
    let name = partition_of(month);
    let from = month.first().start().0;
    let until = month.last().next().start().0;
    let statements = format!(
        "CREATE TABLE {name} (LIKE deliveries INCLUDING ALL);
        WITH moved AS (DELETE FROM {WITHOUT_MONTH}
            WHERE received_at >= {from} AND received_at < {until} RETURNING *)
            INSERT INTO {name} SELECT * FROM moved;
        ALTER TABLE deliveries ATTACH PARTITION {name} FOR VALUES FROM ({from}) TO ({until})"
    );
    connection.execute(AssertSqlSafe(statements)).await?;
    Ok(())
}

/// The table of a month: `deliveries_2026_01`.
pub(super) fn partition_of(month: Month) -> String {
    format!("{PREFIX}{}", month.to_string().replace('-', "_"))
}

/// The month of a table, where it has one.
fn month_of(name: &str) -> Option<Month> {
    let month = name.strip_prefix(PREFIX)?.replace('_', "-");
    Day::parse(&format!("{month}-01")).ok().map(Day::month)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_and_its_table_name_each_other() {
        let month = Day::parse("2026-01-31").unwrap().month();
        assert_eq!(partition_of(month), "deliveries_2026_01");
        assert_eq!(month_of("deliveries_2026_01"), Some(month));
        assert_eq!(month_of(WITHOUT_MONTH), None);
        assert_eq!(month_of("deliveries_2026_13"), None);
    }
}
