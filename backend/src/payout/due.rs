//! What a conversion in its present state should have earned, each amount with its rule in words.

use std::fmt;

use postern_protocol::event::{EventKind, Status};
use postern_protocol::geo::Geo;
use postern_protocol::money::Money;

use super::Amount;
use crate::agreement::{CapReached, RevShare, Rules};

/// What an amount is earned by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PayoutKind {
    /// A fixed amount for an event.
    Cpa,
    /// A share of the money that moved.
    RevShare,
}

impl PayoutKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Cpa, Self::RevShare];

    /// The name in the ledger and in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cpa => "cpa",
            Self::RevShare => "revshare",
        }
    }

    /// Reads a name as [`PayoutKind::name`] gives it.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl fmt::Display for PayoutKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A conversion as far as money needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Earning {
    /// What happened.
    pub kind: EventKind,
    /// Its current status.
    pub status: Status,
    /// Its current amount.
    pub money: Option<Money>,
    /// Where the visitor is.
    pub geo: Option<Geo>,
    /// Whether a flag that is not answered yet keeps it from earning anything.
    pub is_blocked: bool,
}

/// An amount that should stand in the ledger; zero where a rule says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// What it is earned by.
    pub kind: PayoutKind,
    /// How much. Below zero for the share of a cashout.
    pub amount: Amount,
    /// Why so much, in plain words.
    pub rule: String,
}

/// What the conversion should have earned by these terms: at most one amount of each kind, none
/// while it is blocked or not approved.
///
/// `capped` is the cap that leaves it no place, when it has none yet; whoever holds a place keeps
/// it. Whether a place is needed at all tells [`takes_place`].
#[must_use]
pub fn due(rules: &Rules, earning: &Earning, capped: Option<CapReached>) -> Vec<Due> {
    if earning.is_blocked || earning.status != Status::Approved {
        return Vec::new();
    }
    let shared = rules.revshare.as_ref();
    let shared = shared.and_then(|revshare| share(revshare, earning));
    fixed(rules, earning, capped)
        .into_iter()
        .chain(shared)
        .collect()
}

/// Whether it earns CPA, so that it takes one of the places a cap leaves.
#[must_use]
pub fn takes_place(due: &[Due]) -> bool {
    due.iter()
        .any(|due| due.kind == PayoutKind::Cpa && due.amount.minor > 0)
}

fn fixed(rules: &Rules, earning: &Earning, capped: Option<CapReached>) -> Option<Due> {
    let (money, country) = rules.cpa.as_ref()?.amount(earning.kind, earning.geo)?;
    let refused = unqualified(rules, earning).or_else(|| capped.map(cap_words));
    let of = |amount, rule| Due {
        kind: PayoutKind::Cpa,
        amount,
        rule,
    };
    if let Some(why) = refused {
        return Some(of(Amount::zero(money.currency()), format!("no CPA: {why}")));
    }
    let place = country.map_or(String::new(), |geo| format!(" in {geo}"));
    Some(of(
        money.into(),
        format!("CPA {money} per {}{place}", earning.kind),
    ))
}

/// Why the deposit does not qualify for CPA, if it does not.
fn unqualified(rules: &Rules, earning: &Earning) -> Option<String> {
    if earning.kind != EventKind::Ftd || rules.min_deposit.is_empty() {
        return None;
    }
    let Some(deposit) = earning.money else {
        return Some("the deposit has no amount".to_owned());
    };
    match rules.min_deposit.get(&deposit.currency()) {
        Some(least) if deposit.minor() >= least.minor() => None,
        Some(least) => Some(format!("the deposit of {deposit} is below {least}")),
        None => Some(format!(
            "the terms name no least deposit in {}",
            deposit.currency()
        )),
    }
}

fn cap_words(cap: CapReached) -> String {
    match cap {
        CapReached::Day(cap) => format!("the cap of {cap} a day is reached"),
        CapReached::Month(cap) => format!("the cap of {cap} a month is reached"),
    }
}

fn share(revshare: &RevShare, earning: &Earning) -> Option<Due> {
    let money = earning.money?;
    let share = revshare.share;
    let part = share.of(money.minor());
    let (minor, rule) = match earning.kind {
        EventKind::Cashout => (
            -part,
            format!("RevShare {share} of a cashout of {money}, taken off"),
        ),
        kind if revshare.of.contains(&kind) => (part, format!("RevShare {share} of {money}")),
        _ => return None,
    };
    let amount = Amount {
        minor,
        currency: money.currency(),
    };
    Some(Due {
        kind: PayoutKind::RevShare,
        amount,
        rule,
    })
}
