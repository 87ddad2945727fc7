//! The funnel: from clicks to deposits, by partner, source, country or day.
//!
//! A conversion counts as the step it is while it is approved and no flag keeps it back. What is
//! pending, what is flagged and what was taken back stand apart, so each conversion is counted in
//! exactly one place.

mod sheet;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use postern_protocol::event::EventKind;
use serde::Serialize;
use utoipa::ToSchema;

use super::Sums;
use super::period::Period;
use super::sheet::Ratio;
use crate::store::{ConversionCount, Dimension, FunnelQuery, FunnelRows, Key, Standing};

/// The version of the JSON's shape; it grows when a field changes its meaning or goes.
pub const FUNNEL_VERSION: u32 = 1;

/// A funnel.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Funnel {
    /// `funnel`.
    pub report: &'static str,
    /// [`FUNNEL_VERSION`].
    pub version: u32,
    /// The days it looks at.
    pub period: Period,
    /// Whose, if not everybody's.
    pub partner: Option<String>,
    /// What its rows are told apart by.
    pub by: Vec<&'static str>,
    /// The groups, in order.
    pub rows: Vec<FunnelRow>,
    /// Whether there are more groups than were asked for.
    #[serde(skip)]
    pub is_cut: bool,
    /// All of them together.
    pub total: Steps,
    /// What a reader must know.
    pub notes: Vec<String>,
}

/// One group.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FunnelRow {
    /// What it is.
    #[schema(value_type = HashMap<String, Option<String>>)]
    pub group: Key,
    /// How far its clicks came.
    #[serde(flatten)]
    pub steps: Steps,
}

/// How far clicks came.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct Steps {
    /// Clicks in the log.
    pub clicks: u64,
    /// Approved registrations.
    pub registrations: u64,
    /// Approved leads.
    pub leads: u64,
    /// Approved first deposits.
    pub ftds: u64,
    /// Approved further deposits.
    pub redeposits: u64,
    /// Approved withdrawals.
    pub cashouts: u64,
    /// Deposits that were refused, as events of their own.
    pub rejects: u64,
    /// Conversions that wait for their partner.
    pub pending: u64,
    /// Conversions that wait for a review.
    pub flagged: u64,
    /// Conversions that were taken back, of whatever kind.
    pub taken_back: u64,
    /// How many of one step reach the next.
    pub rates: Rates,
    /// What approved first and further deposits sum up to, each currency by itself.
    pub deposits: Sums,
    /// What approved withdrawals sum up to.
    pub withdrawals: Sums,
}

/// How many of one step reach the next. A ratio of nothing is null.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, ToSchema)]
pub struct Rates {
    /// Registrations for each click.
    pub registrations_per_click: Ratio,
    /// First deposits for each registration.
    pub ftds_per_registration: Ratio,
    /// First deposits for each click.
    pub ftds_per_click: Ratio,
    /// Further deposits for each first one.
    pub redeposits_per_ftd: Ratio,
}

impl Rates {
    fn of(steps: &Steps) -> Self {
        Self {
            registrations_per_click: Ratio::of(steps.registrations, steps.clicks),
            ftds_per_registration: Ratio::of(steps.ftds, steps.registrations),
            ftds_per_click: Ratio::of(steps.ftds, steps.clicks),
            redeposits_per_ftd: Ratio::of(steps.redeposits, steps.ftds),
        }
    }
}

impl Steps {
    fn count(&mut self, conversions: &ConversionCount) {
        let ConversionCount {
            event,
            standing,
            currency,
            count,
            minor,
            ..
        } = conversions;
        let step = match (standing, event) {
            (Standing::Pending, _) => &mut self.pending,
            (Standing::Flagged, _) => &mut self.flagged,
            // A refused deposit is what it is, whether its partner calls that approved or rejected.
            (Standing::Approved | Standing::Rejected, EventKind::Rejected) => &mut self.rejects,
            (Standing::Rejected, _) => &mut self.taken_back,
            (Standing::Approved, EventKind::Registration) => &mut self.registrations,
            (Standing::Approved, EventKind::Lead) => &mut self.leads,
            (Standing::Approved, EventKind::Ftd) => &mut self.ftds,
            (Standing::Approved, EventKind::Redeposit) => &mut self.redeposits,
            (Standing::Approved, EventKind::Cashout) => &mut self.cashouts,
        };
        *step += count;
        let (Standing::Approved, Some(currency)) = (standing, currency) else {
            return;
        };
        match event {
            EventKind::Ftd | EventKind::Redeposit => self.deposits.add(*currency, *minor),
            EventKind::Cashout => self.withdrawals.add(*currency, *minor),
            EventKind::Registration | EventKind::Lead | EventKind::Rejected => {}
        }
    }

    fn add(&mut self, other: &Self) {
        self.clicks += other.clicks;
        self.registrations += other.registrations;
        self.leads += other.leads;
        self.ftds += other.ftds;
        self.redeposits += other.redeposits;
        self.cashouts += other.cashouts;
        self.rejects += other.rejects;
        self.pending += other.pending;
        self.flagged += other.flagged;
        self.taken_back += other.taken_back;
        self.deposits.add_all(&other.deposits);
        self.withdrawals.add_all(&other.withdrawals);
    }

    /// The conversions that were counted, wherever.
    #[must_use]
    pub const fn conversions(&self) -> u64 {
        self.registrations
            + self.leads
            + self.ftds
            + self.redeposits
            + self.cashouts
            + self.rejects
            + self.pending
            + self.flagged
            + self.taken_back
    }
}

impl Funnel {
    /// The funnel of these rows.
    #[must_use]
    pub fn of(asked: &FunnelQuery, counted: &FunnelRows) -> Self {
        let mut rows = rows(counted);
        let mut total = match &counted.together {
            Some(together) => sum(&self::rows(together)),
            None => sum(&rows),
        };
        total.rates = Rates::of(&total);
        let first = asked.first.unwrap_or(usize::MAX);
        let is_cut = rows.len() > first;
        rows.truncate(first);
        let by = Dimension::ALL
            .into_iter()
            .filter(|it| asked.by.contains(it));
        Self {
            report: "funnel",
            version: FUNNEL_VERSION,
            period: asked.period,
            partner: asked.partner.as_ref().map(ToString::to_string),
            by: by.map(Dimension::name).collect(),
            rows,
            is_cut,
            total,
            notes: notes(asked, counted),
        }
    }
}

/// The groups, in order.
fn rows(counted: &FunnelRows) -> Vec<FunnelRow> {
    let mut groups: BTreeMap<&Key, Steps> = BTreeMap::new();
    for (key, clicks) in &counted.clicks {
        groups.entry(key).or_default().clicks += clicks;
    }
    for conversions in &counted.conversions {
        let steps = groups.entry(&conversions.key).or_default();
        steps.count(conversions);
    }
    let row = |(key, mut steps): (&Key, Steps)| {
        steps.rates = Rates::of(&steps);
        let group = key.clone();
        FunnelRow { group, steps }
    };
    groups.into_iter().map(row).collect()
}

fn sum(rows: &[FunnelRow]) -> Steps {
    let mut total = Steps::default();
    for row in rows {
        total.add(&row.steps);
    }
    total
}

fn notes(asked: &FunnelQuery, counted: &FunnelRows) -> Vec<String> {
    let mut notes = Vec::new();
    if counted.undated_clicks > 0 && !asked.period.is_all() {
        notes.push(format!(
            "clicks left out, as the click log does not say when they were: {}",
            counted.undated_clicks
        ));
    }
    notes
}
