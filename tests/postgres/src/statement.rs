//! One statement from anywhere: also where no runtime is, or one that must not be blocked on.

use std::thread;

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};

/// Runs a statement of ours on a connection of its own, and waits for it.
pub(crate) fn run(url: &str, statement: &str) -> Result<(), sqlx::Error> {
    let work = async {
        let mut connection = PgConnection::connect(url).await?;
        connection
            .execute(AssertSqlSafe(statement.to_owned()))
            .await?;
        connection.close().await
    };
    // A thread of its own, as the caller's may be a runtime's.
    thread::scope(|scope| {
        scope
            .spawn(|| {
                tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .map_err(sqlx::Error::Io)?
                    .block_on(work)
            })
            .join()
            .expect("the statement's thread does not panic")
    })
}
