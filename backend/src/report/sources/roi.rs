//! The return on what clicks cost, in one currency.

use std::collections::{BTreeMap, BTreeSet};

use postern_protocol::currency::Currency;
use serde::Serialize;
use utoipa::ToSchema;

use super::Known;
use crate::rates::{Rate, Rates};
use crate::report::Sums;
use crate::report::period::Day;
use crate::report::sheet::{Interval, Ratio};
use crate::report::statistics::Moments;
use crate::store::SourceQuery;

/// What came back of the cost beyond it, and how sure that is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct Roi {
    /// The currency it was computed in.
    #[schema(value_type = String)]
    pub currency: Currency,
    /// 0 is even, 1 is twice the cost.
    #[serde(flatten)]
    pub interval: Interval,
}

/// Into which currency costs and earnings are brought, and by which day's rates.
pub(super) struct Scale<'r> {
    into: Option<(Currency, &'r Rates)>,
    day: Day,
}

/// A source's cost and earnings in one currency; or why they are not.
pub(super) type Balanced = Result<Balance, String>;

/// A source's cost and earnings in one currency.
#[derive(Debug, Clone, Copy)]
pub(super) struct Balance {
    currency: Currency,
    /// In the currency's smallest unit, as [`Moments`] are.
    cost: f64,
    earned: Moments,
}

impl<'r> Scale<'r> {
    /// Rates are those of the period's last day, or of today where that is not over.
    pub(super) fn of(asked: &SourceQuery, into: Option<(Currency, &'r Rates)>) -> Self {
        let today = Day::of(asked.now);
        let day = asked.period.to.unwrap_or(today).min(today);
        Self { into, day }
    }

    /// How much one smallest unit of `from` is in that currency.
    fn factor(&self, from: Currency, currency: Currency) -> Result<f64, String> {
        if from == currency {
            return Ok(1.0);
        }
        let missing = || {
            format!(
                "no rate from {from} to {currency} on or before {}: add one to the rates file",
                self.day
            )
        };
        let (_, rates) = self.into.ok_or_else(missing)?;
        let rate = rates.on(self.day, from, currency).ok_or_else(missing)?;
        factor(rate).ok_or_else(|| format!("the rate {rate} is out of bounds: correct it"))
    }

    pub(super) fn balance(&self, known: &Known) -> Balanced {
        let currency = match self.into {
            Some((currency, _)) => currency,
            None => the_one(known)?,
        };
        let mut balance = Balance {
            currency,
            cost: 0.0,
            earned: Moments::default(),
        };
        for sum in known.cost.iter() {
            balance.cost += sum.minor as f64 * self.factor(sum.currency, currency)?;
        }
        for (from, earnings) in &known.earnings {
            let factor = self.factor(*from, currency)?;
            balance.earned.add(&earnings.moments(factor));
        }
        if balance.cost > 0.0 {
            Ok(balance)
        } else {
            Err(no_cost(&known.cost).to_owned())
        }
    }

    /// The most that a click earned, in each currency that ROI may be in. What has no rate counts in no
    /// source either.
    pub(super) fn largest(&self, earned: &BTreeMap<Currency, i64>) -> BTreeMap<Currency, f64> {
        let mut largest: BTreeMap<Currency, f64> = BTreeMap::new();
        for (&from, &minor) in earned {
            let currency = self.into.map_or(from, |(currency, _)| currency);
            if let Ok(factor) = self.factor(from, currency) {
                let most = largest.entry(currency).or_default();
                *most = most.max(minor as f64 * factor);
            }
        }
        largest
    }

    /// What a reader of converted figures must know.
    pub(super) fn notes(&self) -> Vec<String> {
        let Some((currency, _)) = self.into else {
            return Vec::new();
        };
        vec![format!(
            "ROI is in {currency}, by the rates that hold on {}",
            self.day
        )]
    }
}

/// The rate over a unit large enough that rounding to whole units does not show.
fn factor(rate: &Rate) -> Option<f64> {
    const UNITS: i128 = 1_000_000_000_000;
    let converted = rate.convert(UNITS).ok()?;
    Some(converted.sum.minor as f64 / UNITS as f64)
}

fn no_cost(cost: &Sums) -> &'static str {
    if cost.is_empty() {
        "the click log says no cost"
    } else {
        "its clicks cost nothing"
    }
}

/// The one currency of cost and earnings.
fn the_one(known: &Known) -> Result<Currency, String> {
    let costs: BTreeSet<Currency> = known.cost.iter().map(|sum| sum.currency).collect();
    let all: BTreeSet<Currency> = costs.iter().chain(known.earnings.keys()).copied().collect();
    if costs.is_empty() {
        return Err(no_cost(&known.cost).to_owned());
    }
    let mut each = all.iter();
    match (each.next(), each.next()) {
        (Some(one), None) => Ok(*one),
        _ => {
            let codes: Vec<&str> = all.iter().map(|currency| currency.code()).collect();
            Err(format!(
                "cost and revenue are in {}: name one with --in",
                codes.join(" and ")
            ))
        }
    }
}

impl Balance {
    pub(super) fn roi(self, largest: &BTreeMap<Currency, f64>) -> Result<Roi, String> {
        let largest = largest.get(&self.currency).copied().unwrap_or_default();
        let bounds = self.earned.bounds(largest);
        let bounds = bounds.ok_or("no click has earned anything yet")?;
        let over_cost = |earned: f64| Ratio::new(earned / self.cost - 1.0);
        Ok(Roi {
            currency: self.currency,
            interval: Interval {
                value: over_cost(self.earned.sum()),
                low: over_cost(bounds.low),
                high: over_cost(bounds.high),
            },
        })
    }
}
