//! Which schema a database has.

use sqlx::Connection as _;
use sqlx::postgres::PgConnection;

use super::PostgresStore;
use crate::store::{Schema, StoreError};

impl PostgresStore {
    pub(in crate::store) async fn schema(url: &str) -> Result<Schema, StoreError> {
        let mut connection = Self::connect(url).await?;
        let found = look(&mut connection).await;
        // It was read; how it is let go changes nothing.
        let _ = connection.close().await;
        found
    }
}

async fn look(connection: &mut PgConnection) -> Result<Schema, StoreError> {
    let is_there: bool = sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL")
        .fetch_one(&mut *connection)
        .await?;
    if !is_there {
        return Ok(Schema::None);
    }
    let applied: Vec<i64> =
        sqlx::query_scalar("SELECT version FROM _sqlx_migrations WHERE success")
            .fetch_all(connection)
            .await?;
    Ok(Schema::compare(
        &sqlx::migrate!("migrations/postgres"),
        &applied,
    ))
}
