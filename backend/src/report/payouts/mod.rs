//! Payouts: by partner, stretch of time and currency, what was booked, what is held, what was
//! clawed back, and what is due.
//!
//! Lines belong to the day they were booked. What their hold has not released yet is *held*. Of the
//! rest, fixed amounts are due as they stand; shares are balanced by month, since a month below
//! zero is carried to the next one or forgiven, as the terms say. So a row always adds up:
//! `booked + adjusted + clawed_back + carried_in = held + due + carried_out + forgiven`.

mod balance;
mod convert;
mod sheet;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use postern_protocol::currency::Currency;
use serde::Serialize;
use utoipa::ToSchema;

pub use convert::{Conversion, Unconverted};

use super::period::{Day, Period};
use super::{Sum, Sums};
use crate::partners::show_time;
use crate::payout::PayoutStep;
use crate::rates::Rates;
use crate::store::{PayoutQuery, PayoutRows, PayoutSum, Stretch};

/// The version of the JSON's shape; it grows when a field changes its meaning or goes.
pub const PAYOUTS_VERSION: u32 = 1;

/// What partners are owed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Payouts {
    /// `payouts`.
    pub report: &'static str,
    /// [`PAYOUTS_VERSION`].
    pub version: u32,
    /// The days on which lines were booked.
    pub period: Period,
    /// Whose, if not everybody's.
    pub partner: Option<String>,
    /// `month`, `day`, or `whole`.
    pub by: &'static str,
    /// Until when what is due counts as due, as RFC 3339.
    pub due_until: String,
    /// A row for each partner, stretch and currency.
    pub rows: Vec<PayoutRow>,
    /// All rows together, each currency by itself.
    pub total: Total,
    /// All rows together in the currency that was asked for, if each could be converted.
    pub total_converted: Option<ConvertedTotal>,
    /// What a reader must know.
    pub notes: Vec<String>,
}

/// One partner's lines of one stretch in one currency.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PayoutRow {
    /// Whose.
    pub partner: String,
    /// The month, as `2026-01`, the day, as `2026-01-31`, or nothing for the period as a whole.
    pub stretch: Option<String>,
    /// In which currency all its amounts are.
    #[schema(value_type = String)]
    pub currency: Currency,
    /// How many lines there are.
    pub entries: u64,
    /// The amounts.
    #[serde(flatten)]
    pub amounts: Amounts,
    /// The same in the currency that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub converted: Option<Conversion>,
}

/// What became of lines of money; exact, in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
pub struct Amounts {
    /// The currency.
    #[schema(ignore)]
    pub currency: Currency,
    /// Booked where there was nothing before.
    #[schema(value_type = String)]
    pub booked: i128,
    /// From one amount to another.
    #[schema(value_type = String)]
    pub adjusted: i128,
    /// Taken back; zero or below.
    #[schema(value_type = String)]
    pub clawed_back: i128,
    /// What earlier months left below zero.
    #[schema(value_type = String)]
    pub carried_in: i128,
    /// Not due yet.
    #[schema(value_type = String)]
    pub held: i128,
    /// To be paid out.
    #[schema(value_type = String)]
    pub due: i128,
    /// What is left below zero for the next month.
    #[schema(value_type = String)]
    pub carried_out: i128,
    /// What is below zero and taken off nothing.
    #[schema(value_type = String)]
    pub forgiven: i128,
}

/// The sums of all rows. What is carried from month to month is no sum of anything.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct Total {
    /// Booked where there was nothing before.
    pub booked: Sums,
    /// From one amount to another.
    pub adjusted: Sums,
    /// Taken back.
    pub clawed_back: Sums,
    /// Not due yet.
    pub held: Sums,
    /// To be paid out.
    pub due: Sums,
}

/// The sums of all rows, each converted before it was added.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct ConvertedTotal {
    /// Not due yet.
    pub held: Sum,
    /// To be paid out.
    pub due: Sum,
}

/// The month balances of a row's shares need all months; this names one row.
type Place = (String, Option<Day>, Currency);

