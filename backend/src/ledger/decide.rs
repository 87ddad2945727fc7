//! The decision about one delivery.

use postern_protocol::answer::Verdict;
use postern_protocol::event::{Event, NotAnEvent};
use uuid::Uuid;

use super::alike::{About, about};
use super::click::{Claim, is_in_future};
use super::identity::{Basis, Identity};
use super::settle::{Cause, settle};
use super::snapshot::{Conversion, ConversionKey, First, Original, Snapshot};
use super::transition::{State, Step, step};
use super::verdict::FlagReason;
use crate::delivery::Delivery;

/// What became of a delivery, and what is to be written for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The verdict.
    pub verdict: Verdict,
    /// The first delivery of the same content, if this is not it.
    pub repeat_of: Option<Uuid>,
    /// The delivery the answer names: this one, or for a repeat the one that counts.
    pub answer_id: Uuid,
    /// For a duplicate: what the one that counts was answered.
    pub first_result: Option<Verdict>,
    /// The conversion it is about: the id of the delivery that opened it.
    pub conversion: Option<Uuid>,
    /// The conversion it opens, if it does.
    pub opens: Option<Opening>,
    /// The change it makes to a conversion, if it does.
    pub change: Option<Change>,
    /// Why a person must look at it.
    pub flags: Vec<FlagReason>,
    /// The conversion's revision when these flags were raised.
    pub flagged_at: u32,
}

/// The place of a conversion that is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Its identity inside the click.
    pub identity: String,
    /// 0, or how many conversions of the same content came before it.
    pub ordinal: u32,
}

/// A conversion's move from one state to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// The state before.
    pub from: State,
    /// The state after.
    pub to: State,
    /// The conversion's revision after it.
    pub revision: u32,
}

/// Decides about a delivery and lets the snapshot know the outcome.
pub fn decide(snapshot: &mut Snapshot, delivery: &Delivery) -> Entry {
    let known = snapshot.content(&delivery.fingerprint);
    let entry = match (&delivery.event, known.booked) {
        // Content that says nothing to tell a retry from a second event goes on to the business
        // layer, which keeps it and raises a flag. Where the edge names requests, the name is part
        // of such content, and only the edge's own retry gets here with content that is known.
        (Ok(event), booked)
            if Basis::of(event) == Basis::Content && delivery.request_id.is_empty() =>
        {
            Entry {
                repeat_of: booked.map(|first| first.id),
                ..book(snapshot, delivery, event)
            }
        }
        (_, Some(first)) => repeat_booked(first),
        (Ok(event), None) => book(snapshot, delivery, event),
        (Err(refused), None) => refuse(delivery, refused, known.refused),
    };
    if entry.repeat_of.is_none() {
        let first = First {
            id: delivery.id,
            verdict: entry.verdict,
            original: entry.first_result.map(|opened_as| Original {
                id: entry.answer_id,
                opened_as,
            }),
        };
        snapshot.know_content(delivery.fingerprint, first);
    }
    entry
}

/// A delivery whose content was booked. Where that was a duplicate itself, it gets the same answer.
fn repeat_booked(first: First) -> Entry {
    let original = first.original.unwrap_or(Original {
        id: first.id,
        opened_as: first.verdict,
    });
    Entry {
        repeat_of: Some(first.id),
        first_result: Some(original.opened_as),
        ..bare(original.id, Verdict::Duplicate)
    }
}

/// A delivery that holds no event. The same content again gets the same answer again.
fn refuse(delivery: &Delivery, refused: &NotAnEvent, first: Option<First>) -> Entry {
    let verdict = match refused {
        NotAnEvent::Invalid(_) => Verdict::Invalid,
        NotAnEvent::Doubtful(_) => Verdict::Quarantined,
    };
    match first {
        Some(first) => Entry {
            repeat_of: Some(first.id),
            ..bare(first.id, verdict)
        },
        None => bare(delivery.id, verdict),
    }
}

fn book(snapshot: &mut Snapshot, delivery: &Delivery, event: &Event) -> Entry {
    let identity = Identity::of(event);
    let basis = identity.basis;
    let key = ConversionKey {
        clickid: event.clickid.as_str().to_owned(),
        partner: delivery.partner.clone(),
        identity: identity.text,
    };
    let Some(latest) = snapshot.alike(&key).next_back().cloned() else {
        return open(snapshot, delivery, event, key, 0, None);
    };
    if basis != Basis::Content {
        return advance(snapshot, delivery, event, &latest);
    }
    let next = latest.ordinal + 1;
    match about(snapshot, &key, latest, event.status, delivery.received_at) {
        About::Another => open(snapshot, delivery, event, key, next, None),
        About::PerhapsAnother => {
            let suspicion = Some(FlagReason::SuspectedDuplicate);
            open(snapshot, delivery, event, key, next, suspicion)
        }
        About::Known(known) => advance(snapshot, delivery, event, &known),
        About::PerhapsNextOf(waiting) => {
            flag(snapshot, delivery, &waiting, FlagReason::SuspectedDuplicate)
        }
    }
}

