//! Clicks and conversions by group, for the funnel.

use postern_protocol::currency::Currency;
use postern_protocol::event::EventKind;
use postern_protocol::id::PartnerId;

use super::group::{Dimension, Key, Until, columns, in_order, ordered, select, up_to};
use crate::report::period::Period;
use crate::store::StoreError;
use crate::store::row::Cells;
use crate::store::statement::{ByteOrder, Statement, halves, whole};

/// What a funnel is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FunnelQuery {
    /// The days of clicks (`clicked_at`) and of conversions (`occurred_at`).
    pub period: Period,
    /// Only this partner's.
    pub partner: Option<PartnerId>,
    /// What rows are told apart by.
    pub by: Vec<Dimension>,
    /// Only so many groups need be there, the first in order; none: all.
    pub first: Option<usize>,
}

/// How a conversion counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// It counts as the step it is.
    Approved,
    /// It may still go either way.
    Pending,
    /// A person has to look at how it was opened.
    Flagged,
    /// It was taken back.
    Rejected,
}

/// So many conversions of one sort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversionCount {
    /// Of which group.
    pub key: Key,
    /// What happened.
    pub event: EventKind,
    /// How they count.
    pub standing: Standing,
    /// The currency of their amounts.
    pub currency: Option<Currency>,
    /// How many.
    pub count: u64,
    /// Their amounts together, in the currency's smallest unit.
    pub minor: i128,
}

/// All a funnel is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FunnelRows {
    /// The clicks of each group.
    pub clicks: Vec<(Key, u64)>,
    /// The conversions of each group, by sort.
    pub conversions: Vec<ConversionCount>,
    /// Clicks of which the log does not say when they were: they lie in no period.
    pub undated_clicks: u64,
    /// All groups together, where not all of them are there.
    pub together: Option<Box<Self>>,
}

impl FunnelQuery {
    /// The same of all groups together.
    pub(super) fn together(&self) -> Self {
        Self {
            by: Vec::new(),
            first: None,
            ..self.clone()
        }
    }

    /// The same by the first of its dimensions alone, where it has several. By one there are so few groups
    /// that it is quicker to count them all.
    pub(super) fn by_leading(&self) -> Option<Self> {
        match *in_order(&self.by) {
            [leading, _, ..] => Some(Self {
                by: vec![leading],
                ..self.clone()
            }),
            _ => None,
        }
    }

    pub(in crate::store) fn clicks(&self) -> Statement {
        let mut statement = self.select_clicks();
        statement.grouped(self.places(0));
        statement
    }

    /// The first groups of clicks in order, one more than asked for. Up to that group's leading column,
    /// where one is named.
    pub(super) fn first_clicks(
        &self,
        first: usize,
        until: Option<Until<'_>>,
        order: ByteOrder,
    ) -> Statement {
        let mut statement = self.select_clicks();
        let columns = self.columns(Dimension::of_click);
        if let Some(until) = until {
            up_to(until, columns[0], &mut statement);
        }
        let names = self.names();
        statement.grouped_first(names.len(), &ordered(&names, &columns, order), first + 1);
        statement
    }

    fn select_clicks(&self) -> Statement {
        let mut statement = Statement::new("SELECT ");
        statement
            .push(select(&self.names(), &self.columns(Dimension::of_click)))
            .push("count(*) AS n FROM clicks AS k WHERE 1 = 1")
            .of_partner("k.partner", self.partner.as_ref())
            .within("k.clicked_at", self.period);
        statement
    }

    /// Up to that group's leading column, where one is named.
    pub(in crate::store) fn conversions(&self, until: Option<Until<'_>>) -> Statement {
        let columns = self.columns(Dimension::of_conversion);
        // The partner comes last: an index by partner would be walked for the order it has.
        let mut statement = Statement::new("SELECT ");
        statement
            .push(STANDING)
            .push("v.event AS event, v.currency AS currency, ")
            .push(select(&self.names(), &columns))
            .push("count(*) AS n, ")
            .push(halves("v.amount_minor"))
            .push(" FROM conversions AS v WHERE 1 = 1")
            .of_partner("v.partner", self.partner.as_ref())
            .within("v.occurred_at", self.period);
        if let Some(until) = until {
            up_to(until, columns[0], &mut statement);
        }
        statement.grouped(self.places(3));
        statement
    }

    fn names(&self) -> Vec<&'static str> {
        self.columns(Dimension::columns)
    }

    fn columns(&self, of: impl Fn(Dimension) -> &'static [&'static str]) -> Vec<&'static str> {
        columns(&self.by, of)
    }

    /// The places of the dimensions' columns, and of so many before them.
    fn places(&self, more: usize) -> usize {
        self.names().len() + more
    }

    pub(in crate::store) fn undated_clicks(&self) -> Statement {
        let mut statement =
            Statement::new("SELECT count(*) AS n FROM clicks AS k WHERE k.clicked_at IS NULL");
        statement.of_partner("k.partner", self.partner.as_ref());
        statement
    }

    pub(in crate::store) fn click_count(&self, row: &impl Cells) -> Result<(Key, u64), StoreError> {
        Ok((Key::read(row, &in_order(&self.by))?, counted(row)?))
    }

    pub(in crate::store) fn conversion_count(
        &self,
        row: &impl Cells,
    ) -> Result<ConversionCount, StoreError> {
        Ok(ConversionCount {
            key: Key::read(row, &in_order(&self.by))?,
            event: row.word("event", |word| EventKind::parse(word).ok())?,
            standing: row.word("standing", Standing::parse)?,
            currency: row.word_or_null("currency", |code| Currency::parse(code).ok())?,
            count: counted(row)?,
            minor: whole(row.number("high")?, row.number("low")?),
        })
    }
}

/// What was taken back is so whatever flags it has.
const STANDING: &str = "\
    CASE WHEN v.status = 'rejected' THEN 'rejected' WHEN v.blocking_flags > 0 THEN 'flagged' \
        ELSE v.status END AS standing, ";

impl Standing {
    fn parse(word: &str) -> Option<Self> {
        match word {
            "approved" => Some(Self::Approved),
            "pending" => Some(Self::Pending),
            "flagged" => Some(Self::Flagged),
            "rejected" => Some(Self::Rejected),
            _ => None,
        }
    }
}

/// How many rows a group has.
pub(in crate::store) fn counted(row: &impl Cells) -> Result<u64, StoreError> {
    // A count is never below zero.
    row.number("n").map(i64::unsigned_abs)
}
