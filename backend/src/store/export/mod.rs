//! Everything that is kept, as rows for other programs, a page at a time.
//!
//! Each page goes on behind the key of the last row, so memory stays flat however much there is,
//! and no reader is open for long. What is written meanwhile may or may not be part of an export;
//! every row that was there before is, once.

mod tables;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use postern_protocol::currency::Currency;
use postern_protocol::id::PartnerId;
use uuid::Uuid;

use super::log::Log;
use super::reads::Reads;
use super::row::Cells;
use super::statement::{Argument, Statement};
use super::{Span, Store, StoreError};
use crate::partners::show_time;
use crate::report::Sum;
use crate::report::period::Period;
use crate::report::sheet::Cell;
use tables::{Column, Key, Kind, Table};

pub use tables::Exported;
pub(super) use tables::{PAYOUTS_BY_CLICK, PAYOUTS_BY_CONVERSION};

/// Rows of a page. A delivery holds its raw request, so a page may take some megabytes.
pub const EXPORT_PAGE_ROWS: u32 = 500;

/// What is exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportQuery {
    /// Which rows.
    pub what: Exported,
    /// Of which days: when a delivery was received, a conversion or a click happened, an entry was
    /// booked, a flag was decided.
    pub period: Period,
    /// Only this partner's.
    pub partner: Option<PartnerId>,
    /// Of deliveries only tests, or only live ones; nothing else has tests.
    pub is_test: Option<bool>,
}

/// The rows of a page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ExportPage {
    /// Each row's values, in the order of [`ExportQuery::names`].
    pub rows: Vec<Vec<Cell>>,
    /// Where the next page goes on; nothing behind the last.
    pub next: Option<ExportCursor>,
}

/// The key of the last row of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportCursor(Vec<Argument>);

impl Store {
    /// A page of everything of one sort, behind the page before.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn export(
        &self,
        asked: &ExportQuery,
        after: Option<&ExportCursor>,
    ) -> Result<ExportPage, StoreError> {
        match self {
            Self::Sqlite(store) => {
                let mut reader = store.reader().await?;
                page(&mut *reader, asked, after, PAYOUTS_BY_CONVERSION).await
            }
            Self::Postgres(store) => {
                let mut reader = store.reader().await?;
                page(&mut *reader, asked, after, PAYOUTS_BY_CLICK).await
            }
        }
    }
}

impl ExportQuery {
    /// The names of the columns.
    #[must_use]
    pub fn names(&self) -> Vec<&'static str> {
        // Any key will do: the columns are the same.
        let columns = self.what.table(PAYOUTS_BY_CLICK).columns.iter();
        columns.flat_map(Column::names).copied().collect()
    }

    pub(super) fn page(&self, after: Option<&ExportCursor>, payouts_by: Key) -> Statement {
        let table = self.what.table(payouts_by);
        let mut statement = Statement::new("SELECT ");
        statement.push(table.selected());
        if self.what == Exported::Deliveries {
            self.deliveries(after, &mut statement);
            return statement;
        }
        statement
            .push(format_args!(" FROM {} AS t WHERE 1 = 1", table.name))
            .within(table.time, self.period);
        match table.partner {
            Some(column) => _ = statement.of_partner(column, self.partner.as_ref()),
            None => self.of_partners_conversions(&mut statement),
        }
        let key = table.key.join(", ");
        if let Some(ExportCursor(values)) = after {
            statement.push(format_args!(" AND ({key}) > ("));
            for (place, value) in values.iter().enumerate() {
                statement.push(if place > 0 { ", " } else { "" });
                statement.bind(value.clone());
            }
            statement.push(")");
        }
        statement.push(format_args!(" ORDER BY {key} LIMIT {EXPORT_PAGE_ROWS}"));
        statement
    }

    /// Their ids tell when they were received, so the period is found by ids and not by reading on.
    fn deliveries(&self, after: Option<&ExportCursor>, statement: &mut Statement) {
        let span = Span {
            from: self.period.starts_at(),
            until: self.period.ends_before(),
        };
        let (from, until) = span.ids();
        let bound = |id: Option<Uuid>, compared| Some((Argument::Id(id?), compared));
        let behind = after.and_then(|ExportCursor(values)| values.first().cloned());
        let bounds = [
            bound(from, ">="),
            bound(until, "<"),
            behind.map(|id| (id, ">")),
        ];
        let log = Log {
            partner: self.partner.as_ref(),
            is_test: self.is_test,
        };
        statement.push(" FROM (");
        log.select(statement, "*", |statement| {
            statement.within("received_at", self.period);
            for (id, compared) in bounds.iter().flatten() {
                statement
                    .push(format_args!(" AND id {compared} "))
                    .bind(id.clone());
            }
        });
        statement.push(format_args!(
            " ORDER BY id LIMIT {EXPORT_PAGE_ROWS}) AS t ORDER BY t.id"
        ));
    }

    /// A decision is its conversion's partner's.
    fn of_partners_conversions(&self, statement: &mut Statement) {
        if let Some(partner) = &self.partner {
            statement
                .push(
                    " AND EXISTS (SELECT 1 FROM conversions AS v WHERE v.clickid = t.clickid \
                     AND v.id = t.conversion AND v.partner = ",
                )
                .bind(Argument::Text(partner.to_string()))
                .push(")");
        }
    }
}

