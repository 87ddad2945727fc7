//! A person's decision about a flag: what it changes, or why it cannot be made.

use postern_protocol::answer::Verdict;
use postern_protocol::event::{EventKind, Status};
use thiserror::Error;
use uuid::Uuid;

use super::click::Claim;
use super::decision::{Answer, Decision, FlagId, Outcome, Signature};
use super::identity::Identity;
use super::reported::Reported;
use super::ruling::{Move, OpenFlag, Opened, Raised, Ruling};
use super::snapshot::{Conversion, ConversionKey, Snapshot};
use super::transition::{State, Step, step};
use super::verdict::FlagReason;
use crate::agreement::Agreement;

/// A flag that is to be decided, with what else waits on its conversion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The flag.
    pub flag: OpenFlag,
    /// The conversion's other open flags.
    pub others: Vec<FlagId>,
    /// Whether the conversion has moved since the flag was raised.
    pub has_moved_since: bool,
}

/// Why a decision cannot be made as things are. Nothing has changed then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Unfit {
    /// The redeposit it would open is there, and as was reported.
    #[error(
        "this deposit is booked already, as conversion {0}: reject the flag, there is nothing left to book"
    )]
    Booked(Uuid),
    /// The redeposit it would open is there, and the report cannot move it by itself.
    #[error(
        "this deposit is booked already, as conversion {0}, and stands otherwise there: reject the flag, and decide the flags of that conversion"
    )]
    StandsOtherwise(Uuid),
    /// To take the reported currency would bring back what was rejected since.
    #[error(
        "the conversion has been rejected since; reject the flag. Should it be good after all, ask the partner for a postback that approves it with a timestamp not sent before: the same one again is a duplicate"
    )]
    RejectedSince,
    /// The flag does not say what was reported, and the request can no longer be read.
    #[error(
        "what was reported is not kept any more; reject the flag and ask the partner for a postback with a timestamp not sent before: the same one again is a duplicate"
    )]
    NothingKept,
    /// Nobody knows by which terms it would be paid.
    #[error(
        "there is no agreement with the partner any more: put it back into partners.toml and run `postern partners apply`, or reject the flag"
    )]
    NoAgreement,
    /// What was decided upon is not what there is.
    #[error(
        "it has changed since you looked: the conversion has moved, or another flag was raised or answered; look again, and decide upon what is there now"
    )]
    ChangedSince,
}

/// Decides a flag and lets the snapshot know the outcome. The snapshot holds the flag's conversion,
/// its click, and what [`redeposit_key`] names.
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
    match (is_about_opening(flag), decision.answer()) {
        (true, Answer::Reject) => reject(snapshot, case, &mut ruling),
        (false, Answer::Reject) => {}
        (is_about_opening, Answer::Approve) => {
            let agreement = agreement.ok_or(Unfit::NoAgreement)?;
            if is_about_opening {
                unblock(snapshot, flag.conversion);
            } else {
                take_reported(snapshot, case, agreement, &mut ruling)?;
            }
        }
    }
    ruling.settle(snapshot, agreement);
    Ok(ruling)
}

/// Where the redeposit is found that approval of this flag would open.
#[must_use]
pub fn redeposit_key(flag: &OpenFlag, conversion: &ConversionKey) -> Option<ConversionKey> {
    let is_double = flag.id.reason == FlagReason::DoubleFtd;
    let reported = flag.reported.as_ref().filter(|_| is_double)?;
    let event = reported.event(EventKind::Redeposit, &conversion.clickid)?;
    Some(ConversionKey {
        identity: Identity::of(&event).text,
        ..conversion.clone()
    })
}

/// Flags of the delivery that opened the conversion keep it from earning; others do not.
fn is_about_opening(flag: &OpenFlag) -> bool {
    flag.id.delivery == flag.conversion
}

/// Closes one of the flags that keep the conversion from earning.
fn unblock(snapshot: &mut Snapshot, conversion: Uuid) {
    if let Some(conversion) = snapshot.conversion_mut(conversion) {
        let left = conversion.blocking_flags.saturating_sub(1);
        conversion.block(left);
    }
}

/// The conversion moves to rejected, and what else was open on it is settled with that.
fn reject(snapshot: &mut Snapshot, case: &Case, ruling: &mut Ruling) {
    let closed = case.others.iter().map(|other| (*other, Outcome::Closed));
    ruling.answers.extend(closed);
    let Some(conversion) = snapshot.conversion_mut(case.flag.conversion) else {
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
    flag: &OpenFlag,
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
    flag: &OpenFlag,
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
        });
    }
}
