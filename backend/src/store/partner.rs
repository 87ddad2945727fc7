//! How a partner's postbacks have been of late: its newest deliveries without their requests, the
//! flags that wait, and how far its clock is ahead.
//!
//! Each question takes a bounded number of rows off an index, however long the log is.

use std::collections::BTreeMap;
use std::fmt;

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

/// How many of a partner's tests are looked at for which keys have signed any.
const TEST_ROWS: i64 = 1_000;

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

const TESTS: &str = "SELECT received_at, verdict, form, key_id FROM deliveries \
    WHERE test IS NOT NULL AND partner = $1 ORDER BY id DESC LIMIT $2";

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
pub(super) const QUERIES: [(&str, &str); 3] = [
    (TRACES, "text, bigint"),
    (TESTS, "text, bigint"),
    (CLOCK, "text, bigint"),
];

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

    /// A partner's newest tests, newest first.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn test_traces(&self, partner: &PartnerId) -> Result<Vec<Trace>, StoreError> {
        let values = [of(partner), Argument::Number(TEST_ROWS)];
        Ok(ask!(self, Statement::with(TESTS, values), trace))
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
    pub async fn open_flags_by_partner(&self) -> Result<OpenByPartner, StoreError> {
        let values = [Argument::Number(OPEN_FLAGS_COUNTED)];
        let query = match self {
            Self::Sqlite(_) => OPEN_FLAGS_SQLITE,
            Self::Postgres(_) => OPEN_FLAGS_POSTGRES,
        };
        let rows = ask!(self, Statement::with(query, values), waiting);
        Ok(OpenByPartner(rows.into_iter().collect()))
    }
}

/// The flags that wait, by partner, as far as they were counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenByPartner(BTreeMap<String, u64>);

/// A count that may have ended early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// How many were counted.
    pub count: u64,
    /// Whether there may be more.
    pub is_cut: bool,
}

impl OpenByPartner {
    /// The flags of one partner.
    #[must_use]
    pub fn of(&self, partner: &str) -> Counted {
        let all: u64 = self.0.values().sum();
        Counted {
            count: self.0.get(partner).copied().unwrap_or(0),
            is_cut: all >= OPEN_FLAGS_COUNTED.unsigned_abs(),
        }
    }
}

impl Counted {
    /// The count, where there is anything to say.
    #[must_use]
    pub fn if_any(self) -> Option<Self> {
        (self.count > 0 || self.is_cut).then_some(self)
    }
}

impl fmt::Display for Counted {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let more = if self.is_cut { " or more" } else { "" };
        write!(out, "{}{more}", self.count)
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
