//! The rows in SQLite: read, and written by the product's kind of statements.

use std::str::FromStr as _;
use std::time::Instant;

use serde_json::json;
use sqlx::query_builder::Separated;
use sqlx::sqlite::{
    Sqlite, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteRow, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, QueryBuilder, Row as _};

use super::rows::{CONVERSIONS, Column, DELIVERIES, Kind, Read, Recorded, Table, tables};
use super::{Done, since};

/// As the product sets its writing connection up.
const CACHE_KIB: &str = "-16384";
const CHECKPOINT_PAGES: &str = "32768";
const STATEMENTS: usize = 128;
/// Rows in one insert.
const ROWS: usize = 64;

/// What the product looks up for each batch: contents, clicks and conversions by their keys.
const FIND_CONTENTS: &str = "
    SELECT c.* FROM json_each(?1) AS k CROSS JOIN known AS c
        ON c.clickid = k.value ->> 0 AND c.partner = '' AND c.name = unhex(k.value ->> 1)";
const FIND_CLICKS: &str = "
    SELECT c.clickid, c.partner, c.clicked_at FROM json_each(?1) AS k
    CROSS JOIN clicks AS c ON c.clickid = k.value ->> 0";
const FIND_CONVERSIONS: &str = "
    SELECT c.* FROM json_each(?1) AS k CROSS JOIN known AS n
        ON n.clickid = k.value ->> 0 AND n.partner = k.value ->> 1
        AND n.name = CAST(k.value ->> 2 AS BLOB)
    CROSS JOIN conversions AS c ON c.id = n.id";

/// A content comes before the conversion it opens.
const TABLES: [Read; 4] = tables(("known", "id, partner"));

async fn open(url: &str) -> Result<SqliteConnection, sqlx::Error> {
    SqliteConnectOptions::from_str(url)?
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
        .pragma("cache_size", CACHE_KIB)
        .statement_cache_capacity(STATEMENTS)
        .disable_statement_logging()
        .connect()
        .await
}

pub(super) async fn read(url: &str) -> Result<Recorded, sqlx::Error> {
    let mut connection = open(url).await?;
    let deliveries: i64 = sqlx::query_scalar("SELECT count(*) FROM deliveries")
        .fetch_one(&mut connection)
        .await?;
    let deliveries = usize::try_from(deliveries).unwrap_or(0);
    let mut tables = Vec::new();
    for (table, order) in TABLES {
        tables.push(read_table(&mut connection, table, order, deliveries).await?);
    }
    connection.close().await?;
    Ok(Recorded { deliveries, tables })
}

async fn read_table(
    connection: &mut SqliteConnection,
    table: &'static str,
    order: &str,
    deliveries: usize,
) -> Result<Table, sqlx::Error> {
    let columns: Vec<(String, String)> =
        sqlx::query_as("SELECT name, type FROM pragma_table_info(?) ORDER BY cid")
            .bind(table)
            .fetch_all(&mut *connection)
            .await?;
    let columns: Vec<(String, Kind)> = columns
        .into_iter()
        .filter_map(|(name, word)| Some((name, Kind::of(&word)?)))
        .collect();
    let select = format!("SELECT * FROM {table} ORDER BY {order}");
    let rows = sqlx::query(AssertSqlSafe(select))
        .fetch_all(connection)
        .await?;
    let kinds = columns.iter().enumerate();
    let cells = kinds.map(|(at, (_, kind))| cells(&rows, at, *kind));
    let cells: Vec<Column> = cells.collect::<Result<_, _>>()?;
    Ok(Table::parted(
        table,
        columns,
        rows.len(),
        deliveries,
        &cells,
    ))
}

fn cells(rows: &[SqliteRow], at: usize, kind: Kind) -> Result<Column, sqlx::Error> {
    macro_rules! of {
        ($column:ident) => {
            Column::$column(
                rows.iter()
                    .map(|row| row.try_get(at))
                    .collect::<Result<_, _>>()?,
            )
        };
    }
    Ok(match kind {
        Kind::Text => of!(Text),
        Kind::Int | Kind::Bool => of!(Int),
        Kind::Bytes | Kind::Uuid => of!(Bytes),
    })
}

