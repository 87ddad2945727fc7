//! What a conversion earned, and why.

use std::collections::BTreeMap;

use postern_protocol::currency::Currency;
use postern_protocol::event::Status;
use postern_protocol::time::UnixSeconds;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::agreement::Terms;
use crate::ledger::Cause;
use crate::partners::{show_day, show_time};
use crate::payout::Amount;
use crate::report::Sum;
use crate::store::{CapUse, ConversionHistory, PayoutRecord};

/// Everything about a conversion's money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MoneyText {
    /// The terms its lines were computed by.
    pub terms: Vec<TermsText>,
    /// The lines, in their order.
    pub lines: Vec<LineText>,
    /// Why there is none, where there is none.
    pub nothing: Option<String>,
    /// The places taken in its day and month, where its terms have caps.
    pub caps: Vec<CapText>,
    /// What the lines add up to, by currency.
    pub sums: Vec<SumText>,
}

/// Terms, by their name and in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TermsText {
    /// The name their content gives them.
    pub version: String,
    /// The first day they hold for.
    pub from: String,
    /// What is paid.
    pub text: String,
}

/// A line of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LineText {
    /// 0, 1, … inside the conversion.
    pub number: u32,
    /// `cpa` or `revshare`.
    pub kind: &'static str,
    /// `booked`, `adjusted` or `clawed_back`.
    pub step: &'static str,
    /// How much; below zero where it takes back.
    #[schema(value_type = Sum)]
    pub amount: Amount,
    /// Why so much.
    pub rule: String,
    /// The version of the terms.
    pub terms: String,
    /// When it was written.
    pub booked_at: String,
    /// From when on it counts as due.
    pub due_at: String,
    /// Whether it is not due yet.
    pub is_held: bool,
    /// The delivery that made it necessary.
    pub delivery: Option<Uuid>,
    /// The decision that made it necessary.
    pub decision: Option<Uuid>,
}

/// A period whose CPA-paid conversions are counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CapText {
    /// A day or a month.
    pub period: String,
    /// How many conversions had their place.
    pub used: u32,
}

/// What the lines of a currency add up to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SumText {
    /// All of them.
    pub earned: Sum,
    /// Those that are due.
    pub due: Sum,
    /// Those that are not due yet.
    pub held: Sum,
}

impl MoneyText {
    pub(super) fn of(history: &ConversionHistory, now: UnixSeconds) -> Self {
        let lines = history.payouts.iter();
        Self {
            terms: history.terms.iter().map(TermsText::of).collect(),
            lines: lines.map(|line| LineText::of(line, now)).collect(),
            nothing: history.payouts.is_empty().then(|| silence(history)),
            caps: history.caps.iter().map(CapText::of).collect(),
            sums: sums(&history.payouts, now),
        }
    }
}

/// Why a conversion without a line of money has none.
fn silence(history: &ConversionHistory) -> String {
    let conversion = &history.conversion;
    match (conversion.status, conversion.blocking_flags) {
        (Status::Rejected, _) => "it is rejected".to_owned(),
        (Status::Pending, _) => "it is pending; only what is approved earns".to_owned(),
        (Status::Approved, 0) => format!(
            "when it was booked, nothing was agreed to be paid for a {} of {}",
            conversion.event,
            show_day(conversion.occurred_at)
        ),
        (Status::Approved, 1) => {
            "a flag that waits for a decision keeps it from earning".to_owned()
        }
        (Status::Approved, flags) => {
            format!("{flags} flags that wait for a decision keep it from earning")
        }
    }
}

impl TermsText {
    fn of(terms: &Terms) -> Self {
        Self {
            version: terms.version().to_string(),
            from: show_day(terms.from),
            text: terms.to_string(),
        }
    }
}

impl LineText {
    fn of(line: &PayoutRecord, now: UnixSeconds) -> Self {
        let (delivery, decision) = match line.cause {
            Cause::Delivery(id) => (Some(id), None),
            Cause::Decision(id) => (None, Some(id)),
        };
        Self {
            number: line.number,
            kind: line.kind.name(),
            step: line.step.name(),
            amount: line.amount,
            rule: line.rule.clone(),
            terms: line.terms.to_string(),
            booked_at: show_time(line.booked_at),
            due_at: show_time(line.due_at),
            is_held: line.due_at > now,
            delivery,
            decision,
        }
    }
}

impl CapText {
    fn of(cap: &CapUse) -> Self {
        Self {
            period: cap.key.period.clone(),
            used: cap.used,
        }
    }
}

/// Each currency by itself. A currency in which a rule said no is told with its zero.
fn sums(lines: &[PayoutRecord], now: UnixSeconds) -> Vec<SumText> {
    let mut sums: BTreeMap<Currency, (i128, i128)> = BTreeMap::new();
    for line in lines {
        let (due, held) = sums.entry(line.amount.currency).or_default();
        let part = if line.due_at > now { held } else { due };
        *part += i128::from(line.amount.minor);
    }
    let text = |(currency, (due, held))| {
        let sum = |minor| Sum { currency, minor };
        SumText {
            earned: sum(due + held),
            due: sum(due),
            held: sum(held),
        }
    };
    sums.into_iter().map(text).collect()
}
