//! How a test would appear, were it live: what its sender is told, and what the log keeps of it.

use postern_protocol::event::{Event, Status};
use serde::Serialize;
use utoipa::ToSchema;

use super::words::meaning;
use super::{ClickSeen, words};
use crate::agreement::Agreement;
use crate::delivery::Delivery;
use crate::ledger::{Cause, Conversion, Entry, FlagReason, PayoutEntry, Snapshot, State, Verdict};
use crate::partners::{show_day, show_time};
use crate::payout::Amount;
use crate::report::Sum;

/// How a test would appear, were it live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Outlook {
    /// That it counts nowhere, in plain words.
    pub note: &'static str,
    /// What makes it a test: `secret` or `field`.
    pub marked_by: &'static str,
    /// What stands for its click: `logged`, `reserved` or `unknown`.
    pub click: &'static str,
    /// The conversion it would be about, as it would leave it.
    pub conversion: Option<ConversionSeen>,
    /// The move it would make.
    pub change: Option<ChangeSeen>,
    /// The lines of money it would book.
    pub earns: Vec<LineSeen>,
    /// Why there would be none, where there is none.
    pub earns_nothing: Option<String>,
    /// What a person would have to look at.
    pub flags: Vec<FlagSeen>,
}

/// A conversion that a test would open or speak of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConversionSeen {
    /// Whether this test would open it.
    pub is_new: bool,
    /// What happened.
    pub event: &'static str,
    /// Its name inside the click.
    pub identity: String,
    /// Its state.
    #[serde(flatten)]
    pub state: StateSeen,
    /// When it happened.
    pub occurred_at: String,
    /// How many open flags would keep it from earning anything.
    pub blocking_flags: u32,
}

/// A state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StateSeen {
    /// The status.
    pub status: &'static str,
    /// The amount.
    #[schema(value_type = Option<Sum>)]
    pub amount: Option<Amount>,
}

/// A move from one state to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChangeSeen {
    /// The state before.
    pub from: StateSeen,
    /// The state after.
    pub to: StateSeen,
}

/// A line of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LineSeen {
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
    /// From when on it would count as due.
    pub due_at: String,
}

/// A flag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FlagSeen {
    /// Its name.
    pub reason: &'static str,
    /// What it means, and what to do about it.
    pub meaning: &'static str,
}

impl Outlook {
    /// What a decision about a test says; `snapshot` is as that decision left it.
    pub(super) fn of(
        delivery: &Delivery,
        entry: &Entry,
        snapshot: &Snapshot,
        click: ClickSeen,
    ) -> Self {
        let conversion = entry.conversion.and_then(|id| snapshot.conversion(id));
        let by_this = |line: &&PayoutEntry| line.cause == Cause::Delivery(delivery.id);
        let lines = snapshot.books.payouts().iter().filter(by_this);
        let earns: Vec<LineSeen> = lines.map(LineSeen::of).collect();
        let nothing = earns
            .is_empty()
            .then(|| silence(delivery, entry, conversion));
        Self {
            note: words::NOTE,
            marked_by: delivery.test.map_or("", |mark| mark.name()),
            click: click.name(),
            conversion: conversion.map(|it| ConversionSeen::of(it, entry)),
            change: entry.change.map(|it| ChangeSeen {
                from: StateSeen::of(it.from),
                to: StateSeen::of(it.to),
            }),
            earns,
            earns_nothing: nothing,
            flags: entry.flags.iter().map(|it| FlagSeen::of(*it)).collect(),
        }
    }
}

impl ClickSeen {
    const fn name(self) -> &'static str {
        match self {
            Self::Logged => "logged",
            Self::Reserved => "reserved",
            Self::Unknown => "unknown",
        }
    }
}

impl ConversionSeen {
    fn of(conversion: &Conversion, entry: &Entry) -> Self {
        Self {
            is_new: entry.opens.is_some(),
            event: conversion.kind.name(),
            identity: conversion.key.identity.clone(),
            state: StateSeen::of(conversion.state),
            occurred_at: show_time(conversion.occurred_at),
            blocking_flags: conversion.blocking_flags,
        }
    }
}

impl StateSeen {
    fn of(state: State) -> Self {
        Self {
            status: state.status.name(),
            amount: state.money.map(Amount::from),
        }
    }
}

impl LineSeen {
    fn of(line: &PayoutEntry) -> Self {
        Self {
            kind: line.what.kind.name(),
            step: line.what.step.name(),
            amount: line.what.amount,
            rule: line.what.rule.clone(),
            terms: line.terms.to_string(),
            due_at: show_time(line.what.due_at),
        }
    }
}

impl FlagSeen {
    fn of(reason: FlagReason) -> Self {
        Self {
            reason: reason.name(),
            meaning: meaning(reason),
        }
    }
}

/// Why a test would book no line of money.
fn silence(delivery: &Delivery, entry: &Entry, conversion: Option<&Conversion>) -> String {
    let (Ok(event), Some(conversion)) = (&delivery.event, conversion) else {
        return match entry.verdict {
            Verdict::Duplicate => words::NOTHING_NEW.to_owned(),
            _ => words::NO_EVENT.to_owned(),
        };
    };
    let is_open = conversion.blocking_flags > 0 || entry.verdict == Verdict::Flagged;
    match (entry.verdict, conversion.state.status) {
        (Verdict::Duplicate, _) => words::NOTHING_NEW.to_owned(),
        _ if is_open => words::BLOCKED.to_owned(),
        (_, Status::Pending) => words::PENDING.to_owned(),
        (_, Status::Rejected) => words::REJECTED.to_owned(),
        (_, Status::Approved) => unpaid(&delivery.agreement, event, conversion),
    }
}

/// An approved conversion that nothing keeps back, and nothing is paid for.
fn unpaid(agreement: &Agreement, event: &Event, conversion: &Conversion) -> String {
    if !conversion.booked.is_empty() {
        return words::SAME_AS_BEFORE.to_owned();
    }
    let day = show_day(conversion.occurred_at);
    match agreement.terms_at(conversion.occurred_at) {
        Some(_) => format!("the terms of {day} pay nothing for a {}", event.kind),
        None => format!("no terms hold for {day}: nothing is agreed to be paid"),
    }
}
