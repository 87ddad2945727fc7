//! Decisions about flags, and what they come back with, alike for every database.

pub(super) mod case;
pub(super) mod done;
mod waiting;
mod audit;

use postern_protocol::time::UnixSeconds;
use thiserror::Error;
use uuid::Uuid;

pub use audit::{DecisionCursor, DecisionFilter};
pub(super) use waiting::WaitingPlace;
pub use waiting::{
    MAX_WAITING, NoCursor, WAITING_DEFAULT, WaitingCursor, WaitingFilter, WaitingFlag, WaitingOrder,
};

use super::{Store, StoreError};
use crate::agreement::Agreements;
use crate::ledger::{Decision, FlagId, Outcome, Ruling, Seen, Unfit};

/// The answer to a flag, as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionRecord {
    /// Its id; flags that were closed with another one share it.
    pub id: Uuid,
    /// The flag.
    pub flag: FlagId,
    /// 0, 1, … of this flag: the order of its answers, whatever clocks say.
    pub number: u32,
    /// The click.
    pub clickid: String,
    /// The conversion the flag is about.
    pub conversion: Uuid,
    /// When.
    pub decided_at: UnixSeconds,
    /// What became of the flag.
    pub outcome: Outcome,
    /// A person, or the click log.
    pub decided_by: String,
    /// Why; empty where nothing was said.
    pub note: String,
}

/// A flag with what each decision about it would do now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The flag.
    pub flag: WaitingFlag,
    /// What the answers are about; a decision that carries it is made only while it holds.
    pub seen: Seen,
    /// How many more flags wait on its conversion.
    pub others: usize,
    /// What approval would change, or why it cannot be given.
    pub approve: Result<Ruling, Unfit>,
    /// What rejection would change.
    pub reject: Result<Ruling, Unfit>,
}

/// The answer to a flag with what undoing it would do now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndoPreview {
    /// The answer.
    pub answer: DecisionRecord,
    /// What undoing is about; a decision that carries it is made only while it holds.
    pub seen: Seen,
    /// What it would change, or why it cannot be done.
    pub undo: Result<Ruling, Unfit>,
}

/// Why a decision was not made. Nothing has changed then.
#[derive(Debug, Error)]
pub enum ReviewError {
    /// There is no such flag.
    #[error("there is no flag {0}; `postern review list` shows those that wait")]
    NoSuchFlag(FlagId),
    /// Somebody was first: the flag is answered, or its answer undone, already.
    #[error("{}", already(.0))]
    Decided(Box<DecisionRecord>),
    /// It cannot be made as things are.
    #[error("{0}")]
    Unfit(#[from] Unfit),
    /// The store did not do it.
    #[error("{0}")]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for ReviewError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Who was first, so that two people can talk about it.
fn already(decision: &DecisionRecord) -> String {
    let DecisionRecord {
        flag,
        outcome,
        decided_by,
        decided_at,
        note,
        ..
    } = decision;
    let when = crate::partners::show_time(*decided_at);
    let note = match note.as_str() {
        "" => String::new(),
        note => format!(": {note:?}"),
    };
    let outcome = outcome.name();
    format!("{flag} is {outcome} already, by {decided_by} at {when}{note}")
}

impl Store {
    /// What each decision about a flag would do now. Nothing is changed.
    ///
    /// # Errors
    /// [`ReviewError`]: there is no such flag, or it is decided already.
    pub async fn preview(
        &self,
        flag: FlagId,
        agreements: &Agreements,
        now: UnixSeconds,
    ) -> Result<Preview, ReviewError> {
        match self {
            Self::Sqlite(store) => store.preview(flag, agreements, now).await,
            Self::Postgres(store) => store.preview(flag, agreements, now).await,
        }
    }

    /// What it would do now to undo the answer to a flag. Nothing is changed.
    ///
    /// # Errors
    /// [`ReviewError`]: there is no such flag, or it waits.
    pub async fn preview_undo(
        &self,
        flag: FlagId,
        agreements: &Agreements,
        now: UnixSeconds,
    ) -> Result<UndoPreview, ReviewError> {
        match self {
            Self::Sqlite(store) => store.preview_undo(flag, agreements, now).await,
            Self::Postgres(store) => store.preview_undo(flag, agreements, now).await,
        }
    }

    /// Decides a flag, or undoes its answer: the decision, all that it changes and the flag in one
    /// transaction. The decision gets this id and time.
    ///
    /// # Errors
    /// [`ReviewError`]: nothing has changed then.
    pub async fn review(
        &self,
        decision: &Decision,
        agreements: &Agreements,
        id: Uuid,
        now: UnixSeconds,
    ) -> Result<Ruling, ReviewError> {
        match self {
            Self::Sqlite(store) => store.review(decision, agreements, id, now).await,
            Self::Postgres(store) => store.review(decision, agreements, id, now).await,
        }
    }

    /// The decisions about a click's conversions, oldest first.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn decisions(&self, clickid: &str) -> Result<Vec<DecisionRecord>, StoreError> {
        match self {
            Self::Sqlite(store) => store.decisions(clickid).await,
            Self::Postgres(store) => store.decisions(clickid).await,
        }
    }

    /// A page of the flags that wait for a decision: at most `limit` of those that fit the filter,
    /// behind the place where the last page ended. The order is the cursor's, where there is one.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn waiting(
        &self,
        filter: &WaitingFilter,
        order: WaitingOrder,
        after: Option<WaitingCursor>,
        limit: u32,
    ) -> Result<Vec<WaitingFlag>, StoreError> {
        let order = after.map_or(order, |after| after.order());
        let limit = limit.clamp(1, MAX_WAITING);
        match self {
            Self::Sqlite(store) => store.waiting(filter, order, after, limit).await,
            Self::Postgres(store) => store.waiting(filter, order, after, limit).await,
        }
    }
}
