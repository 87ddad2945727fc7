//! Reads records back.

use sqlx::Transaction;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgRow, Postgres};
use uuid::Uuid;

use super::PostgresStore;
use crate::store::decode;
use crate::store::{
    ChangeRecord, ConversionRecord, DeliveryRecord, FlagRecord, PayoutRecord, StoreError,
};

/// Each statement of the transaction sees the same moment.
const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

impl PostgresStore {
    /// A connection for one question.
    pub(in crate::store) async fn reader(&self) -> Result<PoolConnection<Postgres>, StoreError> {
        Ok(self.readers.acquire().await?)
    }

    /// One for several questions about the same moment.
    pub(in crate::store) async fn snapshot(
        &self,
    ) -> Result<Transaction<'static, Postgres>, StoreError> {
        Ok(self.readers.begin_with(SNAPSHOT).await?)
    }

    pub(in crate::store) async fn delivery(
        &self,
        id: Uuid,
    ) -> Result<Option<DeliveryRecord>, StoreError> {
        let row = sqlx::query("SELECT * FROM deliveries WHERE id = $1")
            .bind(id)
            .fetch_optional(&self.readers)
            .await?;
        row.map(|row| decode::delivery(&row)).transpose()
    }

    pub(in crate::store) async fn conversion(
        &self,
        id: Uuid,
    ) -> Result<Option<ConversionRecord>, StoreError> {
        let row = sqlx::query("SELECT * FROM conversions WHERE id = $1")
            .bind(id)
            .fetch_optional(&self.readers)
            .await?;
        row.map(|row| decode::conversion_record(&row)).transpose()
    }

    pub(in crate::store) async fn conversions(
        &self,
        clickid: &str,
    ) -> Result<Vec<ConversionRecord>, StoreError> {
        let query = "SELECT * FROM conversions WHERE clickid = $1 ORDER BY id";
        self.of_click(query, clickid, decode::conversion_record)
            .await
    }

    pub(in crate::store) async fn changes(
        &self,
        clickid: &str,
    ) -> Result<Vec<ChangeRecord>, StoreError> {
        let query = "SELECT * FROM changes WHERE clickid = $1 ORDER BY conversion, revision";
        self.of_click(query, clickid, decode::change).await
    }

    pub(in crate::store) async fn flags(
        &self,
        clickid: &str,
    ) -> Result<Vec<FlagRecord>, StoreError> {
        let query = "SELECT * FROM flags WHERE clickid = $1 ORDER BY delivery, reason";
        self.of_click(query, clickid, decode::flag_record).await
    }

    pub(in crate::store) async fn payouts(
        &self,
        clickid: &str,
    ) -> Result<Vec<PayoutRecord>, StoreError> {
        let query = "SELECT * FROM payouts WHERE clickid = $1 ORDER BY conversion, number";
        self.of_click(query, clickid, decode::payout).await
    }

    pub(super) async fn of_click<T>(
        &self,
        query: &'static str,
        clickid: &str,
        read: impl Fn(&PgRow) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let rows = sqlx::query(query)
            .bind(clickid)
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(read).collect()
    }
}
