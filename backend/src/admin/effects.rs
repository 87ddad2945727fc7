//! What a decision about a flag changes: what it did, or what it would do.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::flags::Standing;
use super::shape;
use crate::ledger::{Answered, FlagId, Move, Opened, PayoutEntry, Raised, Ruling};
use crate::report::Sum;

/// What a decision changes, all of it in one transaction.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Effects {
    /// The flags it closes, the one that was asked about among them.
    closed: Vec<String>,
    /// The flags that wait again, where it undoes an answer.
    reopened: Vec<String>,
    /// The flags it raises.
    raised: Vec<String>,
    /// The move it makes, if any.
    moved: Option<Moved>,
    /// The conversion it opens, if any.
    opened: Option<OpenedBy>,
    /// The lines it adds to what the partner is paid.
    payouts: Vec<PayoutLine>,
}

/// A move of a conversion.
#[derive(Debug, Serialize, ToSchema)]
struct Moved {
    /// Which one.
    conversion: Uuid,
    /// From which state.
    from: Standing,
    /// To which.
    to: Standing,
}

/// A conversion that a decision opens.
#[derive(Debug, Serialize, ToSchema)]
struct OpenedBy {
    /// Its id.
    conversion: Uuid,
    /// What happened.
    #[schema(example = "redeposit")]
    event: &'static str,
    /// The amount, where there is one.
    money: Option<Sum>,
}

/// A line of money that a decision adds.
#[derive(Debug, Serialize, ToSchema)]
struct PayoutLine {
    /// The conversion that earns it.
    conversion: Uuid,
    /// What it is earned by: cpa or revshare.
    #[schema(example = "cpa")]
    kind: &'static str,
    /// What it does: booked, adjusted or clawed_back.
    #[schema(example = "booked")]
    step: &'static str,
    /// How much, below zero where it takes back.
    amount: Sum,
    /// Why, in plain words.
    rule: String,
}

impl From<Ruling> for Effects {
    fn from(ruling: Ruling) -> Self {
        let names = |flags: Vec<FlagId>| flags.iter().map(FlagId::to_string).collect();
        let (reopened, closed): (Vec<&Answered>, _) =
            ruling.answers.iter().partition(|it| it.opens());
        let flags = |answers: Vec<&Answered>| names(answers.iter().map(|it| it.flag).collect());
        Self {
            closed: flags(closed),
            reopened: flags(reopened),
            raised: names(ruling.raises.iter().map(flag_of).collect()),
            moved: ruling.moves.map(Moved::from),
            opened: ruling.opens.map(OpenedBy::from),
            payouts: ruling.payouts.into_iter().map(PayoutLine::from).collect(),
        }
    }
}

/// What a decision raises is about the opening, so its delivery is the one that opened it.
fn flag_of(raised: &Raised) -> FlagId {
    FlagId {
        delivery: raised.conversion,
        reason: raised.reason,
    }
}

impl From<Move> for Moved {
    fn from(moved: Move) -> Self {
        Self {
            conversion: moved.conversion,
            from: moved.change.from.into(),
            to: moved.change.to.into(),
        }
    }
}

impl From<Opened> for OpenedBy {
    fn from(opened: Opened) -> Self {
        Self {
            conversion: opened.conversion,
            event: opened.event.kind.name(),
            money: opened.event.money.map(shape::sum),
        }
    }
}

impl From<PayoutEntry> for PayoutLine {
    fn from(entry: PayoutEntry) -> Self {
        let what = entry.what;
        Self {
            conversion: entry.conversion,
            kind: what.kind.name(),
            step: what.step.name(),
            amount: Sum {
                currency: what.amount.currency,
                minor: i128::from(what.amount.minor),
            },
            rule: what.rule,
        }
    }
}
