//! What the answer to a flag changes: the shape that reviews and healing share.

use postern_protocol::event::Event;
use postern_protocol::time::UnixSeconds;
use uuid::Uuid;

use super::decide::Change;
use super::decision::{Outcome, Signature};
use super::flag_id::FlagId;
use super::reported::Reported;
use super::settle::{Cause, PayoutEntry, settle};
use super::snapshot::Snapshot;
use super::verdict::FlagReason;
use crate::agreement::Agreement;

/// A flag as decisions need it, open or answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// What names it.
    pub id: FlagId,
    /// The click.
    pub clickid: String,
    /// The conversion to look at.
    pub conversion: Uuid,
    /// When it was raised.
    pub raised_at: UnixSeconds,
    /// The conversion's revision then.
    pub revision: u32,
    /// What its delivery reported, where the flag is not about the opening of the conversion.
    pub reported: Option<Reported>,
    /// How many answers it has had.
    pub answers: u32,
}

/// One of the answers that a flag gets in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answered {
    /// The flag.
    pub flag: FlagId,
    /// The conversion it is about.
    pub conversion: Uuid,
    /// 0, 1, … of this flag.
    pub number: u32,
    /// What became of it.
    pub outcome: Outcome,
}

/// All that one answer changes. It is written in one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// Who answered, and when.
    pub signature: Signature,
    /// The flag that was asked about.
    pub flag: FlagId,
    /// The conversion it is about.
    pub conversion: Uuid,
    /// The flags it closes or opens again, the one that was asked about first.
    pub answers: Vec<Answered>,
    /// The flags it raises.
    pub raises: Vec<Raised>,
    /// The move it makes.
    pub moves: Option<Move>,
    /// The conversion it opens.
    pub opens: Option<Opened>,
    /// The payout entries that follow.
    pub payouts: Vec<PayoutEntry>,
}

/// A flag that an answer raises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Raised {
    /// The conversion to look at, and the delivery that opened it.
    pub conversion: Uuid,
    /// Why.
    pub reason: FlagReason,
    /// The conversion's revision then.
    pub revision: u32,
}

/// A conversion's move that an answer makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// The conversion; not always the one the flag is about.
    pub conversion: Uuid,
    /// From which state to which.
    pub change: Change,
    /// The reason the partner gave for what it reported.
    pub reason: Option<String>,
    /// The change it takes back, by its revision.
    pub undoes: Option<u32>,
}

/// A conversion that an answer opens. Its id is that of the delivery that was flagged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The conversion.
    pub conversion: Uuid,
    /// What it is opened by.
    pub event: Event,
    /// When it happened.
    pub occurred_at: UnixSeconds,
}

impl Answered {
    /// Whether the flag waits afterwards.
    #[must_use]
    pub fn opens(&self) -> bool {
        self.outcome == Outcome::Undone
    }
}

impl Flag {
    /// Its next answer.
    pub(super) const fn answered(&self, outcome: Outcome) -> Answered {
        Answered {
            flag: self.id,
            conversion: self.conversion,
            number: self.answers,
            outcome,
        }
    }
}

impl Ruling {
    /// An answer that changes nothing yet.
    pub(super) fn new(signature: Signature, flag: &Flag, outcome: Outcome) -> Self {
        Self {
            signature,
            flag: flag.id,
            conversion: flag.conversion,
            answers: vec![flag.answered(outcome)],
            raises: Vec::new(),
            moves: None,
            opens: None,
            payouts: Vec::new(),
        }
    }

    /// Brings the money of every conversion it changes to what is due now.
    pub(super) fn settle(&mut self, snapshot: &mut Snapshot, agreement: Option<&Agreement>) {
        let Signature { id, at, .. } = self.signature;
        let before = snapshot.books.payouts().len();
        let held = snapshot.conversion(self.flag.delivery).map(|it| it.id);
        for conversion in self.conversions(held) {
            settle(snapshot, conversion, agreement, Cause::Decision(id), at);
        }
        let entries = snapshot.books.payouts().iter();
        self.payouts.extend(entries.skip(before).cloned());
    }

    /// Every conversion it changes: the one that the flag held back, or that approval has opened, and
    /// the one that moves. What a later delivery reported, and was not taken, changes none; and the
    /// redeposit that a second first deposit opens leaves the first one as it was.
    fn conversions(&self, held: Option<Uuid>) -> impl Iterator<Item = Uuid> {
        let moved = self.moves.iter().map(|it| it.conversion);
        let moved = moved.filter(move |id| Some(*id) != held);
        held.into_iter().chain(moved)
    }
}
