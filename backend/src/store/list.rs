//! What a list of rows is asked for. Lists go newest first, by id, a page at a time: an id says when
//! its row was received, so a list that goes on behind an id sees each row once, whatever comes in
//! meanwhile.

use postern_protocol::event::{EventKind, Status};
use postern_protocol::id::PartnerId;
use postern_protocol::time::UnixSeconds;
use uuid::Uuid;

use super::log::Log;
use super::reads::Reads;
use super::statement::{Argument, Statement};
use super::{ConversionRecord, DeliveryRecord, Store, StoreError, decode};
use crate::ledger::Verdict;

/// Which deliveries are listed; what is left open fits all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeliveryFilter {
    /// Who sent them.
    pub partner: Option<PartnerId>,
    /// What became of them.
    pub verdict: Option<Verdict>,
    /// Whether they are tests.
    pub is_test: Option<bool>,
    /// When they were received.
    pub received: Span,
}

/// Which conversions are listed; what is left open fits all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConversionFilter {
    /// Who reports them.
    pub partner: Option<PartnerId>,
    /// The click they belong to.
    pub clickid: Option<String>,
    /// What happened.
    pub event: Option<EventKind>,
    /// Their status now.
    pub status: Option<Status>,
    /// Whether a flag keeps them from earning.
    pub is_blocked: Option<bool>,
    /// When the delivery that opened them was received.
    pub opened: Span,
}

/// A time from one moment until just before another; what is left open has no end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Span {
    /// The first moment of it.
    pub from: Option<UnixSeconds>,
    /// The first moment after it.
    pub until: Option<UnixSeconds>,
}

/// Where a page of a list starts, and how long it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    /// The last row of the page before.
    pub after: Option<Uuid>,
    /// Rows at most.
    pub limit: u32,
}

impl Store {
    /// Deliveries that fit a filter, newest first.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn list_deliveries(
        &self,
        filter: &DeliveryFilter,
        slice: Slice,
    ) -> Result<Vec<DeliveryRecord>, StoreError> {
        match self {
            Self::Sqlite(store) => {
                let mut reader = store.reader().await?;
                reader.all(filter.page(slice), decode::delivery).await
            }
            Self::Postgres(store) => {
                let mut reader = store.reader().await?;
                reader.all(filter.page(slice), decode::delivery).await
            }
        }
    }

    /// Conversions that fit a filter, newest first.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn list_conversions(
        &self,
        filter: &ConversionFilter,
        slice: Slice,
    ) -> Result<Vec<ConversionRecord>, StoreError> {
        match self {
            Self::Sqlite(store) => {
                let mut reader = store.reader().await?;
                reader
                    .all(filter.page(slice), decode::conversion_record)
                    .await
            }
            Self::Postgres(store) => {
                let mut reader = store.reader().await?;
                reader
                    .all(filter.page(slice), decode::conversion_record)
                    .await
            }
        }
    }
}

impl DeliveryFilter {
    /// A page of the deliveries that fit.
    pub(super) fn page(&self, slice: Slice) -> Statement {
        let mut statement = Statement::default();
        let log = Log {
            partner: self.partner.as_ref(),
            is_test: self.is_test,
        };
        log.select(&mut statement, "*", |statement| {
            is(statement, "verdict", self.verdict.map(Verdict::name));
            behind(statement, self.received, slice.after);
        });
        newest_first(&mut statement, slice);
        statement
    }
}

impl ConversionFilter {
    /// A page of the conversions that fit.
    pub(super) fn page(&self, slice: Slice) -> Statement {
        let mut statement = Statement::new("SELECT * FROM conversions WHERE 1 = 1");
        statement.of_partner("partner", self.partner.as_ref());
        if let Some(clickid) = &self.clickid {
            is(&mut statement, "clickid", Some(clickid));
            statement
                .push(" AND id IN (SELECT id FROM click_conversions WHERE clickid = ")
                .bind(Argument::Text(clickid.clone()))
                .push(")");
        }
        is(&mut statement, "event", self.event.map(EventKind::name));
        is(&mut statement, "status", self.status.map(Status::name));
        match self.is_blocked {
            Some(true) => _ = statement.push(" AND blocking_flags > 0"),
            Some(false) => _ = statement.push(" AND blocking_flags = 0"),
            None => {}
        }
        behind(&mut statement, self.opened, slice.after);
        newest_first(&mut statement, slice);
        statement
    }
}

/// Keeps to a word, where one is asked for.
fn is(statement: &mut Statement, column: &str, word: Option<&str>) {
    if let Some(word) = word {
        statement
            .push(format_args!(" AND {column} = "))
            .bind(Argument::Text(word.to_owned()));
    }
}

/// The rows of a time and behind the last page.
fn behind(statement: &mut Statement, span: Span, after: Option<Uuid>) {
    let (from, until) = span.ids();
    for (compared, id) in [(">=", from), ("<", until), ("<", after)] {
        if let Some(id) = id {
            statement
                .push(format_args!(" AND id {compared} "))
                .bind(Argument::Id(id));
        }
    }
}

fn newest_first(statement: &mut Statement, slice: Slice) {
    statement
        .push(" ORDER BY id DESC LIMIT ")
        .bind(Argument::Number(slice.limit.into()));
}

impl Span {
    /// The ids of rows that were received in this time: from the first up to, not including, the
    /// second.
    pub(super) fn ids(self) -> (Option<Uuid>, Option<Uuid>) {
        (self.from.map(lowest_id), self.until.map(lowest_id))
    }
}

/// No id of this moment or later is lower. An id leads with its milliseconds.
pub(super) fn lowest_id(moment: UnixSeconds) -> Uuid {
    let seconds = u64::try_from(moment.0).unwrap_or(0); // ids begin in 1970
    let millis = seconds.saturating_mul(1_000).min((1 << 48) - 1);
    Uuid::from_u128(u128::from(millis) << 80)
}

#[cfg(test)]
mod tests {
    use uuid::{NoContext, Timestamp};

    use super::*;

    #[test]
    fn the_ids_of_a_time_are_those_made_in_it() {
        let id = |seconds, nanos| Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, nanos));
        let lowest = lowest_id(UnixSeconds(1_717_000_000));
        assert!(id(1_717_000_000, 0) > lowest);
        assert!(id(1_716_999_999, 999_999_999) < lowest);
        assert_eq!(lowest_id(UnixSeconds(-5)), Uuid::nil());
        assert!(lowest_id(UnixSeconds(i64::MAX)) > id(1 << 37, 0));
    }
}
