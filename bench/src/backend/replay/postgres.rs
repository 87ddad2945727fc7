//! The rows in PostgreSQL: read, written by the product's kind of statements, and copied.

use std::time::Instant;

use futures_util::TryStreamExt as _;
use sqlx::postgres::{PgArguments, PgConnection, PgRow, Postgres};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, Row as _};

use super::rows::{CONVERSIONS, Column, DELIVERIES, Kind, Read, Recorded, Table, tables};
use super::{Done, since};

/// As the product sets its writing connections up: rows are found by their keys.
const SET_UP: &str = "
    SET plan_cache_mode = force_generic_plan;
    SET enable_seqscan = off;
    SET enable_bitmapscan = off;
    SET enable_hashjoin = off;
    SET enable_mergejoin = off;
    SET jit = off";

const TABLES: [Read; 4] = tables(("contents", "delivery"));

/// What the product looks up for each batch: contents, clicks and conversions by their keys.
const FIND_CONTENTS: &str = "
    SELECT c.* FROM unnest($1::text[], $2::bytea[]) AS k (clickid, fingerprint)
    JOIN contents AS c ON c.clickid = k.clickid AND c.fingerprint = k.fingerprint";
const FIND_CLICKS: &str = "
    SELECT c.clickid, c.partner, c.clicked_at FROM unnest($1::text[]) AS k (clickid)
    JOIN clicks AS c ON c.clickid = k.clickid";
const FIND_CONVERSIONS: &str = "
    SELECT c.* FROM unnest($1::text[], $2::text[], $3::text[]) AS k (clickid, partner, identity)
    CROSS JOIN LATERAL (
        SELECT * FROM conversions
        WHERE clickid = k.clickid AND partner = k.partner AND identity = k.identity
        ORDER BY ordinal DESC LIMIT 1) AS c";

/// A table's rows as `COPY` gives and takes them.
pub(super) struct Copied {
    table: &'static str,
    lines: Vec<u8>,
}

pub(super) async fn read(url: &str) -> Result<(Recorded, Vec<Copied>), sqlx::Error> {
    let mut connection = PgConnection::connect(url).await?;
    let deliveries: i64 = sqlx::query_scalar("SELECT count(*) FROM deliveries")
        .fetch_one(&mut connection)
        .await?;
    let deliveries = usize::try_from(deliveries).unwrap_or(0);
    let mut tables = Vec::new();
    let mut copies = Vec::new();
    for (table, order) in TABLES {
        tables.push(read_table(&mut connection, table, order, deliveries).await?);
        copies.push(copy_out(&mut connection, table).await?);
    }
    Ok((Recorded { deliveries, tables }, copies))
}

async fn read_table(
    connection: &mut PgConnection,
    table: &'static str,
    order: &str,
    deliveries: usize,
) -> Result<Table, sqlx::Error> {
    let columns: Vec<(String, String)> = sqlx::query_as(
        "SELECT column_name::text, data_type::text FROM information_schema.columns
        WHERE table_name = $1 ORDER BY ordinal_position",
    )
    .bind(table)
    .fetch_all(&mut *connection)
    .await?;
    let columns = columns
        .into_iter()
        .map(|(name, word)| Ok((name, Kind::of(&word).ok_or_else(|| strange(&word))?)));
    let columns: Vec<(String, Kind)> = columns.collect::<Result<_, sqlx::Error>>()?;
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

fn strange(word: &str) -> sqlx::Error {
    sqlx::Error::Protocol(format!("the bench knows no columns of type {word}"))
}

fn cells(rows: &[PgRow], at: usize, kind: Kind) -> Result<Column, sqlx::Error> {
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
        Kind::Uuid => of!(Uuid),
        Kind::Text => of!(Text),
        Kind::Bytes => of!(Bytes),
        Kind::Int => of!(Int),
        Kind::Bool => of!(Bool),
    })
}

async fn copy_out(
    connection: &mut PgConnection,
    table: &'static str,
) -> Result<Copied, sqlx::Error> {
    let select = format!("COPY (SELECT * FROM {table}) TO STDOUT");
    let mut lines = Vec::new();
    let mut stream = connection.copy_out_raw(&select).await?;
    while let Some(bytes) = stream.try_next().await? {
        lines.extend_from_slice(&bytes);
    }
    drop(stream);
    Ok(Copied { table, lines })
}

