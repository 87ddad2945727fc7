//! The writing connections, and transactions on them.

use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{sleep, timeout};

use crate::store::StoreError;

/// Transactions of one backend at a time. While one is synced to disk, another one is worked on.
pub(in crate::store) const WRITERS: usize = 2;

/// Chunks of clicks imported at a time, beside those transactions: importers wait for each other, and
/// bookings only while a chunk is told to its conversions and committed.
const IMPORTERS: usize = 1;

/// How often a transaction that meets others is tried. Each time somebody else got on, so this many
/// means far more backends than a database can serve.
pub(super) const TRANSACTION_TRIES: u32 = 10;

/// How long a transaction may take with all its tries, connecting included. Less than the edge waits
/// for an answer, so that the partner is told rather than cut off.
const TRANSACTION_SECONDS: u64 = 8;

/// The wait before the second try; it doubles with each, and varies by half, so that those who met
/// once do not meet again.
const FIRST_WAIT: Duration = Duration::from_millis(2);

/// How each writing connection is set up: what is said is on disk before it is answered, no wait is
/// without an end, and rows are only ever found by their keys, whatever the planner thinks of tables
/// it has no statistics of yet.
const SET_UP: &str = "
    SELECT set_config('synchronous_commit', 'on', false)
        WHERE current_setting('synchronous_commit') = 'off';
    SET lock_timeout = '2s';
    SET statement_timeout = '6s';
    SET idle_in_transaction_session_timeout = '10s';
    SET plan_cache_mode = force_generic_plan;
    SET enable_seqscan = off;
    SET enable_bitmapscan = off;
    SET enable_hashjoin = off;
    SET enable_mergejoin = off;
    SET jit = off";

/// Begins a transaction that opens no conversion and raises no flag, so no import waits for it.
const BEGIN_ASIDE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";

/// Begins a transaction and holds the lock that an import takes for itself alone before it ends, and so
/// knows that whoever did not see its clicks has committed the conversions it opened and the flags it
/// raised. The lock comes before the first look at the clicks.
const BEGIN: &str = "
    BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
    SELECT pg_advisory_xact_lock_shared(8101821113139163502)";

/// The same with that lock for itself alone.
const BEGIN_ALONE: &str = "
    BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
    SELECT pg_advisory_xact_lock(8101821113139163502)";

/// Takes that lock for itself alone in a transaction that has begun, until it ends.
pub(super) const ALONE: &str = "SELECT pg_advisory_xact_lock(8101821113139163502)";

/// The writing connections: made when first needed, and kept while they work.
pub(super) struct Writers {
    options: PgConnectOptions,
    idle: Mutex<Vec<PgConnection>>,
    permits: Semaphore,
    imports: Semaphore,
}

impl Writers {
    pub(super) fn new(options: PgConnectOptions) -> Self {
        Self {
            options,
            idle: Mutex::default(),
            permits: Semaphore::new(WRITERS),
            imports: Semaphore::new(IMPORTERS),
        }
    }

    /// Does `work`, which is one transaction from [`begin`](Self::begin) to [`Transaction::end`], and
    /// does it anew where it meets another one.
    pub(super) async fn run<T, W>(&self, work: impl Fn() -> W) -> Result<T, StoreError>
    where
        W: Future<Output = Result<T, StoreError>>,
    {
        let tries = async {
            let mut tried = 0;
            loop {
                tried += 1;
                match work().await {
                    Err(StoreError::Contended(_)) if tried < TRANSACTION_TRIES => {
                        sleep(wait_after(tried)).await;
                    }
                    done => return done,
                }
            }
        };
        let done = timeout(Duration::from_secs(TRANSACTION_SECONDS), tries).await;
        done.unwrap_or_else(|_| Err(late()))
    }

    /// Begins a transaction, once less than [`WRITERS`] are under way.
    pub(super) async fn begin(&self) -> Result<Transaction<'_>, StoreError> {
        self.begin_by(BEGIN, &self.permits).await
    }

    /// The same for what must be alone: it waits until every booking that is under way has committed,
    /// on whatever backend, and each that begins later waits for it.
    pub(super) async fn begin_alone(&self) -> Result<Transaction<'_>, StoreError> {
        self.begin_by(BEGIN_ALONE, &self.permits).await
    }

    /// The same for what keeps house: no import waits for it.
    pub(super) async fn begin_aside(&self) -> Result<Transaction<'_>, StoreError> {
        self.begin_by(BEGIN_ASIDE, &self.permits).await
    }

    /// The same for a chunk of clicks, one at a time.
    pub(super) async fn begin_import(&self) -> Result<Transaction<'_>, StoreError> {
        self.begin_by(BEGIN_ASIDE, &self.imports).await
    }

    async fn begin_by<'w>(
        &'w self,
        begin: &'static str,
        permits: &'w Semaphore,
    ) -> Result<Transaction<'w>, StoreError> {
        let permit = permits.acquire().await.map_err(|_| closed())?;
        Ok(Transaction {
            connection: self.connection(begin).await?,
            writers: self,
            _permit: permit,
        })
    }

    /// A connection in a transaction. One that was kept may have died since, as all do when the
    /// server starts again; nothing was said on it yet, so the next one may have its place.
    async fn connection(&self, begin: &'static str) -> Result<PgConnection, StoreError> {
        while let Some(mut connection) = self.take() {
            if connection.execute(begin).await.is_ok() {
                return Ok(connection);
            }
        }
        let mut connection = self.options.connect().await?;
        connection.execute(SET_UP).await?;
        connection.execute(begin).await?;
        Ok(connection)
    }

    fn take(&self) -> Option<PgConnection> {
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop()
    }

    fn keep(&self, connection: PgConnection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push(connection);
    }

    pub(super) async fn close(&self) {
        self.permits.close();
        self.imports.close();
        while let Some(connection) = self.take() {
            // The server notices a connection that is gone as well.
            let _ = connection.close().await;
        }
    }
}

/// A transaction under way. Dropped before its end, it takes its connection with it, and the server
/// rolls it back.
pub(super) struct Transaction<'w> {
    connection: PgConnection,
    writers: &'w Writers,
    _permit: SemaphorePermit<'w>,
}

impl Transaction<'_> {
    /// Commits what was done, or rolls it back. After anything worse than meeting another
    /// transaction the connection is not used again.
    pub(super) async fn end<T>(mut self, done: Result<T, StoreError>) -> Result<T, StoreError> {
        let is_usable = match &done {
            Ok(_) => {
                self.connection.execute("COMMIT").await?;
                true
            }
            Err(StoreError::Contended(_)) => self.connection.execute("ROLLBACK").await.is_ok(),
            Err(_) => false,
        };
        if is_usable {
            self.writers.keep(self.connection);
        }
        done
    }
}

impl Deref for Transaction<'_> {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.connection
    }
}

impl DerefMut for Transaction<'_> {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.connection
    }
}

fn wait_after(tried: u32) -> Duration {
    let full = FIRST_WAIT * (1 << (tried - 1));
    // Without random numbers those who met would only meet again.
    let random = getrandom::u32().unwrap_or_default();
    full / 2 + full.mul_f64(f64::from(random) / f64::from(u32::MAX) / 2.0)
}

fn late() -> StoreError {
    let reason = format!("PostgreSQL did not answer within {TRANSACTION_SECONDS} s");
    StoreError::Unavailable(std::io::Error::new(std::io::ErrorKind::TimedOut, reason).into())
}

fn closed() -> StoreError {
    StoreError::Unavailable(sqlx::Error::PoolClosed)
}
