//! Opens the store: the URL, the server behind it, and the schema.

use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::MigrateError;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _};
use tokio::time::timeout;

use super::writers::Writers;
use super::{PostgresStore, errors};
use crate::store::StoreError;
use crate::store::reads::QUESTION_SECONDS;

/// Connections that read. Reading never waits for writing.
const READERS: u32 = 4;

/// How long one question of a reader may take: whoever asked has gone by then, and others need its
/// connection. Bookings never wait for it.
const READ_SECONDS: u64 = QUESTION_SECONDS;

/// Memory for each step of a reader's question, unless the server is set to more. With PostgreSQL's own
/// 4 MB a report sorts on disk what fits into a table in memory.
const READ_MEBIBYTES: u32 = 32;

/// How long a reader waits for a connection, and the opening for the server.
const CONNECT_SECONDS: u64 = 5;

/// The oldest server the tests run on.
const MIN_SERVER_VERSION: i32 = 15;

/// What a URL may say besides user, password, host, port and database. Anything else is a mistake,
/// such as a misspelt `sslmode`, that must not pass in silence.
const PARAMETERS: [&str; 12] = [
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
];

impl PostgresStore {
    pub(in crate::store) async fn open(url: &str) -> Result<Self, StoreError> {
        let mut connection = Self::connect(url).await?;
        let options = options(url)?;
        let place = place(&options);
        let refused = |reason| StoreError::Database { place, reason };
        migrate(&mut connection).await.map_err(refused)?;
        // The rest is tidied by the server.
        let _ = connection.close().await;
        Ok(Self {
            readers: PgPoolOptions::new()
                .max_connections(READERS)
                .acquire_timeout(Duration::from_secs(CONNECT_SECONDS))
                .after_connect(|connection, _| Box::pin(set_up_reader(connection)))
                .connect_lazy_with(options.clone()),
            writers: Arc::new(Writers::new(options)),
        })
    }

    /// A connection to a server that we know and that keeps what it says it keeps.
    pub(super) async fn connect(url: &str) -> Result<PgConnection, StoreError> {
        let options = options(url)?;
        let place = place(&options);
        let refused = |reason| StoreError::Database {
            place: place.clone(),
            reason,
        };
        let connecting = timeout(Duration::from_secs(CONNECT_SECONDS), options.connect());
        let mut connection = match connecting.await {
            Ok(Ok(connection)) => connection,
            Ok(Err(error)) => return Err(refused(in_words(&error))),
            Err(_) => {
                return Err(refused(format!(
                    "no answer within {CONNECT_SECONDS} s; check that the server runs there"
                )));
            }
        };
        check_server(&mut connection).await.map_err(refused)?;
        Ok(connection)
    }
}

async fn set_up_reader(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let set_up = format!(
        "SET statement_timeout = '{READ_SECONDS}s'; \
         SET idle_in_transaction_session_timeout = '{READ_SECONDS}s'; \
         SELECT set_config('work_mem', '{READ_MEBIBYTES}MB', false) \
             WHERE pg_size_bytes(current_setting('work_mem')) < {READ_MEBIBYTES}::bigint << 20"
    );
    connection.execute(AssertSqlSafe(set_up)).await?;
    Ok(())
}

fn options(url: &str) -> Result<PgConnectOptions, StoreError> {
    let malformed = |reason: String| StoreError::Database {
        place: "the URL names".to_owned(),
        reason,
    };
    let parameters = url.split_once('?').map_or("", |(_, parameters)| parameters);
    let names = parameters
        .split('&')
        .filter_map(|it| it.split(['=', '[']).next());
    if let Some(unknown) = names
        .filter(|name| !name.is_empty())
        .find(|name| !PARAMETERS.contains(name))
    {
        return Err(malformed(format!(
            "the URL has an unknown parameter {unknown:?}; known are {}",
            PARAMETERS.join(", ")
        )));
    }
    let options = PgConnectOptions::from_str(url).map_err(|_| {
        // The parser's own words may quote the URL, and with it the password.
        malformed(
            "the URL is malformed; write it as postgres://USER:PASSWORD@HOST:PORT/DATABASE, with \
             %40 for an @ in the password and so on"
                .to_owned(),
        )
    })?;
    let options = options.application_name("postern");
    Ok(options.disable_statement_logging())
}

/// Server and database, as far as everybody may see them.
fn place(options: &PgConnectOptions) -> String {
    let database = options.get_database().unwrap_or(options.get_username());
    let (host, port) = (options.get_host(), options.get_port());
    format!("{database:?} at {host}:{port}")
}

/// The server must be one we know, and must keep what it says it keeps.
async fn check_server(connection: &mut PgConnection) -> Result<(), String> {
    let question = "SELECT current_setting('server_version_num')::int, current_setting('fsync')";
    let (version, fsync): (i32, String) = sqlx::query_as(question)
        .fetch_one(connection)
        .await
        .map_err(|error| in_words(&error))?;
    check_version(version)?;
    if fsync == "off" {
        return Err(
            "the server runs with fsync = off and forgets what it has acknowledged when it \
             crashes; turn it on"
                .to_owned(),
        );
    }
    Ok(())
}

/// `number` is as PostgreSQL counts: 150004 for 15.4.
fn check_version(number: i32) -> Result<(), String> {
    let version = number / 10_000;
    if version < MIN_SERVER_VERSION {
        return Err(format!(
            "PostgreSQL {version} is too old; {MIN_SERVER_VERSION} or later is needed"
        ));
    }
    Ok(())
}

/// Several backends may start at once: the migrator holds a lock of the database meanwhile.
async fn migrate(connection: &mut PgConnection) -> Result<(), String> {
    let migrated = sqlx::migrate!("migrations/postgres").run(connection).await;
    migrated.map_err(|error| match &error {
        MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _) => in_words(cause),
        MigrateError::VersionMissing(version) => format!(
            "its schema has version {version}, which this Postern does not know; was it opened by a \
             newer one?"
        ),
        _ => format!("its schema cannot be brought up to date: {error}"),
    })
}

fn in_words(error: &sqlx::Error) -> String {
    format!("{error}; {}", errors::advice(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_server_is_told_which_is_needed() {
        assert_eq!(check_version(150_004), Ok(()));
        assert_eq!(check_version(180_000), Ok(()));
        let refused = check_version(140_011).unwrap_err();
        assert!(refused.contains("PostgreSQL 14 is too old"), "{refused}");
    }

    #[test]
    fn a_malformed_url_is_refused_without_its_password() {
        for url in [
            "postgres://me:hunter22@host:port/db",
            "postgres://me:hunter22@host/db?sslmode=hunter22",
            "postgres://me:hunter22@host/db?pasword=hunter22",
            "postgres://me:hunter22@host/db?ssl_mode=require",
        ] {
            let refused = options(url).unwrap_err().to_string();
            assert!(!refused.contains("hunter22"), "{refused}");
        }
    }

    #[test]
    fn a_place_shows_neither_user_nor_password() {
        let options = options("postgres://me:hunter22@db.example:5433/ledger").unwrap();
        assert_eq!(place(&options), "\"ledger\" at db.example:5433");
    }
}
