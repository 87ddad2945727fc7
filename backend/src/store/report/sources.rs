//! What sources of clicks cost and earned, for the sources report.
//!
//! A source is looked at through its clicks: those of the period, what they cost, and what became
//! of them, whenever that was.

use postern_protocol::currency::Currency;
use postern_protocol::id::PartnerId;
use postern_protocol::time::UnixSeconds;

use super::counted;
use super::group::{Dimension, Key, in_order};
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
}

/// What became of clicks of a source.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::store) enum Outcome {
    /// So many led to an approved first deposit.
    Ftds(Key, u64),
    /// They earned something.
    Earned(SourceEarnings),
}

impl SourceRows {
    pub(in crate::store) fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Ftds(key, clicks) => self.ftds.push((key, clicks)),
            Outcome::Earned(earnings) => self.earnings.push(earnings),
        }
    }
}

impl SourceQuery {
    pub(in crate::store) fn clicks(&self) -> Statement {
        let mut statement = self.select();
        statement
            .push("k.cost_currency AS currency, count(*) AS n, ")
            .push(halves("k.cost_minor"))
            .push(" FROM clicks AS k WHERE 1 = 1");
        self.choose(&mut statement);
        statement.grouped(self.places() + 1);
        statement
    }

    /// First deposits and earnings, by one look at the clicks: a row without a currency counts clicks
    /// that led to a first deposit.
    ///
    /// What a click earned is added up before its source is looked up, as a click has several lines.
    pub(in crate::store) fn outcomes(&self) -> Statement {
        let mut statement = self.select();
        statement
            .push("CAST(CASE WHEN k.cost_minor IS NULL THEN 0 ELSE 1 END AS BIGINT) AS is_costed, ")
            .push("e.currency AS currency, count(*) AS n, ")
            .push(weights(
                "gained_",
                "CASE WHEN e.minor > 0 THEN e.minor ELSE 0 END",
            ))
            .push(", ")
            .push(weights(
                "lost_",
                "CASE WHEN e.minor < 0 THEN -e.minor ELSE 0 END",
            ))
            .push(" FROM (")
            .nest(self.of_clicks())
            .push(") AS e JOIN clicks AS k ON k.clickid = e.clickid ")
            .push("WHERE (e.currency IS NULL OR e.minor <> 0)")
            .of_partner("k.partner", self.partner.as_ref())
            .within("k.clicked_at + 0", self.period) // found by their ids, not by the time
            .grouped(self.places() + 2);
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

    fn select(&self) -> Statement {
        let mut statement = Statement::new("SELECT ");
        for column in self.columns() {
            match column {
                "day" => statement.push("k.clicked_at / 86400 AS day, "),
                _ => statement.push(format_args!("k.{column} AS {column}, ")),
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

    pub(in crate::store) fn source_outcome(&self, row: &impl Cells) -> Result<Outcome, StoreError> {
        let key = self.key(row)?;
        let currency = row.word_or_null("currency", |code| Currency::parse(code).ok())?;
        let Some(currency) = currency else {
            return Ok(Outcome::Ftds(key, counted(row)?));
        };
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