/// Each connection writes every so manyth batch.
pub(super) async fn write(
    url: &str,
    recorded: &Recorded,
    connections: usize,
) -> Result<Done, sqlx::Error> {
    let inserts: Vec<String> = recorded.tables.iter().map(insert).collect();
    let mut open = Vec::new();
    for _ in 0..connections {
        let mut connection = PgConnection::connect(url).await?;
        connection.execute(SET_UP).await?;
        open.push(connection);
    }
    let start = Instant::now();
    let writers = open.into_iter().enumerate().map(|(number, connection)| {
        write_batches(connection, recorded, &inserts, (number, connections))
    });
    let batches = futures_util::future::try_join_all(writers).await?.concat();
    let span = since(start);
    Ok(Done { span, batches })
}

async fn write_batches(
    mut connection: PgConnection,
    recorded: &Recorded,
    inserts: &[String],
    (first, step): (usize, usize),
) -> Result<Vec<std::time::Duration>, sqlx::Error> {
    let mut took = Vec::new();
    let count = recorded.tables[DELIVERIES].batches.len();
    for batch in (first..count).step_by(step) {
        let start = Instant::now();
        let mut transaction = connection.begin().await?;
        find(&mut transaction, recorded, batch).await?;
        for (table, insert) in recorded.tables.iter().zip(inserts) {
            let columns = table.batches[batch].iter();
            let statement = sqlx::query(AssertSqlSafe(insert.clone()));
            let statement = columns.fold(statement, bind);
            statement.execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        took.push(since(start));
    }
    connection.close().await?;
    Ok(took)
}

async fn find(
    connection: &mut PgConnection,
    recorded: &Recorded,
    batch: usize,
) -> Result<(), sqlx::Error> {
    let looked_up: [(&'static str, usize, &[&str]); 3] = [
        (FIND_CONTENTS, DELIVERIES, &["clickid", "fingerprint"]),
        (FIND_CLICKS, DELIVERIES, &["clickid"]),
        (
            FIND_CONVERSIONS,
            CONVERSIONS,
            &["clickid", "partner", "identity"],
        ),
    ];
    for (statement, table, keys) in looked_up {
        let keys = keys
            .iter()
            .filter_map(|key| recorded.tables[table].column(batch, key));
        let statement = keys.fold(sqlx::query(statement), bind);
        statement.fetch_all(&mut *connection).await?;
    }
    Ok(())
}

fn bind<'q>(
    statement: Query<'q, Postgres, PgArguments>,
    column: &'q Column,
) -> Query<'q, Postgres, PgArguments> {
    match column {
        Column::Uuid(cells) => statement.bind(&cells[..]),
        Column::Text(cells) => statement.bind(&cells[..]),
        Column::Bytes(cells) => statement.bind(&cells[..]),
        Column::Int(cells) => statement.bind(&cells[..]),
        Column::Bool(cells) => statement.bind(&cells[..]),
    }
}

fn insert(table: &Table) -> String {
    let kinds = table.columns.iter().enumerate();
    let arrays = kinds.map(|(at, (_, kind))| format!("unnest(${}::{})", at + 1, kind.array()));
    let arrays: Vec<String> = arrays.collect();
    format!(
        "INSERT INTO {} ({}) SELECT {}",
        table.name,
        table.names(),
        arrays.join(", ")
    )
}

/// All rows of all tables in one transaction.
pub(super) async fn copy(url: &str, copies: &[Copied]) -> Result<Done, sqlx::Error> {
    let mut connection = PgConnection::connect(url).await?;
    let start = Instant::now();
    connection.execute("BEGIN").await?;
    for Copied { table, lines } in copies {
        let mut copy = connection
            .copy_in_raw(&format!("COPY {table} FROM STDIN"))
            .await?;
        copy.send(&lines[..]).await?;
        copy.finish().await?;
    }
    connection.execute("COMMIT").await?;
    let span = since(start);
    let batches = Vec::new();
    connection.close().await?;
    Ok(Done { span, batches })
}
