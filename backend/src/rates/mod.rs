//! Exchange rates, for reports alone: a person writes them down with their day, and a report that
//! converts says which of them it used.
//!
//! The ledger never converts. A rate holds from its day until the next one of the same pair; the
//! other direction is a rate of its own, as a bank would see it.

mod file;
mod convert;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use postern_protocol::currency::Currency;
use postern_protocol::money::Decimal;

pub use convert::{Converted, TooLarge};
pub use file::RatesError;

use crate::report::period::Day;

/// A `rates.toml` to start from.
pub const SAMPLE: &str = include_str!("sample.toml");

/// Decimals of a rate.
pub const MAX_RATE_PLACES: u32 = 12;

/// What one unit of a currency is worth in another, from a day on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// The first UTC day it holds for.
    pub day: Day,
    /// One of this.
    pub from: Currency,
    /// Is so many of that.
    pub to: Currency,
    rate: Decimal,
    /// The same, counted in 10^-[`MAX_RATE_PLACES`].
    units: i128,
}

impl Rate {
    /// A rate above zero with at most [`MAX_RATE_PLACES`] decimals; `None` for any other.
    #[must_use]
    pub fn new(day: Day, from: Currency, to: Currency, rate: Decimal) -> Option<Self> {
        let units = rate.scaled(MAX_RATE_PLACES)?;
        let units = i128::try_from(units).ok().filter(|units| *units > 0)?;
        Some(Self {
            day,
            from,
            to,
            rate,
            units,
        })
    }
}

impl fmt::Display for Rate {
    /// As a report names it: `1 EUR = 1.0842 USD since 2026-01-31`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            day,
            from,
            to,
            rate,
            ..
        } = self;
        write!(f, "1 {from} = {rate} {to} since {day}")
    }
}

/// All rates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rates(BTreeMap<(Currency, Currency), BTreeMap<Day, Rate>>);

impl Rates {
    /// The rate that holds on this day: the latest on or before it. The rate of the other direction
    /// is none.
    #[must_use]
    pub fn on(&self, day: Day, from: Currency, to: Currency) -> Option<&Rate> {
        let dated = self.0.get(&(from, to))?;
        dated.range(..=day).next_back().map(|(_, rate)| rate)
    }

    /// Adds a rate; whether there was none of this pair and day yet.
    pub fn add(&mut self, rate: Rate) -> bool {
        let dated = self.0.entry((rate.from, rate.to)).or_default();
        dated.insert(rate.day, rate).is_none()
    }

    /// The currencies that something can be converted into.
    #[must_use]
    pub fn targets(&self) -> std::collections::BTreeSet<Currency> {
        self.0.keys().map(|(_, to)| *to).collect()
    }

    /// Whether there is none at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
