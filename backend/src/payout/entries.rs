//! From what is booked to what is due: the lines to append.

use std::collections::BTreeMap;
use std::fmt;

use postern_protocol::currency::Currency;
use postern_protocol::time::UnixSeconds;

use super::{Amount, Due, PayoutKind};

/// The rule of a line that takes back what is no longer due at all.
pub const NO_LONGER_DUE: &str = "taken back: the conversion is no longer approved";

/// The same where a flag waits again that was answered when it was booked.
pub const HELD_BACK: &str = "taken back: the answer to a flag was undone, and the flag waits again";

/// What a line does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PayoutStep {
    /// From nothing to an amount; or to nothing, where a rule says no.
    Booked,
    /// From one amount to another.
    Adjusted,
    /// Back to nothing.
    ClawedBack,
}

impl PayoutStep {
    /// Every step.
    pub const ALL: [Self; 3] = [Self::Booked, Self::Adjusted, Self::ClawedBack];

    /// The name in the ledger and in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Booked => "booked",
            Self::Adjusted => "adjusted",
            Self::ClawedBack => "clawed_back",
        }
    }

    /// Reads a name as [`PayoutStep::name`] gives it.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.name() == name)
    }
}

impl fmt::Display for PayoutStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A line that stands in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Booked {
    /// What it was earned by.
    pub kind: PayoutKind,
    /// How much.
    pub amount: Amount,
    /// From when on it counts as due.
    pub due_at: UnixSeconds,
}

/// A line to append.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// What it is earned by.
    pub kind: PayoutKind,
    /// What it does.
    pub step: PayoutStep,
    /// How much, below zero where it takes back.
    pub amount: Amount,
    /// Why, in plain words.
    pub rule: String,
    /// From when on it counts as due.
    pub due_at: UnixSeconds,
}

/// The lines that take the conversion's ledger from `booked` to `due`. What is earned now is due at
/// `due_at`; what is taken back is taken from the lines that are due last, and each cent is taken
/// back as of the time it was due. So what is held and what is due are each right at any time.
///
/// `silence` is the rule where nothing is due any more.
#[must_use]
pub fn entries(
    booked: &[Booked],
    due: &[Due],
    silence: &str,
    due_at: UnixSeconds,
) -> Vec<NewEntry> {
    let mut accounts = Accounts::of(booked);
    for due in due {
        accounts
            .0
            .entry((due.kind, due.amount.currency))
            .or_default();
    }
    let mut lines = Vec::new();
    for ((kind, currency), lots) in accounts.0 {
        let same = |due: &&Due| due.kind == kind && due.amount.currency == currency;
        let target = due.iter().find(same);
        let account = Account {
            kind,
            currency,
            lots,
            target: target.map_or(0, |due| due.amount.minor),
            rule: target.map_or_else(|| rule_without(kind, due, silence), |due| due.rule.clone()),
        };
        lines.extend(account.lines(due_at));
    }
    // A rule that says no is told once, by a line of nothing.
    let silent = |kind| {
        let of_kind = |line: &NewEntry| line.kind == kind;
        !booked.iter().any(|line| line.kind == kind) && !lines.iter().any(of_kind)
    };
    let refusals: Vec<&Due> = due.iter().filter(|due| silent(due.kind)).collect();
    lines.extend(refusals.into_iter().map(|due| NewEntry {
        kind: due.kind,
        step: PayoutStep::Booked,
        amount: due.amount,
        rule: due.rule.clone(),
        due_at,
    }));
    lines
}

/// Why nothing is due any more in a currency: another one is, or nothing at all.
fn rule_without(kind: PayoutKind, due: &[Due], silence: &str) -> String {
    match due.iter().find(|due| due.kind == kind) {
        Some(other) => format!("taken back, paid in {} instead", other.amount.currency),
        None => silence.to_owned(),
    }
}

/// What stands in the ledger, by the time it is due.
type Lots = BTreeMap<UnixSeconds, i64>;

/// All that stands in the ledger of one conversion. Currencies are never added together.
struct Accounts(BTreeMap<(PayoutKind, Currency), Lots>);

impl Accounts {
    fn of(booked: &[Booked]) -> Self {
        let mut accounts: BTreeMap<_, Lots> = BTreeMap::new();
        for line in booked {
            let account = accounts
                .entry((line.kind, line.amount.currency))
                .or_default();
            let lot = account.entry(line.due_at).or_default();
            // A conversion's amounts lie far inside: each is the difference of two bounded ones.
            *lot = lot.saturating_add(line.amount.minor);
        }
        Self(accounts)
    }
}

/// One kind of earning in one currency, on its way to `target`.
struct Account {
    kind: PayoutKind,
    currency: Currency,
    lots: Lots,
    target: i64,
    rule: String,
}

impl Account {
    fn lines(&self, due_at: UnixSeconds) -> Vec<NewEntry> {
        let sum: i64 = self.lots.values().sum();
        // What may stay lies between nothing and what stands; the rest goes first.
        let stays = if self.target.signum() == sum.signum() {
            self.target.signum() * self.target.abs().min(sum.abs())
        } else {
            0
        };
        let back = match stays {
            0 => PayoutStep::ClawedBack,
            _ => PayoutStep::Adjusted,
        };
        let more = match stays {
            0 => PayoutStep::Booked,
            _ => PayoutStep::Adjusted,
        };
        let mut lines: Vec<NewEntry> = self
            .taken_back(sum - stays)
            .map(|(lot, minor)| self.line(back, minor, lot))
            .collect();
        if self.target != stays {
            lines.push(self.line(more, self.target - stays, due_at));
        }
        lines
    }

    /// How `excess` is taken from the lots, the one due last first.
    fn taken_back(&self, excess: i64) -> impl Iterator<Item = (UnixSeconds, i64)> {
        let mut left = excess;
        let lots = self.lots.iter().rev();
        lots.filter_map(move |(due_at, lot)| {
            // All lots of an account lie on the same side of zero.
            let part = left.signum() * left.abs().min(lot.abs());
            left -= part;
            (part != 0).then_some((*due_at, -part))
        })
    }

    fn line(&self, step: PayoutStep, minor: i64, due_at: UnixSeconds) -> NewEntry {
        NewEntry {
            kind: self.kind,
            step,
            amount: Amount {
                minor,
                currency: self.currency,
            },
            rule: self.rule.clone(),
            due_at,
        }
    }
}
