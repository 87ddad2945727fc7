//! Rows in another currency, each with the rate that was used, or why there is none.

use postern_protocol::currency::Currency;
use serde::Serialize;

use super::{Amounts, ConvertedTotal, PayoutRow};
use crate::rates::{Rate, Rates};
use crate::report::Sum;
use crate::report::period::Day;
use crate::store::{PayoutQuery, Stretch};

/// A row's amounts in another currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Conversion {
    /// They are in that currency already.
    Same {
        /// Not due yet.
        held: Sum,
        /// To be paid out.
        due: Sum,
    },
    /// They were converted.
    By {
        /// Not due yet.
        held: Sum,
        /// To be paid out.
        due: Sum,
        /// The rate, as `1 EUR = 1.0842 USD since 2026-01-31`.
        rate: String,
        /// The day of that rate.
        rate_since: Day,
    },
    /// They were not.
    Not(Unconverted),
}

/// Why a row was not converted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unconverted {
    /// The reason, and what to do.
    pub not_converted: String,
}

impl Conversion {
    /// What is held and what is due, if they could be converted.
    #[must_use]
    pub const fn sums(&self) -> Option<(Sum, Sum)> {
        match self {
            Self::Same { held, due } | Self::By { held, due, .. } => Some((*held, *due)),
            Self::Not(_) => None,
        }
    }
}

/// The day whose rate counts for a stretch: its last, or the day of the report where that is not
/// over.
pub(super) fn last_day(asked: &PayoutQuery, since: Option<Day>) -> Day {
    let today = Day::of(asked.now);
    let last = match (asked.by, since) {
        (Stretch::Month, Some(since)) => since.month().last(),
        (Stretch::Day, Some(since)) => since,
        _ => asked.period.to.unwrap_or(today),
    };
    last.min(today)
}

pub(super) fn row(amounts: &Amounts, into: Currency, rates: &Rates, last: Day) -> Conversion {
    let from = amounts.currency;
    let sum = |minor| Sum {
        currency: from,
        minor,
    };
    if from == into {
        return Conversion::Same {
            held: sum(amounts.held),
            due: sum(amounts.due),
        };
    }
    let Some(rate) = rates.on(last, from, into) else {
        return not(format!(
            "no rate from {from} to {into} on or before {last}: add one to the rates file"
        ));
    };
    by(amounts, rate).unwrap_or_else(|error| not(error.to_string()))
}

fn by(amounts: &Amounts, rate: &Rate) -> Result<Conversion, crate::rates::TooLarge> {
    Ok(Conversion::By {
        held: rate.convert(amounts.held)?.sum,
        due: rate.convert(amounts.due)?.sum,
        rate: rate.to_string(),
        rate_since: rate.day,
    })
}

const fn not(reason: String) -> Conversion {
    Conversion::Not(Unconverted {
        not_converted: reason,
    })
}

/// The total, if each row could be converted: a part of it would be taken for the whole.
pub(super) fn total(rows: &[PayoutRow], into: Currency) -> Option<ConvertedTotal> {
    let none = Sum {
        currency: into,
        minor: 0,
    };
    let mut total = ConvertedTotal {
        held: none,
        due: none,
    };
    for row in rows {
        let (held, due) = row.converted.as_ref()?.sums()?;
        total.held.minor += held.minor;
        total.due.minor += due.minor;
    }
    Some(total)
}