impl Payouts {
    /// The report of these rows. With a currency, its rows are converted by the rates.
    #[must_use]
    pub fn of(asked: &PayoutQuery, rows: &PayoutRows, into: Option<(Currency, &Rates)>) -> Self {
        let mut groups: BTreeMap<Place, (u64, Amounts)> = BTreeMap::new();
        for sum in &rows.sums {
            let place = (sum.partner.clone(), sum.since, sum.currency);
            let (entries, amounts) = groups
                .entry(place)
                .or_insert_with(|| (0, Amounts::none(sum.currency)));
            *entries += sum.entries;
            amounts.add(sum);
        }
        if asked.by == Stretch::Month {
            balance::balance(&mut groups, rows);
        }
        let mut report = Self::empty(asked);
        for ((partner, since, currency), (entries, amounts)) in groups {
            if is_before(since, asked.period) {
                continue;
            }
            let last = convert::last_day(asked, since);
            report.total.add(&amounts);
            report.rows.push(PayoutRow {
                partner,
                stretch: since.map(|day| stretch(asked.by, day)),
                currency,
                entries,
                amounts,
                converted: into.map(|(into, rates)| convert::row(&amounts, into, rates, last)),
            });
        }
        report.total_converted = into.and_then(|(into, _)| convert::total(&report.rows, into));
        report.notes = balance::notes(&report.rows);
        report
    }

    fn empty(asked: &PayoutQuery) -> Self {
        Self {
            report: "payouts",
            version: PAYOUTS_VERSION,
            period: asked.period,
            partner: asked.partner.as_ref().map(ToString::to_string),
            by: match asked.by {
                Stretch::Month => "month",
                Stretch::Day => "day",
                Stretch::Whole => "whole",
            },
            due_until: show_time(asked.now),
            rows: Vec::new(),
            total: Total::default(),
            total_converted: None,
            notes: Vec::new(),
        }
    }
}

fn is_before(since: Option<Day>, period: Period) -> bool {
    since
        .zip(period.from)
        .is_some_and(|(since, from)| since < from)
}

fn stretch(by: Stretch, since: Day) -> String {
    match by {
        Stretch::Month => since.month().to_string(),
        Stretch::Day | Stretch::Whole => since.to_string(),
    }
}

impl Amounts {
    const fn none(currency: Currency) -> Self {
        Self {
            currency,
            booked: 0,
            adjusted: 0,
            clawed_back: 0,
            carried_in: 0,
            held: 0,
            due: 0,
            carried_out: 0,
            forgiven: 0,
        }
    }

    fn add(&mut self, sum: &PayoutSum) {
        *match sum.step {
            PayoutStep::Booked => &mut self.booked,
            PayoutStep::Adjusted => &mut self.adjusted,
            PayoutStep::ClawedBack => &mut self.clawed_back,
        } += sum.minor;
        *if sum.is_due {
            &mut self.due
        } else {
            &mut self.held
        } += sum.minor;
    }

    /// An amount of these, as text.
    #[must_use]
    pub fn decimal(&self, minor: i128) -> String {
        let currency = self.currency;
        Sum { currency, minor }.decimal()
    }
}

impl Serialize for Amounts {
    /// Each amount as a decimal text.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([
            ("booked", self.decimal(self.booked)),
            ("adjusted", self.decimal(self.adjusted)),
            ("clawed_back", self.decimal(self.clawed_back)),
            ("carried_in", self.decimal(self.carried_in)),
            ("held", self.decimal(self.held)),
            ("due", self.decimal(self.due)),
            ("carried_out", self.decimal(self.carried_out)),
            ("forgiven", self.decimal(self.forgiven)),
        ])
    }
}

impl Total {
    fn add(&mut self, amounts: &Amounts) {
        let currency = amounts.currency;
        self.booked.add(currency, amounts.booked);
        self.adjusted.add(currency, amounts.adjusted);
        self.clawed_back.add(currency, amounts.clawed_back);
        self.held.add(currency, amounts.held);
        self.due.add(currency, amounts.due);
    }
}
