//! What sources of clicks cost and earned, for the sources report.
//!
//! A source is looked at through its clicks: those of the period, what they cost, and what became
//! of them, whenever that was.

use std::collections::BTreeMap;

use postern_protocol::currency::Currency;
use postern_protocol::id::PartnerId;
use postern_protocol::time::UnixSeconds;

use super::counted;
use super::group::{Dimension, Key, in_order};
use crate::report::period::Period;
use crate::report::statistics::Earnings;
use crate::store::StoreError;
use crate::store::row::Cells;
use crate::store::statement::{Statement, halves, whole};

/// What a sources report is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceQuery {
    /// The days on which the clicks were made.
    pub period: Period,
    /// Only clicks that were sent to this partner.
    pub partner: Option<PartnerId>,
    /// What rows are told apart by.
    pub by: Vec<Dimension>,
    /// When the report is made.
    pub now: UnixSeconds,
}

/// The clicks of a source with a cost in one currency, or without one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceClicks {
    /// The source.
    pub key: Key,
    /// The currency of the cost; none where the click log says none.
    pub currency: Option<Currency>,
    /// How many clicks.
    pub clicks: u64,
    /// What they cost, in the currency's smallest unit.
    pub cost: i128,
}

/// What clicks earned, by source, by whether the click log says what they cost, and by currency.
pub type SourceEarnings = BTreeMap<(Key, bool, Currency), Earnings>;

/// All a sources report is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceRows {
    /// The clicks of each source.
    pub clicks: Vec<SourceClicks>,
    /// Of each source, the clicks that led to an approved first deposit.
    pub ftds: Vec<(Key, u64)>,
    /// What clicks earned.
    pub earnings: SourceEarnings,
}

/// So many clicks of a source that earned the same each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) struct Earned {
    of: (Key, bool, Currency),
    minor: i64,
    clicks: u32,
}

impl SourceQuery {
    pub(in crate::store) fn clicks(&self) -> Statement {
        let mut statement = self.select("k.");
        statement
            .push("k.cost_currency AS currency, count(*) AS n, ")
            .push(halves("k.cost_minor"))
            .push(" FROM clicks AS k WHERE 1 = 1");
        self.choose(&mut statement);
        statement.grouped(self.places() + 1);
        statement
    }

    pub(in crate::store) fn ftds(&self) -> Statement {
        let mut statement = self.select("k.");
        statement.push(
            "count(DISTINCT k.clickid) AS n FROM clicks AS k \
             JOIN click_conversions AS o ON o.clickid = k.clickid \
             JOIN conversions AS v ON v.clickid = o.clickid AND v.id = o.id \
             WHERE v.event = 'ftd' AND v.status = 'approved' AND v.blocking_flags = 0",
        );
        self.choose(&mut statement);
        statement.grouped(self.places());
        statement
    }

    /// Clicks by what each earned. Only their number is bounded by the data: the rows are read one
    /// by one and added up.
    pub(in crate::store) fn earnings(&self) -> Statement {
        let mut statement = self.select("e.");
        statement
            .push("e.is_costed AS is_costed, e.currency AS currency, e.minor AS minor, ")
            .push("count(*) AS n FROM (");
        let mut inner = self.select("k.");
        inner
            .push("CAST(CASE WHEN k.cost_minor IS NULL THEN 0 ELSE 1 END AS BIGINT) AS is_costed, ")
            .push("p.currency AS currency, CAST(sum(p.amount_minor) AS BIGINT) AS minor ")
            .push("FROM clicks AS k JOIN click_conversions AS o ON o.clickid = k.clickid ")
            .push("JOIN payouts AS p ON p.clickid = o.clickid AND p.conversion = o.id WHERE 1 = 1");
        self.choose(&mut inner);
        inner.push(" GROUP BY k.clickid, p.currency");
        statement.nest(inner).push(") AS e WHERE e.minor <> 0");
        statement.grouped_all(self.places() + 3);
        statement
    }

    fn select(&self, table: &str) -> Statement {
        let mut statement = Statement::new("SELECT ");
        for column in self.columns() {
            match (column, table) {
                ("day", "k.") => statement.push("k.clicked_at / 86400 AS day, "),
                _ => statement.push(format_args!("{table}{column} AS {column}, ")),
            };
        }
        statement
    }

    fn columns(&self) -> impl Iterator<Item = &'static str> {
        let by = in_order(&self.by).into_iter();
        by.flat_map(|it| it.columns().iter().copied())
    }

    fn places(&self) -> usize {
        self.columns().count()
    }

    fn choose(&self, statement: &mut Statement) {
        statement
            .of_partner("k.partner", self.partner.as_ref())
            .within("k.clicked_at", self.period);
    }

    pub(in crate::store) fn source_clicks(
        &self,
        row: &impl Cells,
    ) -> Result<SourceClicks, StoreError> {
        Ok(SourceClicks {
            key: self.key(row)?,
            currency: row.word_or_null("currency", |code| Currency::parse(code).ok())?,
            clicks: counted(row)?,
            cost: whole(row.number("high")?, row.number("low")?),
        })
    }

    pub(in crate::store) fn source_ftds(&self, row: &impl Cells) -> Result<(Key, u64), StoreError> {
        Ok((self.key(row)?, counted(row)?))
    }

    pub(in crate::store) fn earned(&self, row: &impl Cells) -> Result<Earned, StoreError> {
        let currency = row.word("currency", |code| Currency::parse(code).ok())?;
        Ok(Earned {
            of: (self.key(row)?, row.number("is_costed")? != 0, currency),
            minor: row.number("minor")?,
            clicks: row.count("n")?,
        })
    }

    fn key(&self, row: &impl Cells) -> Result<Key, StoreError> {
        Key::read(row, &in_order(&self.by))
    }
}

impl Earned {
    pub(in crate::store) fn add_to(self, all: &mut SourceEarnings) {
        let earnings = all.entry(self.of).or_default();
        earnings.add(self.minor, self.clicks);
    }
}
