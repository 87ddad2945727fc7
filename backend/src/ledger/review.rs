//! A person's decision about a flag: what it changes, or why it cannot be made.

use postern_protocol::answer::Verdict;
use postern_protocol::event::{EventKind, Status};
use uuid::Uuid;

use super::click::Claim;
use super::decision::{Answer, Decision, Outcome, Signature};
use super::identity::Identity;
use super::reported::Reported;
use super::ruling::{Flag, Move, Opened, Raised, Ruling};
use super::snapshot::{Conversion, ConversionKey, Snapshot};
use super::transition::{State, Step, step};
use super::unfit::Unfit;
use super::verdict::FlagReason;
use crate::agreement::Agreement;

/// A flag that is to be decided, with what else waits on its conversion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The flag.
    pub flag: Flag,
    /// The other open flags on the conversion that this one holds back, or else is about.
    pub others: Vec<Flag>,
    /// Whether the conversion has moved since the flag was raised, but for moves that were undone.
    pub has_moved_since: bool,
}

/// Decides a flag and lets the snapshot know the outcome. The snapshot holds the flag's conversion,
/// the one its delivery opened, the click, and what [`redeposit_key`] names.
///
/// A flag holds back the conversion that its delivery opened: that earns nothing while it waits. Of a
/// later delivery there is none, but where its second first deposit was approved once, and that was
/// undone: then the redeposit is there, and is approved or rejected by the same flag.
///
/// # Errors
/// [`Unfit`]; the snapshot is as it was then.
pub fn review(
    snapshot: &mut Snapshot,
    case: &Case,
    decision: &Decision,
    agreement: Option<&Agreement>,
    signature: Signature,
) -> Result<Ruling, Unfit> {
    let flag = &case.flag;
    if decision.seen().is_some_and(|it| it != case.seen(snapshot)) {
        return Err(Unfit::ChangedSince);
    }
    let outcome = Outcome::from(decision.answer());
    let mut ruling = Ruling::new(signature, flag, outcome);
    let held = snapshot.conversion(flag.id.delivery).map(|it| it.id);
    match (decision.answer(), held) {
        (Answer::Undo, _) => return Err(Unfit::Waits),
        (Answer::Reject, Some(held)) => reject(snapshot, case, held, &mut ruling),
        (Answer::Reject, None) => {}
        (Answer::Approve, held) => {
            let agreement = agreement.ok_or(Unfit::NoAgreement)?;
            match held {
                Some(held) => unblock(snapshot, held),
                None => take_reported(snapshot, case, agreement, &mut ruling)?,
            }
        }
    }
    ruling.settle(snapshot, agreement);
    Ok(ruling)
}

/// Where the redeposit is found that approval of this flag would open.
#[must_use]
pub fn redeposit_key(flag: &Flag, conversion: &ConversionKey) -> Option<ConversionKey> {
    let is_double = flag.id.reason == FlagReason::DoubleFtd;
    let reported = flag.reported.as_ref().filter(|_| is_double)?;
    let event = reported.event(EventKind::Redeposit, &conversion.clickid)?;
    Some(ConversionKey {
        identity: Identity::of(&event).text,
        ..conversion.clone()
    })
}

/// Closes one of the flags that keep the conversion from earning.
fn unblock(snapshot: &mut Snapshot, conversion: Uuid) {
    if let Some(conversion) = snapshot.conversion_mut(conversion) {
        let left = conversion.blocking_flags.saturating_sub(1);
        conversion.block(left);
    }
}

/// The conversion moves to rejected, and what else was open on it is settled with that.
fn reject(snapshot: &mut Snapshot, case: &Case, held: Uuid, ruling: &mut Ruling) {
    let closed = case.others.iter().map(|it| it.answered(Outcome::Closed));
    ruling.answers.extend(closed);
    let Some(conversion) = snapshot.conversion_mut(held) else {
        return;
    };
    conversion.block(0);
    if conversion.state.status == Status::Rejected {
        return;
    }
    let to = State {
        status: Status::Rejected,
        ..conversion.state
    };
    ruling.moves = Some(Move {
        conversion: conversion.id,
        change: conversion.advance(to, ruling.signature.at),
        reason: None,
        undoes: None,
    });
}

