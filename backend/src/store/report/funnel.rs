//! Clicks and conversions by group, for the funnel.

use postern_protocol::currency::Currency;
use postern_protocol::event::EventKind;
use postern_protocol::id::PartnerId;

use super::group::{Dimension, Key, in_order};
use crate::report::period::Period;
use crate::store::StoreError;
use crate::store::row::Cells;
use crate::store::statement::{Statement, halves, whole};

/// What a funnel is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FunnelQuery {
    /// The days of clicks (`clicked_at`) and of conversions (`occurred_at`).
    pub period: Period,
    /// Only this partner's.
    pub partner: Option<PartnerId>,
    /// What rows are told apart by.
    pub by: Vec<Dimension>,
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
}

impl FunnelQuery {
    pub(in crate::store) fn clicks(&self) -> Statement {
        let column = |it: &Dimension| match it {
            Dimension::Partner => "k.partner AS partner, ",
            Dimension::Source => "k.sub_id_1 AS sub_id_1, k.sub_id_2 AS sub_id_2, ",
            Dimension::Geo => "k.geo AS geo, ",
            Dimension::Day => "k.clicked_at / 86400 AS day, ",
        };
        let by = in_order(&self.by);
        let mut statement = Statement::new("SELECT ");
        statement
            .push(by.iter().map(column).collect::<String>())
            .push("count(*) AS n FROM clicks AS k WHERE 1 = 1")
            .of_partner("k.partner", self.partner.as_ref())
            .within("k.clicked_at", self.period)
            .grouped(places(&by, 0));
        statement
    }

    /// The source and the country are those of the click where the log has them, else the event's. A
    /// conversion keeps those of its click: to look them up took more than all the rest.
    pub(in crate::store) fn conversions(&self) -> Statement {
        let column = |it: &Dimension| match it {
            Dimension::Partner => "v.partner AS partner, ",
            Dimension::Source => SOURCE,
            Dimension::Geo => "coalesce(v.click_geo, v.geo) AS geo, ",
            Dimension::Day => "v.occurred_at / 86400 AS day, ",
        };
        let by = in_order(&self.by);
        // The partner comes last: an index by partner would be walked for the order it has.
        let mut statement = Statement::new("SELECT ");
        statement
            .push(STANDING)
            .push("v.event AS event, v.currency AS currency, ")
            .push(by.iter().map(column).collect::<String>())
            .push("count(*) AS n, ")
            .push(halves("v.amount_minor"))
            .push(" FROM conversions AS v WHERE 1 = 1")
            .of_partner("v.partner", self.partner.as_ref())
            .within("v.occurred_at", self.period)
            .grouped(places(&by, 3));
        statement
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

/// Two sub ids are one source: they come from the click together, or from the event together.
const SOURCE: &str = "\
    CASE WHEN v.click_sub_id_1 IS NULL AND v.click_sub_id_2 IS NULL \
        THEN v.sub_id_1 ELSE v.click_sub_id_1 END AS sub_id_1, \
    CASE WHEN v.click_sub_id_1 IS NULL AND v.click_sub_id_2 IS NULL \
        THEN v.sub_id_2 ELSE v.click_sub_id_2 END AS sub_id_2, ";

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

/// The places of the dimensions' columns, and of so many behind them.
fn places(by: &[Dimension], more: usize) -> usize {
    by.iter().map(|it| it.columns().len()).sum::<usize>() + more
}

/// How many rows a group has.
pub(in crate::store) fn counted(row: &impl Cells) -> Result<u64, StoreError> {
    // A count is never below zero.
    row.number("n").map(i64::unsigned_abs)
}
