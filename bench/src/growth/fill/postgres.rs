//! Fills PostgreSQL.

use std::sync::mpsc::Receiver;

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};

use super::Fill;
use super::keys::Chunk;
use crate::backend::engine::Engine;
use crate::growth::statements::{KEYS, Table, make_keys};
use crate::progress;

/// Conversions between two words of progress.
const PROGRESS: usize = 1_000_000;

pub(super) async fn fill(
    fill: &Fill<'_>,
    chunks: Receiver<Result<Chunk, String>>,
) -> Result<(), String> {
    let words = |error: sqlx::Error| error.to_string();
    let mut connection = PgConnection::connect(&fill.stage.url)
        .await
        .map_err(words)?;
    // What is lost by a crash here is filled again; the product sets its own connections up.
    let set_up = format!(
        "SET synchronous_commit = off; {}",
        make_keys(Engine::Postgres)
    );
    connection
        .execute(AssertSqlSafe(set_up))
        .await
        .map_err(words)?;
    let statements = statements(&mut connection, &fill.model)
        .await
        .map_err(words)?;
    for chunk in chunks {
        let chunk = chunk?;
        store(
            &mut connection,
            &statements,
            &chunk,
            fill.keeps_requests(chunk.first),
        )
        .await
        .map_err(words)?;
        if chunk.first % PROGRESS == 0 {
            progress(&format!("{} stored", chunk.first));
        }
    }
    connection.close().await.map_err(words)
}

async fn statements(
    connection: &mut PgConnection,
    model: &str,
) -> Result<Vec<(Table, String)>, sqlx::Error> {
    let mut statements = Vec::new();
    for table in Table::all(Engine::Postgres) {
        let columns: Vec<String> = sqlx::query_scalar(
            "SELECT column_name::text FROM information_schema.columns
            WHERE table_name = $1 AND table_schema = current_schema() ORDER BY ordinal_position",
        )
        .bind(table.name())
        .fetch_all(&mut *connection)
        .await?;
        statements.push((table, table.copy(Engine::Postgres, &columns, model)));
    }
    Ok(statements)
}

async fn store(
    connection: &mut PgConnection,
    statements: &[(Table, String)],
    chunk: &Chunk,
    with_requests: bool,
) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin().await?;
    transaction
        .execute(AssertSqlSafe(format!("TRUNCATE {KEYS}")))
        .await?;
    let insert = format!(
        "INSERT INTO {KEYS} SELECT * FROM unnest($1::text[], $2::uuid[], $3::bytea[], $4::bigint[])"
    );
    sqlx::query(AssertSqlSafe(insert))
        .bind(&chunk.clickids[..])
        .bind(&chunk.ids[..])
        .bind(&chunk.fingerprints[..])
        .bind(&chunk.received_at[..])
        .execute(&mut *transaction)
        .await?;
    for (table, statement) in statements {
        if with_requests || *table != Table::Deliveries {
            let statement = sqlx::query(AssertSqlSafe(statement.clone()));
            statement.execute(&mut *transaction).await?;
        }
    }
    transaction.commit().await
}
