//! Many rows by few statements.
//!
//! Rows go in by multi-row inserts of few sizes: so there are only a handful of texts, and each is
//! prepared once. Each statement is a trip to the thread that holds the connection and back, so a
//! batch should need few of them too.

use sqlx::QueryBuilder;
use sqlx::query_builder::Separated;
use sqlx::sqlite::{Sqlite, SqliteConnection};

/// One row's columns, while they are bound.
pub(super) type Columns<'a> = Separated<'a, Sqlite, &'static str>;

/// Rows in the largest insert. More would gain nothing and pass SQLite's limit of parameters.
const MAX_ROWS_PER_INSERT: usize = 64;

/// Sizes above this are multiples of it.
const STEP: usize = 16;

/// A row that does not fit ends the whole transaction, as its owner would anyway. So SQLite need not be
/// able to take back one statement alone: for that it would copy each page that several rows touch into
/// a file beside, before it changes them.
const INSERT: &str = "INSERT OR ROLLBACK INTO ";

/// Inserts rows: `into` is a table with its columns, `bind` pushes one row's, `tail` follows the rows.
pub(super) async fn insert<R>(
    connection: &mut SqliteConnection,
    into: &str,
    rows: &[R],
    bind: impl Fn(&mut Columns<'_>, &R),
    tail: &str,
) -> Result<(), sqlx::Error> {
    write(connection, into, rows, bind, tail).await.map(|_| ())
}

/// The same, and says how many rows were written: a tail may leave some out.
pub(super) async fn write<R>(
    connection: &mut SqliteConnection,
    into: &str,
    rows: &[R],
    bind: impl Fn(&mut Columns<'_>, &R),
    tail: &str,
) -> Result<u64, sqlx::Error> {
    let mut rest = rows;
    let mut written = 0;
    while !rest.is_empty() {
        let (chunk, after) = rest.split_at(chunk_len(rest.len()));
        let mut statement = QueryBuilder::<Sqlite>::new(INSERT);
        statement.push(into);
        statement.push_values(chunk, |mut columns, row| bind(&mut columns, row));
        statement.push(tail);
        let done = statement.build().execute(&mut *connection).await?;
        written += done.rows_affected();
        rest = after;
    }
    Ok(written)
}

/// As many as fit: a multiple of [`STEP`], or what is left when that is less.
fn chunk_len(rows: usize) -> usize {
    if rows < STEP {
        return rows;
    }
    let steps = rows / STEP * STEP;
    steps.min(MAX_ROWS_PER_INSERT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_parted_into_few_sizes() {
        let mut sizes = Vec::new();
        let mut rest = 150;
        while rest > 0 {
            sizes.push(chunk_len(rest));
            rest -= chunk_len(rest);
        }
        assert_eq!(sizes, [64, 64, 16, 6]);
    }
}