/// Opens a conversion. Its click is checked now, and once more if it was unknown and turns up later.
fn open(
    snapshot: &mut Snapshot,
    delivery: &Delivery,
    event: &Event,
    key: ConversionKey,
    ordinal: u32,
    suspicion: Option<FlagReason>,
) -> Entry {
    let mut flags = objections(snapshot, delivery, event);
    flags.extend(suspicion);
    snapshot.count_alike(&key);
    let verdict = if flags.is_empty() {
        Verdict::Accepted
    } else {
        Verdict::Flagged
    };
    let opens = Opening {
        identity: key.identity.clone(),
        ordinal,
    };
    snapshot.know_conversion(Conversion {
        ordinal,
        opened_as: verdict,
        blocking_flags: flags.len() as u32,
        ..Conversion::opened_by(event, delivery.id, key, delivery.received_at)
    });
    settle_now(snapshot, delivery, delivery.id);
    Entry {
        conversion: Some(delivery.id),
        opens: Some(opens),
        flags,
        ..bare(delivery.id, verdict)
    }
}

/// Moves a conversion on, or says why it stays.
fn advance(
    snapshot: &mut Snapshot,
    delivery: &Delivery,
    event: &Event,
    conversion: &Conversion,
) -> Entry {
    let about = |verdict| Entry {
        conversion: Some(conversion.id),
        ..bare(delivery.id, verdict)
    };
    if is_another_transaction(conversion, event) {
        return flag(snapshot, delivery, conversion, FlagReason::DoubleFtd);
    }
    let next = step(conversion.state, reported_state(event));
    if !matches!(next, Step::Review(_))
        && let Some(conversion) = snapshot.conversion_mut(conversion.id)
    {
        conversion.take_transaction(event.transaction_id.as_ref());
    }
    match next {
        Step::Stay => Entry {
            answer_id: conversion.id,
            first_result: Some(conversion.opened_as),
            ..about(Verdict::Duplicate)
        },
        Step::Review(reason) => flag(snapshot, delivery, conversion, reason),
        Step::Move(to) => {
            if conversion.ordinal > 0 {
                snapshot.count_alike(&conversion.key);
            }
            let moved = snapshot.conversion_mut(conversion.id);
            let change = moved.map(|it| it.advance(to, delivery.received_at));
            settle_now(snapshot, delivery, conversion.id);
            Entry {
                change,
                ..about(Verdict::Updated)
            }
        }
    }
}

/// Leaves what is reported of a conversion to a person.
fn flag(
    snapshot: &mut Snapshot,
    delivery: &Delivery,
    conversion: &Conversion,
    reason: FlagReason,
) -> Entry {
    snapshot.count(conversion.id);
    Entry {
        conversion: Some(conversion.id),
        flags: vec![reason],
        flagged_at: conversion.revision,
        ..bare(delivery.id, Verdict::Flagged)
    }
}

fn settle_now(snapshot: &mut Snapshot, delivery: &Delivery, conversion: Uuid) {
    let cause = Cause::Delivery(delivery.id);
    let at = delivery.received_at;
    settle(snapshot, conversion, Some(&delivery.agreement), cause, at);
}

/// An entry that answers for itself and touches nothing.
fn bare(id: Uuid, verdict: Verdict) -> Entry {
    Entry {
        verdict,
        repeat_of: None,
        answer_id: id,
        first_result: None,
        conversion: None,
        opens: None,
        change: None,
        flags: Vec::new(),
        flagged_at: 0,
    }
}

pub(super) fn reported_state(event: &Event) -> State {
    State {
        status: event.status,
        money: event.money,
    }
}

/// Everything about a conversion that a person must look at before it earns anything.
fn objections(snapshot: &Snapshot, delivery: &Delivery, event: &Event) -> Vec<FlagReason> {
    let occurred_at = event.timestamp.unwrap_or(delivery.received_at);
    let claim = Claim {
        partner: &delivery.partner,
        kind: event.kind,
        occurred_at,
        attribution_seconds: delivery.agreement.attribution_seconds,
    };
    let click = snapshot.click(event.clickid.as_str());
    let future = is_in_future(occurred_at, delivery.received_at).then_some(FlagReason::FutureEvent);
    claim.objections(click).chain(future).collect()
}

/// Only an ftd can meet a conversion with another transaction id: the identity of what may happen
/// several times holds the id, and registrations and leads have no transaction.
fn is_another_transaction(conversion: &Conversion, event: &Event) -> bool {
    use postern_protocol::event::EventKind;
    let differ = match (&conversion.transaction_id, &event.transaction_id) {
        (Some(known), Some(reported)) => known != reported.as_str(),
        _ => false,
    };
    event.kind == EventKind::Ftd && differ
}
