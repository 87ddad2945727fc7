//! What waits and how fresh the click log is: a few figures for those who watch a store.

use postern_protocol::time::UnixSeconds;

use super::row::Cells;
use super::{Store, StoreError};
use crate::ledger::FlagReason;

/// What waits in a store, and how fresh its click log is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Backlog {
    /// The flags that wait for a decision, one entry for each reason that has any.
    pub flags: Vec<OpenFlags>,
    /// When the newest click of the click log was clicked; `None` where no click says when.
    pub newest_click_at: Option<UnixSeconds>,
    /// When a named click log was last imported or came further; `None` where none was.
    pub imported_at: Option<UnixSeconds>,
}

/// The open flags of one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenFlags {
    /// Why they were raised.
    pub reason: FlagReason,
    /// How many there are; at least one.
    pub count: u64,
    /// When the delivery came in that raised the oldest of them.
    pub oldest_at: UnixSeconds,
}

impl Store {
    /// What waits now. Each figure is read off an index, so it can be asked every few seconds.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn backlog(&self) -> Result<Backlog, StoreError> {
        match self {
            Self::Sqlite(store) => store.backlog().await,
            Self::Postgres(store) => store.backlog().await,
        }
    }
}

/// When the newest click was clicked, and when an import last came further.
pub(super) const CLICK_LOG: &str = "
    SELECT (SELECT max(clicked_at) FROM clicks) AS newest_click_at,
        (SELECT max(imported_at) FROM imports) AS imported_at";

/// The figures from the rows that the database has grouped.
pub(super) fn read<R: Cells>(flags: &[R], click_log: &R) -> Result<Backlog, StoreError> {
    Ok(Backlog {
        flags: flags.iter().map(open_flags).collect::<Result<_, _>>()?,
        newest_click_at: click_log.seconds_or_null("newest_click_at")?,
        imported_at: click_log.seconds_or_null("imported_at")?,
    })
}

fn open_flags(row: &impl Cells) -> Result<OpenFlags, StoreError> {
    let oldest = row.id("oldest")?;
    let at = oldest.get_timestamp().map_or(0, |at| at.to_unix().0);
    Ok(OpenFlags {
        reason: row.word("reason", FlagReason::parse)?,
        count: row.number("waiting")?.unsigned_abs(),
        oldest_at: UnixSeconds(at.cast_signed()),
    })
}
