//! An answer is undone: the flag waits again, and what the answer did is taken back by new entries.
//!
//! Nothing is ever removed. The flag opens, and so do those that were closed with it; the conversion
//! they hold back earns nothing from now on, and a move that the answer made is made backwards. Money
//! follows as from any change. Whatever the answer raised or opened stays: a redeposit that approval
//! has booked is held back by its flag, until that is answered again.
//!
//! An answer is undone only while nothing stands on it: the move it made must be the last that holds.

use uuid::Uuid;

use super::decide::Change;
use super::decision::{Decision, Outcome, Signature};
use super::flag_id::FlagId;
use super::ruling::{Flag, Move, Ruling};
use super::snapshot::Snapshot;
use super::unfit::Unfit;
use crate::agreement::Agreement;

/// An answer to a flag, with all that it changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The flag that is asked about.
    pub flag: Flag,
    /// What became of it.
    pub outcome: Outcome,
    /// The flag that the decision was about; where it is another one, this one was closed with it.
    pub decided: FlagId,
    /// The flags that were closed with it.
    pub closed: Vec<Flag>,
    /// The move it made.
    pub moved: Option<Moved>,
}

/// A move that an answer made, and what came after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// The conversion; not always the one the flag is about.
    pub conversion: Uuid,
    /// From which state to which.
    pub change: Change,
    /// What moved it since, but for moves that were undone.
    pub since: Option<Mover>,
    /// A delivery that reported it as rejected and told nothing new, as it was so.
    pub rejected_too: Option<Uuid>,
}

/// What moves a conversion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mover {
    /// A delivery by itself.
    Delivery(Uuid),
    /// The answer to a flag.
    Answer(FlagId),
}

/// Undoes an answer and lets the snapshot know. The snapshot holds the flag's conversion, the one its
/// delivery opened, and the one that was moved.
///
/// # Errors
/// [`Unfit`]; the snapshot is as it was then.
pub fn undo(
    snapshot: &mut Snapshot,
    done: &Done,
    decision: &Decision,
    agreement: Option<&Agreement>,
    signature: Signature,
) -> Result<Ruling, Unfit> {
    if decision.seen().is_some_and(|it| it != done.seen(snapshot)) {
        return Err(Unfit::ChangedSince);
    }
    done.may_be_undone()?;
    let mut ruling = Ruling::new(signature, &done.flag, Outcome::Undone);
    let closed = done.closed.iter().map(|it| it.answered(Outcome::Undone));
    ruling.answers.extend(closed);
    if let Some(moved) = &done.moved {
        ruling.moves = move_back(snapshot, moved, &ruling.signature);
    }
    block(snapshot, done);
    ruling.settle(snapshot, agreement);
    Ok(ruling)
}

impl Done {
    fn may_be_undone(&self) -> Result<(), Unfit> {
        match self.outcome {
            Outcome::Undone => return Err(Unfit::Waits),
            Outcome::Healed => return Err(Unfit::Healed),
            _ if self.decided != self.flag.id => return Err(Unfit::ClosedWith(self.decided)),
            _ => {}
        }
        self.moved.as_ref().map_or(Ok(()), Moved::may_be_undone)
    }
}

impl Moved {
    fn may_be_undone(&self) -> Result<(), Unfit> {
        let conversion = self.conversion;
        match (self.since, self.rejected_too) {
            (Some(Mover::Answer(flag)), _) => Err(Unfit::DecidedSince(conversion, flag)),
            (Some(Mover::Delivery(id)), _) => Err(Unfit::ReportedSince(conversion, id)),
            (None, Some(id)) => Err(Unfit::RejectedToo(conversion, id)),
            (None, None) => Ok(()),
        }
    }
}

/// To the state before. A transaction id that it took with the move stays: the partner has named it,
/// and a deposit with another one goes to a person.
fn move_back(snapshot: &mut Snapshot, moved: &Moved, signature: &Signature) -> Option<Move> {
    let conversion = snapshot.conversion_mut(moved.conversion)?;
    Some(Move {
        conversion: conversion.id,
        change: conversion.advance(moved.change.from, signature.at),
        reason: None,
        undoes: Some(moved.change.revision),
    })
}

/// Flags of the delivery that opened a conversion hold it back again.
fn block(snapshot: &mut Snapshot, done: &Done) {
    let delivery = done.flag.id.delivery;
    let closed = done.closed.iter();
    let others = closed.filter(|it| it.id.delivery == delivery).count() as u32;
    if let Some(held) = snapshot.conversion_mut(delivery) {
        held.block(held.blocking_flags + 1 + others);
    }
}
