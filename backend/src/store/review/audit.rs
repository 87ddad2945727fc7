//! All decisions, newest first: who answered which flag, how, and why.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use super::{DecisionRecord, NoCursor};
use crate::ledger::{FlagId, Outcome};
use crate::store::reads::Reads as _;
use crate::store::statement::{Argument, Statement};
use crate::store::{Span, Store, StoreError, decode};

/// Which decisions are listed; what is left open fits all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DecisionFilter {
    /// Who made them.
    pub by: Option<String>,
    /// How they closed their flags.
    pub outcome: Option<Outcome>,
    /// When they were made.
    pub decided: Span,
}

/// A place in that list: the last row of a page. Flags that one answer closed share its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecisionCursor {
    /// The decision.
    pub id: Uuid,
    /// The flag.
    pub flag: FlagId,
}

impl DecisionRecord {
    /// Where the page after this row begins.
    #[must_use]
    pub const fn cursor(&self) -> DecisionCursor {
        DecisionCursor {
            id: self.id,
            flag: self.flag,
        }
    }
}

impl fmt::Display for DecisionCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.id, self.flag)
    }
}

impl FromStr for DecisionCursor {
    type Err = NoCursor;

    fn from_str(text: &str) -> Result<Self, NoCursor> {
        let (id, flag) = text.split_once('/').ok_or(NoCursor)?;
        Ok(Self {
            id: Uuid::parse_str(id).map_err(|_| NoCursor)?,
            flag: flag.parse().map_err(|_| NoCursor)?,
        })
    }
}

impl Store {
    /// Decisions that fit a filter, newest first, at most `limit`, behind the place where the last
    /// page ended.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn list_decisions(
        &self,
        filter: &DecisionFilter,
        after: Option<DecisionCursor>,
        limit: u32,
    ) -> Result<Vec<DecisionRecord>, StoreError> {
        let page = filter.page(after, limit);
        match self {
            Self::Sqlite(store) => store.reader().await?.all(page, decode::decision).await,
            Self::Postgres(store) => store.reader().await?.all(page, decode::decision).await,
        }
    }
}

impl DecisionFilter {
    /// A page of the decisions that fit. Their ids lead with the time, as those of deliveries do.
    pub(in crate::store) fn page(&self, after: Option<DecisionCursor>, limit: u32) -> Statement {
        let mut page = Statement::new("SELECT * FROM decisions WHERE 1 = 1");
        let outcome = self.outcome.map(|it| it.name().to_owned());
        for (column, word) in [("decided_by", self.by.clone()), ("outcome", outcome)] {
            if let Some(word) = word {
                page.push(format_args!(" AND {column} = "))
                    .bind(Argument::Text(word));
            }
        }
        let (from, until) = self.decided.ids();
        for (compared, id) in [(">=", from), ("<", until)] {
            if let Some(id) = id {
                page.push(format_args!(" AND id {compared} "))
                    .bind(Argument::Id(id));
            }
        }
        if let Some(after) = after {
            page.push(" AND (id, delivery, reason) < (")
                .bind(Argument::Id(after.id))
                .push(", ")
                .bind(Argument::Id(after.flag.delivery))
                .push(", ")
                .bind(Argument::Text(after.flag.reason.name().to_owned()))
                .push(")");
        }
        page.push(" ORDER BY id DESC, delivery DESC, reason DESC LIMIT ")
            .bind(Argument::Number(limit.into()));
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_nothing_else_does() {
        let flag = "00000000-0000-0000-0000-000000000007/double_ftd";
        let cursor = DecisionCursor {
            id: Uuid::from_u128(9),
            flag: flag.parse().unwrap(),
        };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for text in ["", "7", flag, &format!("x/{flag}")] {
            assert_eq!(text.parse::<DecisionCursor>(), Err(NoCursor), "{text}");
        }
    }
}
