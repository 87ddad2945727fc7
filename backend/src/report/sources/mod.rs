//! Sources: what the clicks of each source cost and earned, how sure that is, and what to do.
//!
//! A source is judged by its clicks of a period: what they cost, how many led to a first deposit,
//! what their payout entries add up to. The return on what they cost (ROI) counts only clicks of
//! which the click log says the cost, and only in one currency. Both the FTD rate and the ROI come
//! with the interval that holds the true value with 95 % confidence ([`statistics`](super::statistics)
//! says how), and the recommendation looks at the interval, not at the value: three lucky deposits
//! are no reason to spend more.

mod advice;
mod roi;
mod sheet;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use postern_protocol::currency::Currency;
use serde::Serialize;
use utoipa::ToSchema;

pub use advice::{Advice, Recommendation, Thresholds};
pub use roi::Roi;

use super::Sums;
use super::period::Period;
use super::sheet::Interval;
use super::statistics::{Earnings, wilson};
use crate::rates::Rates;
use crate::store::{Dimension, Key, SourceQuery, SourceRows};

/// The version of the JSON's shape; it grows when a field changes its meaning or goes.
pub const SOURCES_VERSION: u32 = 1;

/// How the intervals are made, for those who steer by them.
pub const METHOD: &str = "95 % intervals: Wilson score for the FTD rate; Fay and Feuer's gamma \
    interval for earnings, less losses by MOVER, over the cost for ROI";

/// What sources cost and earned.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Sources {
    /// `sources`.
    pub report: &'static str,
    /// [`SOURCES_VERSION`].
    pub version: u32,
    /// The days on which the clicks were made.
    pub period: Period,
    /// To whom the clicks were sent, if not to everybody.
    pub partner: Option<String>,
    /// What its rows are told apart by.
    pub by: Vec<&'static str>,
    /// [`METHOD`].
    pub method: &'static str,
    /// What recommendations go by.
    pub thresholds: Thresholds,
    /// The sources, in order.
    pub rows: Vec<SourceRow>,
    /// Whether there are more sources than were asked for.
    #[serde(skip)]
    pub is_cut: bool,
    /// What a reader must know.
    pub notes: Vec<String>,
}

/// One source.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SourceRow {
    /// What it is.
    #[schema(value_type = HashMap<String, Option<String>>)]
    pub group: Key,
    /// Its clicks.
    pub clicks: u64,
    /// Those of which the click log says the cost.
    pub costed_clicks: u64,
    /// Clicks that led to an approved first deposit.
    pub ftds: u64,
    /// For each click.
    pub ftd_rate: Option<Interval>,
    /// What its clicks cost, each currency by itself.
    pub cost: Sums,
    /// What its clicks earned, each currency by itself.
    pub revenue: Sums,
    /// What came back of the cost beyond it: 0 is even, 1 is twice the cost.
    pub roi: Option<Roi>,
    /// What to do, and why.
    #[serde(flatten)]
    pub advice: Advice,
}

/// What is known of one source.
#[derive(Debug, Clone, Default)]
struct Known {
    clicks: u64,
    costed_clicks: u64,
    ftds: u64,
    cost: Sums,
    revenue: Sums,
    /// What the clicks with a cost earned.
    earnings: BTreeMap<Currency, Earnings>,
}

impl Sources {
    /// The report of these rows. With a currency, ROI is computed in it by the rates.
    #[must_use]
    pub fn of(
        asked: &SourceQuery,
        rows: &SourceRows,
        thresholds: Thresholds,
        into: Option<(Currency, &Rates)>,
    ) -> Self {
        let known = known(rows);
        let scale = roi::Scale::of(asked, into);
        // What a click may earn, where a source has none that did.
        let largest = scale.largest(&rows.largest);
        let first = asked.first.unwrap_or(usize::MAX);
        let is_cut = known.len() > first;
        let rows = known.into_iter().take(first).map(|(key, known)| {
            let balance = scale.balance(&known);
            let roi = balance.and_then(|it| it.roi(&largest));
            SourceRow {
                group: key.clone(),
                clicks: known.clicks,
                costed_clicks: known.costed_clicks,
                ftds: known.ftds,
                ftd_rate: wilson(known.ftds, known.clicks),
                advice: Advice::of(known.costed_clicks, roi.as_ref(), &thresholds),
                cost: known.cost,
                revenue: known.revenue,
                roi: roi.ok(),
            }
        });
        let by = Dimension::ALL
            .into_iter()
            .filter(|it| asked.by.contains(it));
        Self {
            report: "sources",
            version: SOURCES_VERSION,
            period: asked.period,
            partner: asked.partner.as_ref().map(ToString::to_string),
            by: by.map(Dimension::name).collect(),
            method: METHOD,
            thresholds,
            rows: rows.collect(),
            is_cut,
            notes: scale.notes(),
        }
    }
}

fn known(rows: &SourceRows) -> BTreeMap<&Key, Known> {
    let mut all: BTreeMap<&Key, Known> = BTreeMap::new();
    for it in &rows.clicks {
        let known = all.entry(&it.key).or_default();
        known.clicks += it.clicks;
        if let Some(currency) = it.currency {
            known.costed_clicks += it.clicks;
            known.cost.add(currency, it.cost);
        }
    }
    for (key, ftds) in &rows.ftds {
        all.entry(key).or_default().ftds += ftds;
    }
    for it in &rows.earnings {
        let known = all.entry(&it.key).or_default();
        known.revenue.add(it.currency, it.earnings.sum());
        if it.is_costed {
            known.earnings.insert(it.currency, it.earnings);
        }
    }
    all
}
