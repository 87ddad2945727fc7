//! From a conversion that was opened, moved, blocked or freed to the payout entries that follow.
//!
//! There is one way for all of them, whether a delivery, a person or the click log was the cause:
//! first the snapshot's conversion changes, then it is settled. What it should have earned in its
//! present state is compared with what is booked, and the difference is appended.

use std::sync::Arc;

use postern_protocol::event::Status;
use postern_protocol::time::UnixSeconds;
use uuid::Uuid;

use super::books::{Books, CapKey};
use super::snapshot::{Conversion, ConversionKey, Snapshot};
use crate::agreement::{Agreement, Terms, TermsVersion};
use crate::payout::{self, Booked, Earning, NewEntry, PayoutKind};

/// What made a payout entry necessary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// This delivery.
    Delivery(Uuid),
    /// This decision.
    Decision(Uuid),
}

/// An entry of a conversion's payouts, as it is appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutEntry {
    /// The conversion.
    pub conversion: Uuid,
    /// Where the conversion is found.
    pub key: Arc<ConversionKey>,
    /// 0, 1, … inside the conversion.
    pub number: u32,
    /// What is booked, and why.
    pub what: NewEntry,
    /// The terms it is computed by.
    pub terms: TermsVersion,
    /// What made it necessary.
    pub cause: Cause,
    /// When the conversion happened.
    pub earned_at: UnixSeconds,
    /// When it is written.
    pub booked_at: UnixSeconds,
}

/// Appends the payout entries that take a conversion's money to what it should be now.
///
/// The terms that held when it happened are frozen with the first entry and count ever after. An
/// agreement that is gone leaves what was frozen.
pub fn settle(
    snapshot: &mut Snapshot,
    conversion: Uuid,
    agreement: Option<&Agreement>,
    cause: Cause,
    at: UnixSeconds,
) {
    let Some((conversion, books)) = snapshot.settling(conversion) else {
        return;
    };
    if conversion.terms.is_none() && !conversion.earns() {
        return;
    }
    let version = conversion.terms.as_ref();
    let kept = version.and_then(|version| books.terms(&conversion.key.partner, version));
    let Some(terms) = terms_of(conversion, agreement).or(kept.as_deref()) else {
        return;
    };
    book(conversion, books, terms, cause, at);
}

/// The frozen terms, or those that held when it happened.
fn terms_of<'a>(conversion: &Conversion, agreement: Option<&'a Agreement>) -> Option<&'a Terms> {
    let agreement = agreement?;
    match &conversion.terms {
        Some(version) => agreement.terms_of(version),
        None => agreement.terms_at(conversion.occurred_at),
    }
}

fn book(
    conversion: &mut Conversion,
    books: &mut Books,
    terms: &Terms,
    cause: Cause,
    at: UnixSeconds,
) {
    let due = due(conversion, books, terms);
    let entries = payout::entries(
        &conversion.booked,
        &due,
        conversion.silence(),
        terms.due_at(at),
    );
    if entries.is_empty() {
        return;
    }
    if !conversion.is_stale_in_store() {
        conversion.revision += u32::from(conversion.loaded_revision.is_some());
    }
    if conversion.terms.is_none() {
        books.freeze(&conversion.key.partner, terms, at);
        conversion.terms = Some(terms.version().clone());
    }
    for entry in entries {
        let number = u32::try_from(conversion.booked.len()).unwrap_or(u32::MAX);
        conversion.booked.push(Booked {
            kind: entry.kind,
            amount: entry.amount,
            due_at: entry.due_at,
        });
        books.append(PayoutEntry {
            conversion: conversion.id,
            key: conversion.key.clone(),
            number,
            what: entry,
            terms: terms.version().clone(),
            cause,
            earned_at: conversion.occurred_at,
            booked_at: at,
        });
    }
}

/// What it should have earned; takes the place a cap leaves, where it needs one.
fn due(conversion: &Conversion, books: &mut Books, terms: &Terms) -> Vec<payout::Due> {
    let earning = conversion.earning();
    if terms.caps.is_none() || conversion.holds_place() {
        return payout::due(terms, &earning, None);
    }
    let keys = CapKey::day_and_month(&conversion.key.partner, conversion.occurred_at);
    let due = payout::due(terms, &earning, books.cap_reached(terms, &keys));
    if payout::takes_place(&due) {
        books.take_place(keys);
    }
    due
}

impl Conversion {
    /// Whether it may earn anything as it is now.
    fn earns(&self) -> bool {
        self.state.status == Status::Approved && self.blocking_flags == 0
    }

    /// The rule of a line that takes back what is no longer due at all.
    const fn silence(&self) -> &'static str {
        match self.blocking_flags {
            0 => payout::NO_LONGER_DUE,
            _ => payout::HELD_BACK,
        }
    }

    fn earning(&self) -> Earning {
        Earning {
            kind: self.kind,
            status: self.state.status,
            money: self.state.money,
            geo: self.geo,
            is_blocked: self.blocking_flags > 0,
        }
    }

    /// Whether CPA was ever paid for it: its place is not given to another one, whatever becomes of
    /// it.
    fn holds_place(&self) -> bool {
        let is_paid = |entry: &Booked| entry.kind == PayoutKind::Cpa && entry.amount.minor > 0;
        self.booked.iter().any(is_paid)
    }
}
