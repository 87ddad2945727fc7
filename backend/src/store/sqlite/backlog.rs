//! What waits.

use super::SqliteStore;
use crate::store::StoreError;
use crate::store::backlog::{self, Backlog, CLICK_LOG};

/// Off the index of open flags alone: the id of a delivery tells when it came in.
const FLAGS: &str = "
    SELECT reason, count(*) AS waiting, min(delivery) AS oldest
    FROM flags WHERE open = 1 GROUP BY reason";

impl SqliteStore {
    pub(in crate::store) async fn backlog(&self) -> Result<Backlog, StoreError> {
        let flags = sqlx::query(FLAGS).fetch_all(&self.readers).await?;
        let click_log = sqlx::query(CLICK_LOG).fetch_one(&self.readers).await?;
        backlog::read(&flags, &click_log)
    }
}
