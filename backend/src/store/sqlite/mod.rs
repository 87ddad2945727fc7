//! The store in one SQLite file: write-ahead log, synced at every commit.
//!
//! One connection writes, behind a fair lock; a few others read. After any failure the writing
//! connection is dropped and the next batch opens a new one: a disk that has room again, or a lock
//! that is gone, needs no restart.

mod backlog;
mod book;
mod clicks;
mod pace;
mod prune;
mod review;
mod undo;
mod heal;
mod known;
mod load;
mod read;
mod rows;
mod sandbox;
mod schema;
mod write;
#[cfg(test)]
mod plans;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod migration;

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection};
use tokio::sync::Mutex;

use super::StoreError;
use super::reads::QUESTION_SECONDS;

/// How long a writer waits for another process that holds the file's lock, before it gives up.
const BUSY_TIMEOUT_SECONDS: u64 = 2;

/// Pages of the write-ahead log after which it is copied back into the file: 128 MiB of 4 KiB pages.
/// Those who commit meanwhile wait for it, so it should be rare: this is some ten thousand
/// deliveries. And a page that several batches touch is copied back once. More would make that one
/// wait longer, and the file beside the database larger, for little.
const CHECKPOINT_PAGES: u32 = 32_768;

/// How much of the file the writer keeps in memory. Negative means KiB, as SQLite reads it. More would
/// cost more than it saves: below one GiB of file, SQLite walks all it keeps at nearly every commit
/// (leaves that are parted go through the number of a page far behind the end), and clicks come in no
/// order, so their leaves are seldom there anyway.
const WRITER_CACHE_KIB: i32 = -16_384;

/// The same for each reader. An export or a report reads each page once or few times, and what it has
/// read would only take memory.
const READER_CACHE_KIB: i32 = -8_192;

/// Statements the writer keeps prepared: each size of each insert, and the lookups.
const WRITER_STATEMENTS: usize = 128;

/// Rows the writer may have waiting for who asked. Up to here neither waits for the other, and a batch
/// asks for few hundreds.
const ROWS_WAITING: usize = 1_024;

/// The same for each reader. Every time it is full, two threads wake each other; a row may be a request
/// of 64 KiB, so it is no larger.
const READ_ROWS_WAITING: usize = 256;

/// Connections that read. Reading never waits for writing.
const READERS: u32 = 4;

/// Steps of SQLite's machine between two looks at the clock: well below a millisecond of work.
const STEPS_BETWEEN_LOOKS: i32 = 10_000;

/// Only its owner reads the file: it holds bodies and signatures as they came.
const FILE_MODE: u32 = 0o600;

/// A store in one SQLite file.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    options: Arc<SqliteConnectOptions>,
    writer: Arc<Mutex<Option<SqliteConnection>>>,
    readers: SqlitePool,
    pace: Arc<pace::Pace>,
}

impl SqliteStore {
    pub(super) async fn open(url: &str) -> Result<Self, StoreError> {
        let limit = Duration::from_secs(QUESTION_SECONDS);
        Self::open_with(Self::options(url)?, limit).await
    }

    fn options(url: &str) -> Result<SqliteConnectOptions, StoreError> {
        if [":memory:", "mode=memory", "vfs="]
            .iter()
            .any(|it| url.contains(it))
        {
            return Err(StoreError::InMemory);
        }
        let options = SqliteConnectOptions::from_str(url).map_err(StoreError::Unusable)?;
        Ok(options
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(BUSY_TIMEOUT_SECONDS))
            .pragma("wal_autocheckpoint", CHECKPOINT_PAGES.to_string())
            .disable_statement_logging())
    }

    /// `limit`: how long a reader may take over one question.
    async fn open_with(options: SqliteConnectOptions, limit: Duration) -> Result<Self, StoreError> {
        let reading = options
            .clone()
            .pragma("cache_size", READER_CACHE_KIB.to_string())
            .row_buffer_size(READ_ROWS_WAITING)
            .read_only(true)
            .create_if_missing(false);
        let options = options
            .pragma("cache_size", WRITER_CACHE_KIB.to_string())
            .statement_cache_capacity(WRITER_STATEMENTS)
            .row_buffer_size(ROWS_WAITING);
        create_private(options.get_filename()).map_err(|it| StoreError::Unusable(it.into()))?;
        let mut writer = options.connect().await.map_err(StoreError::Unusable)?;
        sqlx::migrate!("migrations/sqlite").run(&mut writer).await?;
        Ok(Self {
            options: Arc::new(options),
            writer: Arc::new(Mutex::new(Some(writer))),
            readers: readers(limit).connect_lazy_with(reading),
            pace: Arc::default(),
        })
    }

    /// Runs `work` in one transaction on the writing connection. On failure, and when the future is
    /// dropped half way, the connection goes and takes the transaction with it.
    async fn write<T>(
        &self,
        work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut slot = self.writer.lock().await;
        let mut connection = match slot.take() {
            Some(connection) => connection,
            None => self.options.connect().await?,
        };
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        let done = work(&mut transaction).await?;
        transaction.commit().await?;
        *slot = Some(connection);
        Ok(done)
    }

    /// The same for one transaction of many: `work` learns until when it may go on, and afterwards
    /// the file is left alone for others.
    async fn take_turn<T>(
        &self,
        work: impl AsyncFnOnce(&mut SqliteConnection, Instant) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut locked_at = Instant::now();
        let (done, version) = self
            .write(async |connection| {
                locked_at = Instant::now();
                let done = work(connection, locked_at + self.pace.turn()).await?;
                let version = sqlx::query_scalar("PRAGMA data_version");
                Ok((done, version.fetch_one(connection).await?))
            })
            .await?;
        tokio::time::sleep(self.pace.after(locked_at.elapsed(), version)).await;
        Ok(done)
    }

    pub(super) async fn probe(&self) -> Result<(), StoreError> {
        self.write(async |connection| {
            sqlx::query("INSERT INTO probes (at) VALUES (0)")
                .execute(&mut *connection)
                .await?;
            sqlx::query("DELETE FROM probes")
                .execute(connection)
                .await?;
            Ok(())
        })
        .await
    }

    pub(super) async fn close(&self) {
        self.readers.close().await;
        if let Some(connection) = self.writer.lock().await.take() {
            // A file that cannot be tidied now is tidied when it is opened next.
            let _ = connection.close().await;
        }
    }
}

/// Connections that read, each question for so long: a reader that stays at what it sees keeps the
/// write-ahead log from being copied back, and it grows.
fn readers(limit: Duration) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(READERS)
        .after_connect(move |connection, _| Box::pin(limit_question(connection, limit)))
        .before_acquire(move |connection, _| {
            Box::pin(async move { limit_question(connection, limit).await.map(|()| true) })
        })
}

async fn limit_question(
    connection: &mut SqliteConnection,
    limit: Duration,
) -> Result<(), sqlx::Error> {
    let until = Instant::now() + limit;
    let mut handle = connection.lock_handle().await?;
    handle.set_progress_handler(STEPS_BETWEEN_LOOKS, move || Instant::now() < until);
    Ok(())
}

/// Creates a missing file before SQLite does, which would let everybody read it. SQLite gives the
/// files beside it the same mode. A file that is there keeps the mode its owner gave it.
fn create_private(file: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    match options
        .write(true)
        .create_new(true)
        .mode(FILE_MODE)
        .open(file)
    {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}
