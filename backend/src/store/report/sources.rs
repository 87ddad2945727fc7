//! What sources of clicks cost and earned, for the sources report.
//!
//! A source is looked at through its clicks: those of the period, what they cost, and what became
//! of them, whenever that was.

use std::collections::BTreeMap;

use postern_protocol::currency::Currency;
use postern_protocol::id::PartnerId;
use postern_protocol::time::UnixSeconds;

use super::group::{Dimension, Key, Until, columns, in_order, select, up_to};
use super::{FunnelQuery, GROUPS_MAX, counted};
use crate::report::period::{Day, Period};
use crate::report::statistics::{Earnings, Weights};
use crate::store::StoreError;
use crate::store::row::Cells;
use crate::store::statement::{Statement, halves, halves_as, whole};

/// A period of so many days at most is a short one.
const SHORT_DAYS: i64 = 7;

/// What a sources report is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceQuery {
    /// The days on which the clicks were made.
    pub period: Period,
    /// Only clicks that were sent to this partner.
    pub partner: Option<PartnerId>,
    /// What rows are told apart by.
    pub by: Vec<Dimension>,
    /// Only so many sources need be there, the first in order; none: all.
    pub first: Option<usize>,
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

/// What the clicks of a source earned in one currency.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceEarnings {
    /// The source.
    pub key: Key,
    /// Whether they are those of which the click log says the cost.
    pub is_costed: bool,
    /// The currency of what they earned.
    pub currency: Currency,
    /// What they earned.
    pub earnings: Earnings,
}

/// All a sources report is made of.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SourceRows {
    /// The clicks of each source.
    pub clicks: Vec<SourceClicks>,
    /// Of each source, the clicks that led to an approved first deposit.
    pub ftds: Vec<(Key, u64)>,
    /// What clicks earned.
    pub earnings: Vec<SourceEarnings>,
    /// The most that one click of which the cost is known earned in each currency, whether its source is
    /// among these or not.
    pub largest: BTreeMap<Currency, i64>,
}

/// What became of clicks.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::store) enum Outcome {
    /// So many of a source led to an approved first deposit.
    Ftds(Key, u64),
    /// Those of a source earned something.
    Earned(SourceEarnings),
    /// One click of any source earned so much, and none more.
    Largest(Currency, i64),
}

impl SourceRows {
    pub(in crate::store) fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Ftds(key, clicks) => self.ftds.push((key, clicks)),
            Outcome::Earned(earnings) => self.earned(earnings),
            Outcome::Largest(currency, minor) => self.largest(currency, minor),
        }
    }

    /// Adds what clicks of a source earned.
    pub fn earned(&mut self, it: SourceEarnings) {
        if it.is_costed {
            self.largest(it.currency, it.earnings.gained.largest);
        }
        self.earnings.push(it);
    }

    fn largest(&mut self, currency: Currency, minor: i64) {
        let largest = self.largest.entry(currency).or_default();
        *largest = minor.max(*largest);
    }
}

impl SourceQuery {
    /// The clicks alone, by the first of its dimensions, where it has several: what tells how many of them
    /// lead to the first sources.
    pub(super) fn by_leading(&self) -> Option<FunnelQuery> {
        let clicks = FunnelQuery {
            period: self.period,
            partner: self.partner.clone(),
            by: self.by.clone(),
            first: None,
        };
        clicks.by_leading()
    }

    /// The clicks of each source. Up to that group's leading column, where one is named.
    pub(in crate::store) fn clicks(&self, until: Option<Until<'_>>) -> Statement {
        let columns = self.columns(Dimension::of_click);
        let mut statement = Statement::new("SELECT ");
        statement
            .push(select(&self.names(), &columns))
            .push("k.cost_currency AS currency, count(*) AS n, ")
            .push(halves("k.cost_minor"))
            .push(" FROM clicks AS k WHERE 1 = 1");
        self.choose(&mut statement);
        if let Some(until) = until {
            up_to(until, columns[0], &mut statement);
        }
        statement.grouped(self.names().len() + 1);
        statement
    }

    /// First deposits and earnings, by one look at the clicks: a row without a currency counts clicks
    /// that led to a first deposit. Up to that group's leading column, where one is named: then there are
    /// rows that count no click, and say the most that one of any source earned. (What is named `j` is
    /// then used twice, and both databases keep it for that.)
    pub(in crate::store) fn outcomes(&self, until: Option<Until<'_>>) -> Statement {
        let names = self.names();
        let mut statement = Statement::new("WITH j AS (");
        statement
            .nest(self.outcome_of_each_click())
            .push(") SELECT ");
        for name in &names {
            statement.push(format_args!("j.{name} AS {name}, "));
        }
        statement
            .push("j.is_costed AS is_costed, j.currency AS currency, count(*) AS n, ")
            .push(weights("gained_", "j.gained"))
            .push(", ")
            .push(weights("lost_", "j.lost"))
            .push(" FROM j WHERE 1 = 1");
        if let Some(until) = until {
            up_to(until, &format!("j.{}", names[0]), &mut statement);
        }
        statement.grouped_all(names.len() + 2);
        if until.is_some() {
            statement.push(" UNION ALL SELECT ");
            statement.push("NULL, ".repeat(names.len()));
            statement.push(LARGEST);
        }
        statement.push(format_args!(" LIMIT {}", GROUPS_MAX + 1));
        statement
    }

