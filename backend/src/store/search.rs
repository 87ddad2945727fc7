//! Searching the delivery log, for a person who waits for the page.
//!
//! Most of what one asks for stands in no index, and an index for each would cost every booking. So a
//! search looks through the newest [`LOOKED_THROUGH`] deliveries of a partner and a time, says how far
//! back it has looked, and goes on from there when asked. What is asked most, a click, is found
//! however old: the store keeps the first delivery of each of its contents by it. Of a click with more
//! than [`CONTENTS_MAX`] of them the newest are found.

use postern_protocol::event::{EventKind, Status};
use postern_protocol::id::PartnerId;
use postern_protocol::money::Money;
use postern_protocol::time::UnixSeconds;
use uuid::Uuid;

use super::log::Log;
use super::reads::Reads;
use super::row::Cells;
use super::statement::{Argument, Statement};
use super::{DeliveryRecord, Slice, Span, Store, StoreError, decode};
use crate::ledger::Verdict;

/// How many deliveries a search looks through before it shows what it has found.
pub const LOOKED_THROUGH: u32 = 20_000;

/// The most contents of one click that are shown with the first page.
pub const CONTENTS_MAX: u32 = 200;

/// Which deliveries are searched for; what is left open fits all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeliverySearch {
    /// Who sent them.
    pub partner: Option<PartnerId>,
    /// What became of them.
    pub verdict: Option<Verdict>,
    /// What the conversion is that they are about.
    pub event: Option<EventKind>,
    /// Whether they are tests.
    pub is_test: Option<bool>,
    /// When they were received.
    pub received: Span,
    /// The click they name, or the request id they came with.
    pub text: Option<String>,
}

/// A page of what was found.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundDeliveries {
    /// Newest first.
    pub rows: Vec<FoundDelivery>,
    /// Where to go on; `None` where the log ends.
    pub next: Option<Uuid>,
    /// Whether the page ends because so many were looked through, not because it is full.
    pub is_partial: bool,
    /// When the oldest of a click's [`CONTENTS_MAX`] newest contents was received, where it has more
    /// than these: the older ones are found by asking for what came before.
    pub contents_since: Option<UnixSeconds>,
}

/// A delivery with what it is about.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundDelivery {
    /// The delivery.
    pub delivery: DeliveryRecord,
    /// The conversion it is about, as that is now.
    pub about: Option<About>,
}

/// What a delivery is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// What happened.
    pub event: EventKind,
    /// The conversion's status now.
    pub status: Status,
    /// Its amount now.
    pub money: Option<Money>,
}

/// The first delivery of each content of a click, where the store keeps them.
pub(super) const CONTENTS_SQLITE: &str = "SELECT id FROM known WHERE partner = '' AND clickid = ";
const CONTENTS_POSTGRES: &str = "SELECT delivery FROM contents WHERE clickid = ";

/// A delivery beside its conversion, which has columns of the same names.
const FOUND: &str = "SELECT d.*, c.event AS about_event, c.status AS about_status, \
    c.amount_minor AS about_amount_minor, c.currency AS about_currency FROM ";
const WITH_CONVERSION: &str = " LEFT JOIN conversions AS c ON c.id = d.conversion WHERE 1 = 1";

impl Store {
    /// A page of the deliveries that fit, newest first.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn search_deliveries(
        &self,
        search: &DeliverySearch,
        slice: Slice,
    ) -> Result<FoundDeliveries, StoreError> {
        match self {
            Self::Sqlite(store) => {
                let mut reader = store.snapshot().await?;
                search.page(&mut *reader, slice, CONTENTS_SQLITE).await
            }
            Self::Postgres(store) => {
                let mut reader = store.snapshot().await?;
                search.page(&mut *reader, slice, CONTENTS_POSTGRES).await
            }
        }
    }
}

impl DeliverySearch {
    async fn page(
        &self,
        reader: &mut impl Reads,
        slice: Slice,
        contents: &'static str,
    ) -> Result<FoundDeliveries, StoreError> {
        let mut rows = reader.all(self.among_newest(slice), found).await?;
        let limit = usize::try_from(slice.limit).unwrap_or(usize::MAX);
        let is_full = rows.len() > limit;
        rows.truncate(limit);
        let next = if is_full {
            rows.last().map(|row| row.delivery.id)
        } else if self.looks_through() {
            let ends = reader.all(self.end_of_look(slice), |row| row.id("id"));
            ends.await?.pop()
        } else {
            None
        };
        let mut contents_since = None;
        if let Some(first) = self.first_of_contents(slice, contents) {
            let mut firsts = reader.all(first, found).await?;
            let most = usize::try_from(CONTENTS_MAX).unwrap_or(usize::MAX);
            let are_cut = firsts.len() > most;
            firsts.truncate(most);
            let oldest = firsts.last().filter(|_| are_cut);
            contents_since = oldest.map(|it| it.delivery.received_at);
            rows.extend(firsts);
            rows.sort_by_key(|row| std::cmp::Reverse(row.delivery.id));
            rows.dedup_by_key(|row| row.delivery.id);
        }
        Ok(FoundDeliveries {
            rows,
            next,
            is_partial: !is_full && next.is_some(),
            contents_since,
        })
    }

