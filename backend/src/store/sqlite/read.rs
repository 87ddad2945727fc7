//! Reads records back.

use sqlx::Transaction;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{Sqlite, SqliteRow};
use uuid::Uuid;

use super::SqliteStore;
use crate::store::decode;
use crate::store::{
    ChangeRecord, ConversionRecord, DeliveryRecord, FlagRecord, PayoutRecord, StoreError,
};

/// They are kept by conversion.
const PAYOUTS: &str = "
    SELECT p.*
    FROM click_conversions AS c
    CROSS JOIN payouts AS p ON p.conversion = c.id
    WHERE c.clickid = $1
    ORDER BY p.conversion, p.number";

/// All that need a second table, for the test that looks at their plans.
#[cfg(test)]
pub(super) const QUERIES: [&str; 1] = [PAYOUTS];

impl SqliteStore {
    /// A connection for one question.
    pub(in crate::store) async fn reader(&self) -> Result<PoolConnection<Sqlite>, StoreError> {
        Ok(self.readers.acquire().await?)
    }

    /// One for several questions about the same moment.
    pub(in crate::store) async fn snapshot(
        &self,
    ) -> Result<Transaction<'static, Sqlite>, StoreError> {
        Ok(self.readers.begin().await?)
    }

    pub(in crate::store) async fn delivery(
        &self,
        id: Uuid,
    ) -> Result<Option<DeliveryRecord>, StoreError> {
        let row = sqlx::query("SELECT * FROM deliveries WHERE id = ?")
            .bind(id)
            .fetch_optional(&self.readers)
            .await?;
        row.map(|row| decode::delivery(&row)).transpose()
    }

    pub(in crate::store) async fn conversion(
        &self,
        id: Uuid,
    ) -> Result<Option<ConversionRecord>, StoreError> {
        let row = sqlx::query("SELECT * FROM conversions WHERE id = ?")
            .bind(id)
            .fetch_optional(&self.readers)
            .await?;
        row.map(|row| decode::conversion_record(&row)).transpose()
    }

    pub(in crate::store) async fn conversions(
        &self,
        clickid: &str,
    ) -> Result<Vec<ConversionRecord>, StoreError> {
        let query = "SELECT c.* FROM click_conversions AS o JOIN conversions AS c ON c.id = o.id \
            WHERE o.clickid = ? ORDER BY c.id";
        self.of_click(query, clickid, decode::conversion_record)
            .await
    }

    pub(in crate::store) async fn changes(
        &self,
        clickid: &str,
    ) -> Result<Vec<ChangeRecord>, StoreError> {
        let query = "SELECT * FROM changes WHERE clickid = ? ORDER BY conversion, revision";
        self.of_click(query, clickid, decode::change).await
    }

    pub(in crate::store) async fn flags(
        &self,
        clickid: &str,
    ) -> Result<Vec<FlagRecord>, StoreError> {
        let query = "SELECT * FROM flags WHERE clickid = ? ORDER BY delivery, reason";
        self.of_click(query, clickid, decode::flag_record).await
    }

    pub(in crate::store) async fn payouts(
        &self,
        clickid: &str,
    ) -> Result<Vec<PayoutRecord>, StoreError> {
        self.of_click(PAYOUTS, clickid, decode::payout).await
    }

    pub(super) async fn of_click<T>(
        &self,
        query: &'static str,
        clickid: &str,
        read: impl Fn(&SqliteRow) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let rows = sqlx::query(query)
            .bind(clickid.to_owned())
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(read).collect()
    }
}
