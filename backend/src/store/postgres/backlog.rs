//! What waits.

use super::PostgresStore;
use crate::store::StoreError;
use crate::store::backlog::{self, Backlog, CLICK_LOG};

/// Off the index of open flags alone: the id of a delivery tells when it came in. Only PostgreSQL 18
/// has a least id; as texts they have the same order.
const FLAGS: &str = "
    SELECT reason, count(*) AS waiting, min(delivery::text)::uuid AS oldest
    FROM flags WHERE open GROUP BY reason";

impl PostgresStore {
    pub(in crate::store) async fn backlog(&self) -> Result<Backlog, StoreError> {
        let flags = sqlx::query(FLAGS).fetch_all(&self.readers).await?;
        let click_log = sqlx::query(CLICK_LOG).fetch_one(&self.readers).await?;
        backlog::read(&flags, &click_log)
    }
}