pub(super) async fn write(url: &str, recorded: &Recorded) -> Result<Done, sqlx::Error> {
    let mut connection = open(url).await?;
    let count = recorded.tables[DELIVERIES].batches.len();
    let keys: Vec<[String; 2]> = (0..count).map(|batch| keys(recorded, batch)).collect();
    let mut batches = Vec::with_capacity(count);
    let start = Instant::now();
    for (batch, [contents, conversions]) in keys.iter().enumerate() {
        let since_batch = Instant::now();
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        for (statement, keys) in [
            (FIND_CONTENTS, contents),
            (FIND_CLICKS, contents),
            (FIND_CONVERSIONS, conversions),
        ] {
            let found = sqlx::query(statement).bind(keys.clone());
            found.fetch_all(&mut *transaction).await?;
        }
        for table in &recorded.tables {
            insert(&mut transaction, table, &table.batches[batch]).await?;
        }
        transaction.commit().await?;
        batches.push(since(since_batch));
    }
    let span = since(start);
    connection.close().await?;
    Ok(Done { span, batches })
}

/// The keys of a batch as the lookups take them.
fn keys(recorded: &Recorded, batch: usize) -> [String; 2] {
    let lists = |table: usize, names: &[&str]| {
        let columns: Vec<&Column> = names
            .iter()
            .filter_map(|name| recorded.tables[table].column(batch, name))
            .collect();
        let rows = columns.first().map_or(0, |column| rows_of(column));
        let row = |row| columns.iter().map(|column| word(column, row)).collect();
        let rows: Vec<Vec<String>> = (0..rows).map(row).collect();
        json!(rows).to_string()
    };
    [
        lists(DELIVERIES, &["clickid", "fingerprint"]),
        lists(CONVERSIONS, &["clickid", "partner", "identity"]),
    ]
}

fn word(column: &Column, row: usize) -> String {
    match column {
        Column::Text(cells) => cells[row].clone().unwrap_or_default(),
        Column::Bytes(cells) => {
            let bytes = cells[row].iter().flatten();
            bytes.map(|byte| format!("{byte:02x}")).collect()
        }
        _ => String::new(),
    }
}

fn rows_of(column: &Column) -> usize {
    match column {
        Column::Uuid(cells) => cells.len(),
        Column::Text(cells) => cells.len(),
        Column::Bytes(cells) => cells.len(),
        Column::Int(cells) => cells.len(),
        Column::Bool(cells) => cells.len(),
    }
}

async fn insert(
    connection: &mut SqliteConnection,
    table: &Table,
    columns: &[Column],
) -> Result<(), sqlx::Error> {
    let rows = columns.first().map_or(0, rows_of);
    let head = format!(
        "INSERT OR ROLLBACK INTO {} ({}) ",
        table.name,
        table.names()
    );
    let numbers: Vec<usize> = (0..rows).collect();
    for chunk in numbers.chunks(ROWS) {
        let mut statement = QueryBuilder::<Sqlite>::new(&*head);
        statement.push_values(chunk, |mut row, number| {
            for column in columns {
                push(&mut row, column, *number);
            }
        });
        statement.build().execute(&mut *connection).await?;
    }
    Ok(())
}

fn push(row: &mut Separated<'_, Sqlite, &'static str>, column: &Column, number: usize) {
    match column {
        Column::Uuid(cells) => row.push_bind(cells[number]),
        Column::Text(cells) => row.push_bind(cells[number].as_deref()),
        Column::Bytes(cells) => row.push_bind(cells[number].as_deref()),
        Column::Int(cells) => row.push_bind(cells[number]),
        Column::Bool(cells) => row.push_bind(cells[number]),
    };
}