    /// Whether more is asked than partner and time, which the log is kept by, and the tests of a
    /// partner apart.
    const fn looks_through(&self) -> bool {
        self.verdict.is_some()
            || self.event.is_some()
            || (self.is_test.is_some() && self.partner.is_none())
            || self.text.is_some()
    }

    /// Those that fit among the newest; one more than are shown.
    pub(super) fn among_newest(&self, slice: Slice) -> Statement {
        let window = if self.looks_through() {
            LOOKED_THROUGH
        } else {
            slice.limit + 1
        };
        let mut statement = Statement::new(FOUND);
        statement.push("(");
        self.newest(&mut statement, "*", slice.after);
        statement
            .push(" ORDER BY id DESC LIMIT ")
            .bind(Argument::Number(window.into()));
        statement.push(") AS d").push(WITH_CONVERSION);
        self.fit(&mut statement);
        if let Some(text) = &self.text {
            // The first of each content are found by `first_of_contents`; tests have no contents.
            let text = Argument::Text(text.clone());
            statement.push(" AND (d.request_id = ").bind(text.clone());
            statement
                .push(" OR ((d.repeat_of IS NOT NULL OR d.test IS NOT NULL) AND d.clickid = ")
                .bind(text)
                .push("))");
        }
        statement
            .push(" ORDER BY d.id DESC LIMIT ")
            .bind(Argument::Number(i64::from(slice.limit) + 1));
        statement
    }

    /// The last one that was looked at, if there are more behind it.
    pub(super) fn end_of_look(&self, slice: Slice) -> Statement {
        let mut statement = Statement::default();
        self.newest(&mut statement, "id", slice.after);
        statement
            .push(" ORDER BY id DESC LIMIT 1 OFFSET ")
            .bind(Argument::Number(i64::from(LOOKED_THROUGH) - 1));
        statement
    }

    /// The first delivery of each content of a click, however old, and one more than are shown; with
    /// the first page alone.
    pub(super) fn first_of_contents(
        &self,
        slice: Slice,
        contents: &'static str,
    ) -> Option<Statement> {
        let text = self.text.as_ref().filter(|_| slice.after.is_none())?;
        let mut statement = Statement::new(FOUND);
        statement.push("deliveries AS d").push(WITH_CONVERSION);
        statement
            .push(format_args!(" AND d.id IN ({contents}"))
            .bind(Argument::Text(text.clone()))
            .push(")");
        statement.of_partner("d.partner", self.partner.as_ref());
        self.within(&mut statement, "d.id", None);
        self.fit(&mut statement);
        statement
            .push(" ORDER BY d.id DESC LIMIT ")
            .bind(Argument::Number(i64::from(CONTENTS_MAX) + 1));
        Some(statement)
    }

    /// The part of the log that an index finds.
    fn newest(&self, statement: &mut Statement, columns: &str, after: Option<Uuid>) {
        let partner = self.partner.as_ref();
        let log = Log {
            partner,
            // Of all partners no index keeps them apart: they are looked for among the newest.
            is_test: self.is_test.filter(|_| partner.is_some()),
        };
        log.select(statement, columns, |statement| {
            self.within(statement, "id", after);
        });
    }

    fn within(&self, statement: &mut Statement, id: &str, after: Option<Uuid>) {
        let (from, until) = self.received.ids();
        for (compared, bound) in [(">=", from), ("<", until), ("<", after)] {
            if let Some(bound) = bound {
                statement
                    .push(format_args!(" AND {id} {compared} "))
                    .bind(Argument::Id(bound));
            }
        }
    }

    fn fit(&self, statement: &mut Statement) {
        statement.tests("d.test", self.is_test);
        let words = [
            ("d.verdict", self.verdict.map(Verdict::name)),
            ("c.event", self.event.map(EventKind::name)),
        ];
        for (column, word) in words {
            if let Some(word) = word {
                statement
                    .push(format_args!(" AND {column} = "))
                    .bind(Argument::Text(word.to_owned()));
            }
        }
    }
}

fn found(row: &impl Cells) -> Result<FoundDelivery, StoreError> {
    let event = row.word_or_null("about_event", |word| EventKind::parse(word).ok())?;
    let about = match event {
        None => None,
        Some(event) => {
            let state = row.state("about_")?;
            Some(About {
                event,
                status: state.status,
                money: state.money,
            })
        }
    };
    Ok(FoundDelivery {
        delivery: decode::delivery(row)?,
        about,
    })
}