async fn page(
    reader: &mut impl Reads,
    asked: &ExportQuery,
    after: Option<&ExportCursor>,
    payouts_by: Key,
) -> Result<ExportPage, StoreError> {
    let table = asked.what.table(payouts_by);
    let mut page = ExportPage::default();
    let read = reader.each(asked.page(after, payouts_by), |row| {
        let mut values = Vec::new();
        for column in table.columns {
            cells(column, row, &mut values)?;
        }
        page.rows.push(values);
        if page.rows.len() == EXPORT_PAGE_ROWS as usize {
            page.next = Some(cursor(&table, row)?);
        }
        Ok(())
    });
    read.await?;
    Ok(page)
}

fn cursor(table: &Table, row: &impl Cells) -> Result<ExportCursor, StoreError> {
    let value = |name: &&str| {
        let name = name.trim_start_matches("t.");
        Ok(match name {
            "clickid" | "reason" => Argument::Text(row.owned(name)?),
            "number" => Argument::Number(row.number(name)?),
            id => Argument::Id(row.id(id)?),
        })
    };
    table
        .key
        .iter()
        .map(value)
        .collect::<Result<_, StoreError>>()
        .map(ExportCursor)
}

/// The value of a column, or the two of one that has two.
fn cells(column: &Column, row: &impl Cells, into: &mut Vec<Cell>) -> Result<(), StoreError> {
    let name = column.source;
    into.push(match column.kind {
        Kind::Outside => Cell::outside(row.owned_or_null(name)?),
        Kind::Word => Cell::word(row.text_or_null(name)?),
        Kind::Json => row.owned_or_null(name)?.map_or(Cell::Empty, Cell::Json),
        Kind::Number => row.number_or_null(name)?.map_or(Cell::Empty, Cell::Number),
        Kind::Id => Cell::word(row.id_or_null(name)?.as_ref().map(Uuid::to_string)),
        Kind::Time => Cell::word(row.seconds_or_null(name)?.map(show_time)),
        Kind::Amount(currency) => {
            let minor = row.number_or_null(name)?;
            let currency = row.word_or_null(currency, |code| Currency::parse(code).ok())?;
            let sum = minor.zip(currency).map(|(minor, currency)| Sum {
                currency,
                minor: i128::from(minor),
            });
            Cell::word(sum.map(Sum::decimal))
        }
        Kind::Bytes => {
            into.extend(bytes(row.bytes(name)?));
            return Ok(());
        }
    });
    Ok(())
}

/// Bytes as they came, where they are text; else as base64 beside it.
fn bytes(bytes: &[u8]) -> [Cell; 2] {
    match std::str::from_utf8(bytes) {
        Ok(text) => [Cell::Outside(text.to_owned()), Cell::Empty],
        Err(_) => [Cell::Empty, Cell::Word(STANDARD.encode(bytes))],
    }
}
