//! How a partner's postbacks have been of late: its newest deliveries without their requests, the
//! flags that wait, and how far its clock is ahead.
//!
//! Each question takes a bounded number of live rows off an index, however long the log is; it walks
//! past the tests that lie between them.

use std::collections::BTreeMap;

use postern_protocol::id::PartnerId;
use postern_protocol::time::UnixSeconds;

use super::reads::Reads as _;
use super::row::Cells;
use super::statement::{Argument, Statement};
use super::{Store, StoreError};
use crate::ledger::Verdict;

/// How many conversions are looked at for how far a partner's clock is ahead.
const CLOCK_ROWS: i64 = 200;

/// How many open flags are told apart by partner at most.
pub const OPEN_FLAGS_COUNTED: i64 = 10_000;

/// What is left of a delivery when its request is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// When it was received.
    pub received_at: UnixSeconds,
    /// What became of it.
    pub verdict: Verdict,
    /// Which form the signature matched.
    pub form: String,
    /// Which secret signed it.
    pub key_id: String,
}

const TRACES: &str = "SELECT received_at, verdict, form, key_id FROM deliveries \
    WHERE test IS NULL AND partner = $1 ORDER BY id DESC LIMIT $2";

const CLOCK: &str = "SELECT max(occurred_at - opened_at) AS ahead FROM (
        SELECT occurred_at, opened_at FROM conversions
        WHERE partner = $1 ORDER BY id DESC LIMIT $2) AS latest";

/// The databases say in different words which of a partial index is meant.
macro_rules! open_flags {
    ($open:literal) => {
        concat!(
            "SELECT c.partner AS partner, count(*) AS waiting FROM (
                SELECT clickid, conversion FROM flags WHERE ",
            $open,
            " ORDER BY delivery, reason LIMIT $1) AS f
            JOIN conversions AS c ON c.clickid = f.clickid AND c.id = f.conversion
            GROUP BY c.partner"
        )
    };
}

/// The flags that wait, by partner, off the index of open flags.
pub(super) const OPEN_FLAGS_SQLITE: &str = open_flags!("open = 1");
pub(super) const OPEN_FLAGS_POSTGRES: &str = open_flags!("open");

/// All of them with the types of their arguments, for the tests that look at their plans.
#[cfg(test)]
pub(super) const QUERIES: [(&str, &str); 2] = [(TRACES, "text, bigint"), (CLOCK, "text, bigint")];

/// Asks one statement on a connection that reads.
macro_rules! ask {
    ($store:expr, $statement:expr, $read:expr) => {{
        let statement = $statement;
        match $store {
            Store::Sqlite(store) => store.reader().await?.all(statement, $read).await?,
            Store::Postgres(store) => store.reader().await?.all(statement, $read).await?,
        }
    }};
}

impl Store {
    /// A partner's newest deliveries, `limit` at most, newest first.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn traces(&self, partner: &PartnerId, limit: u32) -> Result<Vec<Trace>, StoreError> {
        let values = [of(partner), Argument::Number(limit.into())];
        Ok(ask!(self, Statement::with(TRACES, values), trace))
    }

    /// By how many seconds the latest of a partner's times lies behind its own receipt; below zero
    /// where all events are older than their postbacks. `None` where it reports nothing.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn clock_ahead(&self, partner: &PartnerId) -> Result<Option<i64>, StoreError> {
        let values = [of(partner), Argument::Number(CLOCK_ROWS)];
        let ahead = ask!(self, Statement::with(CLOCK, values), |row| row
            .number_or_null("ahead"));
        Ok(ahead.into_iter().flatten().next())
    }

    /// How many flags wait, by partner: of the oldest [`OPEN_FLAGS_COUNTED`].
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn open_flags_by_partner(&self) -> Result<BTreeMap<String, u64>, StoreError> {
        let values = [Argument::Number(OPEN_FLAGS_COUNTED)];
        let query = match self {
            Self::Sqlite(_) => OPEN_FLAGS_SQLITE,
            Self::Postgres(_) => OPEN_FLAGS_POSTGRES,
        };
        let rows = ask!(self, Statement::with(query, values), waiting);
        Ok(rows.into_iter().collect())
    }
}

fn of(partner: &PartnerId) -> Argument {
    Argument::Text(partner.to_string())
}

fn trace(row: &impl Cells) -> Result<Trace, StoreError> {
    Ok(Trace {
        received_at: row.seconds("received_at")?,
        verdict: row.verdict("verdict")?,
        form: row.owned("form")?,
        key_id: row.owned("key_id")?,
    })
}

fn waiting(row: &impl Cells) -> Result<(String, u64), StoreError> {
    Ok((row.owned("partner")?, row.number("waiting")?.unsigned_abs()))
}
