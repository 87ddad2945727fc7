//! What each database takes when nothing but the rows is asked of it: no parsing, no question whether a click is
//! known, no pause for others.

use std::fmt::Write as _;
use std::str::FromStr as _;
use std::time::{Duration, Instant};

use postern::store::Store;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _};

use super::log::{Log, Logged};

const ROWS_PER_TRANSACTION: usize = 10_000;
const COPY_BYTES: usize = 1 << 20;

const INSERT: &str = "INSERT INTO clicks VALUES (?, ?, ?, ?, 'USD', ?, ?, ?)";
const COPY: &str = "COPY clicks FROM STDIN";

pub(super) async fn insert(url: &str, log: &Log) -> Result<Duration, String> {
    make_schema(url).await?;
    insert_all(url, log)
        .await
        .map_err(|error| error.to_string())
}

pub(super) async fn copy(url: &str, log: &Log) -> Result<Duration, String> {
    make_schema(url).await?;
    copy_all(url, log).await.map_err(|error| error.to_string())
}

async fn make_schema(url: &str) -> Result<(), String> {
    let store = Store::open(url).await.map_err(|error| error.to_string())?;
    store.close().await;
    Ok(())
}

async fn insert_all(url: &str, log: &Log) -> Result<Duration, sqlx::Error> {
    let clicks: Vec<Logged> = log.clicks().collect();
    let options = SqliteConnectOptions::from_str(url)?
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .disable_statement_logging();
    let mut connection = options.connect().await?;
    let start = Instant::now();
    for rows in clicks.chunks(ROWS_PER_TRANSACTION) {
        let mut transaction = connection.begin().await?;
        for row in rows {
            sqlx::query(INSERT)
                .bind(&row.clickid)
                .bind(&row.partner)
                .bind(row.clicked_at.cast_signed())
                .bind(row.cents.cast_signed())
                .bind(row.geo)
                .bind(&row.campaign)
                .bind(&row.creative)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
    }
    Ok(start.elapsed())
}

async fn copy_all(url: &str, log: &Log) -> Result<Duration, sqlx::Error> {
    let mut lines = String::new();
    for it in log.clicks() {
        // A string takes whatever is written to it.
        let _ = writeln!(
            lines,
            "{}\t{}\t{}\t{}\tUSD\t{}\t{}\t{}",
            it.clickid, it.partner, it.clicked_at, it.cents, it.geo, it.campaign, it.creative
        );
    }
    let mut connection = PgConnection::connect(url).await?;
    let start = Instant::now();
    let mut copy = connection.copy_in_raw(COPY).await?;
    for part in lines.as_bytes().chunks(COPY_BYTES) {
        copy.send(part).await?;
    }
    copy.finish().await?;
    Ok(start.elapsed())
}
