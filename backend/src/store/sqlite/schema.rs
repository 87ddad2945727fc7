//! Which schema a file has.

use sqlx::{ConnectOptions as _, Connection as _};

use super::SqliteStore;
use crate::store::{Schema, StoreError};

impl SqliteStore {
    pub(in crate::store) async fn schema(url: &str) -> Result<Schema, StoreError> {
        let options = Self::options(url)?.read_only(true).create_if_missing(false);
        if !options.get_filename().exists() {
            return Ok(Schema::None);
        }
        let mut reading = options.connect().await.map_err(StoreError::Unusable)?;
        let is_there: bool = sqlx::query_scalar(
            "SELECT count(*) > 0 FROM sqlite_master WHERE name = '_sqlx_migrations'",
        )
        .fetch_one(&mut reading)
        .await?;
        if !is_there {
            return Ok(Schema::None);
        }
        let applied: Vec<i64> =
            sqlx::query_scalar("SELECT version FROM _sqlx_migrations WHERE success")
                .fetch_all(&mut reading)
                .await?;
        // It was read; how it is let go changes nothing.
        let _ = reading.close().await;
        Ok(Schema::compare(
            &sqlx::migrate!("migrations/sqlite"),
            &applied,
        ))
    }
}