/// Approval of a flag that later deliveries raised: what they reported becomes true.
fn take_reported(
    snapshot: &mut Snapshot,
    case: &Case,
    agreement: &Agreement,
    ruling: &mut Ruling,
) -> Result<(), Unfit> {
    let flag = &case.flag;
    let reported = flag.reported.as_ref().ok_or(Unfit::NothingKept)?;
    match flag.id.reason {
        FlagReason::DoubleFtd => book_redeposit(snapshot, flag, reported, agreement, ruling),
        _ if was_rejected_since(snapshot, case, reported) => Err(Unfit::RejectedSince),
        _ => {
            let conversion = snapshot.conversion(flag.conversion);
            let to = conversion.map(|conversion| State {
                status: reported.state.status,
                money: reported.state.money.or(conversion.state.money),
            });
            if let Some(to) = to {
                advance(snapshot, flag.conversion, to, reported, ruling);
            }
            Ok(())
        }
    }
}

/// Whether approval would bring back what was rejected after the flag was raised. Only a flag for
/// `reapproved` begins with a conversion that is rejected.
fn was_rejected_since(snapshot: &Snapshot, case: &Case, reported: &Reported) -> bool {
    let flag = &case.flag;
    let would_bring_back = |it: &Conversion| {
        it.state.status == Status::Rejected && reported.state.status != Status::Rejected
    };
    let is_reapproval = flag.id.reason == FlagReason::Reapproved;
    let conversion = snapshot.conversion(flag.conversion);
    conversion.is_some_and(would_bring_back) && (!is_reapproval || case.has_moved_since)
}

/// A second first deposit was a redeposit. Where the redeposit is there, as when the first report
/// of it was approved already, this one may be its next step.
fn book_redeposit(
    snapshot: &mut Snapshot,
    flag: &Flag,
    reported: &Reported,
    agreement: &Agreement,
    ruling: &mut Ruling,
) -> Result<(), Unfit> {
    let key = snapshot
        .conversion(flag.conversion)
        .and_then(|conversion| redeposit_key(flag, &conversion.key))
        .ok_or(Unfit::NothingKept)?;
    let Some(known) = snapshot.alike(&key).next() else {
        open_redeposit(snapshot, key, flag, reported, agreement, ruling);
        return Ok(());
    };
    match step(known.state, reported.state) {
        Step::Move(to) => {
            let known = known.id;
            advance(snapshot, known, to, reported, ruling);
            Ok(())
        }
        Step::Stay => Err(Unfit::Booked(known.id)),
        Step::Review(_) => Err(Unfit::StandsOtherwise(known.id)),
    }
}

/// The click is checked as for every conversion that is opened: the person said what the deposit
/// is, not whose.
fn open_redeposit(
    snapshot: &mut Snapshot,
    key: ConversionKey,
    flag: &Flag,
    reported: &Reported,
    agreement: &Agreement,
    ruling: &mut Ruling,
) {
    let Some(event) = reported.event(EventKind::Redeposit, &key.clickid) else {
        return;
    };
    let conversion = flag.id.delivery;
    let claim = Claim {
        partner: &key.partner,
        kind: event.kind,
        occurred_at: reported.occurred_at,
        attribution_seconds: agreement.attribution_seconds,
    };
    let objections = claim.objections(snapshot.click(&key.clickid));
    ruling.raises = objections
        .map(|reason| Raised {
            conversion,
            reason,
            revision: 0,
        })
        .collect();
    snapshot.know_conversion(Conversion {
        opened_as: Verdict::Flagged,
        blocking_flags: ruling.raises.len() as u32,
        ..Conversion::opened_by(&event, conversion, key, flag.raised_at)
    });
    ruling.opens = Some(Opened {
        conversion,
        event,
        occurred_at: reported.occurred_at,
    });
}

/// Moves a conversion, unless it stands so already.
fn advance(
    snapshot: &mut Snapshot,
    conversion: Uuid,
    to: State,
    reported: &Reported,
    ruling: &mut Ruling,
) {
    let Some(conversion) = snapshot.conversion_mut(conversion) else {
        return;
    };
    if conversion.state != to {
        conversion.take_transaction(reported.transaction_id.as_ref());
        ruling.moves = Some(Move {
            conversion: conversion.id,
            change: conversion.advance(to, ruling.signature.at),
            reason: reported.reason.as_ref().map(ToString::to_string),
            undoes: None,
        });
    }
}
