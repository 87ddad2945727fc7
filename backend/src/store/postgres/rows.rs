//! Many rows by one statement: each column goes in as one array, and `unnest` puts the rows
//! together again. So there is one text for any number of rows, prepared once.
//!
//! Rows to be inserted are put together by one `unnest` for each column in the list of what is
//! selected: as a table, `unnest` would first gather each column in a store of its own, and the
//! insert would cost half as much again.

use sqlx::encode::Encode;
use sqlx::postgres::{
    PgArguments, PgBindIterExt as _, PgConnection, PgHasArrayType, PgRow, Postgres,
};
use sqlx::query::Query;
use sqlx::types::Type;

/// A statement over rows, while their columns are bound.
pub(super) struct Rows<'q, R> {
    statement: Query<'q, Postgres, PgArguments>,
    rows: &'q [R],
    /// Whether there are rows among those before these.
    is_needed: bool,
}

/// Begins to bind the columns of `rows`, in the order in which the statement names them.
pub(super) fn of<'q, R>(statement: &'static str, rows: &'q [R]) -> Rows<'q, R> {
    Rows {
        statement: sqlx::query(statement),
        rows,
        is_needed: false,
    }
}

impl<'q, R> Rows<'q, R> {
    /// Binds the next column. The cells are written to the statement as they come; nothing is
    /// copied in between.
    pub(super) fn column<T>(mut self, cell: impl Fn(&'q R) -> T + 'q) -> Self
    where
        T: Encode<'q, Postgres> + Type<Postgres> + PgHasArrayType + 'q,
    {
        self.statement = self.statement.bind(self.rows.iter().map(cell).bind_iter());
        self
    }

    /// Goes on with the columns of other rows, for a statement over several kinds.
    pub(super) fn and<S>(self, rows: &'q [S]) -> Rows<'q, S> {
        Rows {
            is_needed: self.is_needed(),
            statement: self.statement,
            rows,
        }
    }

    fn is_needed(&self) -> bool {
        self.is_needed || !self.rows.is_empty()
    }

    /// Binds one value that is the same for all rows.
    pub(super) fn value(mut self, value: i64) -> Self {
        self.statement = self.statement.bind(value);
        self
    }

    /// Runs the statement and gives how many rows it touched. Without rows there is nothing to run.
    pub(super) async fn execute(self, connection: &mut PgConnection) -> Result<u64, sqlx::Error> {
        if !self.is_needed() {
            return Ok(0);
        }
        let done = self.statement.execute(connection).await?;
        Ok(done.rows_affected())
    }

    /// Runs the statement and gives the rows it returns.
    pub(super) async fn fetch(
        self,
        connection: &mut PgConnection,
    ) -> Result<Vec<PgRow>, sqlx::Error> {
        if !self.is_needed() {
            return Ok(Vec::new());
        }
        self.statement.fetch_all(connection).await
    }
}