    /// Where it came from and what became of it. What a click earned is added up before its source is
    /// looked up, as a click has several lines.
    fn outcome_of_each_click(&self) -> Statement {
        let mut statement = Statement::new("SELECT ");
        statement
            .push(select(&self.names(), &self.columns(Dimension::of_click)))
            .push(
                "CAST(CASE WHEN k.cost_minor IS NULL THEN 0 ELSE 1 END AS BIGINT) AS is_costed, \
                 e.currency AS currency, CASE WHEN e.minor > 0 THEN e.minor ELSE 0 END AS gained, \
                 CASE WHEN e.minor < 0 THEN -e.minor ELSE 0 END AS lost FROM (",
            )
            .nest(self.of_clicks())
            .push(") AS e JOIN clicks AS k ON k.clickid = e.clickid ")
            .push("WHERE (e.currency IS NULL OR e.minor <> 0)")
            .of_partner("k.partner", self.partner.as_ref())
            .within("k.clicked_at + 0", self.period); // found by their ids, not by the time
        statement
    }

    /// What each click earned in each currency, and the clicks that led to a first deposit.
    fn of_clicks(&self) -> Statement {
        let mut statement = Statement::new(
            "SELECT p.clickid AS clickid, p.currency AS currency, \
             CAST(sum(p.amount_minor) AS BIGINT) AS minor FROM payouts AS p WHERE 1 = 1",
        );
        self.choose_clicks(&mut statement, "p.clickid");
        statement.push(
            " GROUP BY p.clickid, p.currency UNION ALL \
             SELECT DISTINCT v.clickid, CAST(NULL AS TEXT), CAST(NULL AS BIGINT) \
             FROM conversions AS v \
             WHERE v.event = 'ftd' AND v.status = 'approved' AND v.blocking_flags = 0",
        );
        self.choose_clicks(&mut statement, "v.clickid");
        statement
    }

    /// Keeps to what a short period's clicks led to, before anything is added up: few of all. A longer
    /// one has most of them, and to ask for each whether it is one of them costs more than it saves.
    fn choose_clicks(&self, statement: &mut Statement, clickid: &str) {
        if self.is_short() {
            statement.push(format_args!(
                " AND EXISTS (SELECT 1 FROM clicks AS k WHERE k.clickid = {clickid}"
            ));
            self.choose(statement);
            statement.push(")");
        }
    }

    fn is_short(&self) -> bool {
        let until = self.period.to.unwrap_or(Day::of(self.now));
        let since = self.period.from;
        since.is_some_and(|since| until.0 - since.0 < SHORT_DAYS)
    }

    fn names(&self) -> Vec<&'static str> {
        self.columns(Dimension::columns)
    }

    fn columns(&self, of: impl Fn(Dimension) -> &'static [&'static str]) -> Vec<&'static str> {
        columns(&self.by, of)
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

    pub(in crate::store) fn source_outcome(&self, row: &impl Cells) -> Result<Outcome, StoreError> {
        let key = self.key(row)?;
        let clicks = counted(row)?;
        let currency = row.word_or_null("currency", |code| Currency::parse(code).ok())?;
        let Some(currency) = currency else {
            return Ok(Outcome::Ftds(key, clicks));
        };
        if clicks == 0 {
            let largest = row.number("gained_largest")?;
            return Ok(Outcome::Largest(currency, largest));
        }
        Ok(Outcome::Earned(SourceEarnings {
            key,
            is_costed: row.number("is_costed")? != 0,
            currency,
            earnings: Earnings {
                gained: read_weights("gained_", row)?,
                lost: read_weights("lost_", row)?,
            },
        }))
    }

    fn key(&self, row: &impl Cells) -> Result<Key, StoreError> {
        Key::read(row, &in_order(&self.by))
    }
}

/// Behind the columns of the key: what the rows are that say the most that one click earned.
const LARGEST: &str = "\
    1, j.currency, 0, 0, 0, 0.0, max(j.gained), 0, 0, 0.0, 0 \
    FROM j WHERE j.is_costed = 1 AND j.gained > 0 GROUP BY j.currency";

/// Selects what [`Weights`] are made of, each with `prefix` before its name.
fn weights(prefix: &str, amount: &str) -> String {
    let halves = halves_as(prefix, amount);
    format!(
        "{halves}, sum(CAST({amount} AS DOUBLE PRECISION) * ({amount})) AS {prefix}squares, \
         max({amount}) AS {prefix}largest"
    )
}

fn read_weights(prefix: &str, row: &impl Cells) -> Result<Weights, StoreError> {
    let column = |name| format!("{prefix}{name}");
    Ok(Weights {
        sum: whole(row.number(&column("high"))?, row.number(&column("low"))?),
        squares: row.float(&column("squares"))?,
        largest: row.number(&column("largest"))?,
    })
}
