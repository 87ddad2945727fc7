//! Runs statements on a connection that reads, alike for every database.

use futures_util::TryStreamExt as _;
use sqlx::AssertSqlSafe;
use sqlx::error::DatabaseError;
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::StoreError;
use super::row::Cells;
use super::statement::{Argument, ByteOrder, Statement};

/// How long a reader may take over one question, in seconds. A report that takes longer is asked in
/// parts: what it reads cannot be tidied up meanwhile, and the database's log grows.
pub(super) const QUESTION_SECONDS: u64 = 60;

/// What the databases say of a question that was cut off: PostgreSQL's `query_canceled`, and SQLite's
/// `SQLITE_INTERRUPT`.
const CUT_OFF: [&str; 2] = ["57014", "9"];

fn sort(error: sqlx::Error) -> StoreError {
    let code = error.as_database_error().and_then(DatabaseError::code);
    match code {
        Some(code) if CUT_OFF.contains(&&*code) => StoreError::TooLong,
        _ => error.into(),
    }
}

/// A connection that reads. Inside a transaction all statements see one state of the store.
pub(super) trait Reads: Send {
    /// A row of this database.
    type Row: Cells;
    /// How it compares texts by their bytes.
    const BYTE_ORDER: ByteOrder;

    /// Hands each row of a statement to `read`, one by one: memory stays flat however many there are.
    fn each(
        &mut self,
        statement: Statement,
        read: impl FnMut(&Self::Row) -> Result<(), StoreError> + Send,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// All rows of a statement, read.
    fn all<T: Send>(
        &mut self,
        statement: Statement,
        mut read: impl FnMut(&Self::Row) -> Result<T, StoreError> + Send,
    ) -> impl Future<Output = Result<Vec<T>, StoreError>> + Send {
        async move {
            let mut all = Vec::new();
            self.each(statement, |row| {
                all.push(read(row)?);
                Ok(())
            })
            .await?;
            Ok(all)
        }
    }
}

/// PostgreSQL takes no text with a NUL, and no row of either store has one, as nothing that has can be
/// read. So it is bound as NULL, which nothing is equal to.
fn without_nul(text: String) -> Option<String> {
    (!text.contains('\0')).then_some(text)
}

/// The databases differ in the types of their connections, not in how they are asked.
macro_rules! reads {
    ($connection:ty, $row:ty, $byte_order:literal) => {
        impl Reads for $connection {
            type Row = $row;
            const BYTE_ORDER: ByteOrder = $byte_order;

            async fn each(
                &mut self,
                statement: Statement,
                mut read: impl FnMut(&Self::Row) -> Result<(), StoreError> + Send,
            ) -> Result<(), StoreError> {
                let (text, arguments) = statement.into_parts();
                // The text is ours alone: what comes from outside is bound.
                let mut query = sqlx::query(AssertSqlSafe(text));
                for argument in arguments {
                    query = match argument {
                        Argument::Number(number) => query.bind(number),
                        Argument::Text(text) => query.bind(without_nul(text)),
                        Argument::Id(id) => query.bind(id),
                    };
                }
                let mut rows = query.fetch(self);
                while let Some(row) = rows.try_next().await.map_err(sort)? {
                    read(&row)?;
                }
                Ok(())
            }
        }
    };
}

reads!(SqliteConnection, SqliteRow, " COLLATE BINARY");
reads!(PgConnection, PgRow, " COLLATE \"C\"");
