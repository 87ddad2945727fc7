//! The store in a PostgreSQL database, which any number of backends may share.
//!
//! Each booking is one transaction on one of a few writing connections; others read. After any
//! failure the connection is dropped and the next transaction opens a new one: a server that is
//! back, or a lock that is gone, needs no restart.
//!
//! Nothing is locked ahead. Two backends that book the same content, or move the same conversion,
//! meet at a unique key or a revision; one of them goes back, loads what the other wrote, and
//! decides anew.

mod append;
mod backlog;
mod book;
mod clicks;
mod copy;
mod errors;
mod heal;
mod load;
mod open;
mod partitions;
mod prune;
mod read;
mod review;
mod undo;
mod rows;
mod sandbox;
mod schema;
mod write;
mod writers;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use sqlx::Executor as _;
use sqlx::postgres::{PgConnection, PgPool};

pub(super) use errors::sort;
pub(super) use writers::WRITERS;

use super::StoreError;
use writers::Writers;

/// A store in a PostgreSQL database.
#[derive(Clone)]
pub struct PostgresStore {
    writers: Arc<Writers>,
    readers: PgPool,
}

impl PostgresStore {
    pub(super) async fn probe(&self) -> Result<(), StoreError> {
        self.writers
            .run(|| async {
                let mut transaction = self.writers.begin().await?;
                let done = probe(&mut transaction).await;
                transaction.end(done).await
            })
            .await
    }

    pub(super) async fn close(&self) {
        self.readers.close().await;
        self.writers.close().await;
    }
}

async fn probe(connection: &mut PgConnection) -> Result<(), StoreError> {
    connection
        .execute("INSERT INTO probes (at) VALUES (0)")
        .await?;
    connection.execute("DELETE FROM probes").await?;
    Ok(())
}

/// The connections' options hold a password.
impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore").finish_non_exhaustive()
    }
}
