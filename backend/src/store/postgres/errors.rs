//! PostgreSQL's error codes, as far as they mean something to us.

use std::io::ErrorKind;

use sqlx::postgres::PgDatabaseError;

use crate::store::StoreError;

/// Another transaction got in between, and going back and deciding anew is the answer.
const CONTENTION: [&str; 3] = [
    UNIQUE_VIOLATION,
    "40001", // serialization_failure
    "40P01", // deadlock_detected
];

const UNIQUE_VIOLATION: &str = "23505";

/// Classes whose fault lies in what was to be written: data, constraints, and limits of a row.
const ABOUT_A_ROW: [&str; 3] = ["22", "23", "54"];

/// What an error of the server means here. Everything else is the server's own trouble.
pub(in crate::store) fn sort(cause: &PgDatabaseError) -> fn(sqlx::Error) -> StoreError {
    let code = cause.code();
    // An id is ours alone, so nobody else's delivery can have it.
    let is_own_id = code == UNIQUE_VIOLATION
        && cause
            .table()
            .is_some_and(|table| table.starts_with("deliveries"));
    if CONTENTION.contains(&code) && !is_own_id {
        StoreError::Contended
    } else if ABOUT_A_ROW.iter().any(|class| code.starts_with(class)) {
        StoreError::Refused
    } else {
        StoreError::Unavailable
    }
}

const CERTIFICATE: &str = "check the server's certificate, and sslmode and sslrootcert in the URL";

/// What somebody who runs the backend can do about an error on opening the store.
pub(super) fn advice(error: &sqlx::Error) -> &'static str {
    let code = error.as_database_error().and_then(|it| it.code());
    match (code.as_deref(), error) {
        (Some("28P01" | "28000"), _) => {
            "check user and password, in the URL or in the file PGPASSFILE names, and the server's \
             pg_hba.conf"
        }
        (Some("3D000"), _) => "create it first, as with createdb",
        (Some("42501"), _) => {
            "the user needs the right to create tables: make it the database's owner"
        }
        (Some("53300"), _) => "the server takes no more connections: raise max_connections",
        (Some("25006"), _) => "it is read only, as a standby is: name the primary",
        // What TLS finds wrong with the server's certificate comes as an error of the connection.
        (None, sqlx::Error::Io(cause)) if cause.kind() == ErrorKind::InvalidData => CERTIFICATE,
        (None, sqlx::Error::Tls(_)) => CERTIFICATE,
        (None, sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut) => {
            "check that the server runs and listens there"
        }
        _ => "the server's log may say more",
    }
}
