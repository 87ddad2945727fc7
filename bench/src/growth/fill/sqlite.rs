//! Fills SQLite.

use std::fmt::Write as _;
use std::str::FromStr as _;
use std::sync::mpsc::Receiver;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _};

use super::Fill;
use super::keys::Chunk;
use crate::backend::engine::Engine;
use crate::growth::statements::{KEYS, Table, make_keys};
use crate::progress;

/// Conversions between two words of progress.
const PROGRESS: usize = 1_000_000;
/// Memory for the pages at the ends of all indexes. Negative means KiB, as SQLite reads it.
const CACHE_KIB: &str = "-524288";

async fn open(url: &str) -> Result<SqliteConnection, sqlx::Error> {
    // What is lost by a crash here is filled again; the product opens the file by its own settings.
    SqliteConnectOptions::from_str(url)?
        .synchronous(SqliteSynchronous::Off)
        .pragma("cache_size", CACHE_KIB)
        .pragma("temp_store", "memory")
        .disable_statement_logging()
        .connect()
        .await
}

pub(super) async fn fill(
    fill: &Fill<'_>,
    chunks: Receiver<Result<Chunk, String>>,
) -> Result<(), String> {
    let words = |error: sqlx::Error| error.to_string();
    let mut connection = open(&fill.stage.url).await.map_err(words)?;
    let make = make_keys(Engine::Sqlite);
    connection
        .execute(AssertSqlSafe(make))
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

/// Everything into the file, and the file onto the disk.
pub(super) async fn settle(url: &str) -> Result<(), sqlx::Error> {
    let mut connection = SqliteConnectOptions::from_str(url)?
        .synchronous(SqliteSynchronous::Full)
        .connect()
        .await?;
    connection
        .execute("PRAGMA wal_checkpoint(TRUNCATE)")
        .await?;
    connection.close().await
}

async fn statements(
    connection: &mut SqliteConnection,
    model: &str,
) -> Result<Vec<(Table, String)>, sqlx::Error> {
    let mut statements = Vec::new();
    for table in Table::all(Engine::Sqlite) {
        let columns: Vec<String> =
            sqlx::query_scalar("SELECT name FROM pragma_table_info(?) ORDER BY cid")
                .bind(table.name())
                .fetch_all(&mut *connection)
                .await?;
        statements.push((table, table.copy(Engine::Sqlite, &columns, model)));
    }
    Ok(statements)
}

async fn store(
    connection: &mut SqliteConnection,
    statements: &[(Table, String)],
    chunk: &Chunk,
    with_requests: bool,
) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    transaction
        .execute(AssertSqlSafe(format!("DELETE FROM {KEYS}")))
        .await?;
    let insert = format!(
        "INSERT INTO {KEYS} SELECT value ->> 0, unhex(value ->> 1), unhex(value ->> 2), value ->> 3 \
         FROM json_each(?)"
    );
    sqlx::query(AssertSqlSafe(insert))
        .bind(json(chunk))
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

/// The chunk as a JSON list of lists. Click ids of the bench need no escapes.
fn json(chunk: &Chunk) -> String {
    let mut text = "[".to_owned();
    for (row, clickid) in chunk.clickids.iter().enumerate() {
        let id = chunk.ids[row].simple();
        let comma = if row == 0 { "" } else { "," };
        // A string takes whatever is written to it.
        let _ = write!(text, "{comma}[\"{clickid}\",\"{id}\",\"");
        for byte in &chunk.fingerprints[row] {
            let _ = write!(text, "{byte:02x}");
        }
        let _ = write!(text, "\",{}]", chunk.received_at[row]);
    }
    text.push(']');
    text
}
