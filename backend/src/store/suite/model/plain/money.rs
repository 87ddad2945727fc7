//! Money: what each conversion should have earned, and the ledger's way there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use postern_protocol::event::EventKind;
use postern_protocol::time::UnixSeconds;
use uuid::Uuid;

use super::{Conversion, DAY, Model};
use crate::agreement::{Agreement, BasisPoints, Caps, Cpa, RevShare, Rules, Terms, money_of};
use crate::testing::START;

/// The first second for which the first terms hold, and the second ones: midnights.
const FIRST_FROM: i64 = MIDNIGHT - 30 * DAY;
const SECOND_FROM: i64 = MIDNIGHT + 3 * DAY;
/// The stories start on the 29th of May at 16:26:40. This is back to midnight.
const MIDNIGHT: i64 = -59_200;
/// The first of May. Terms with caps hold from the days before it until the end of it.
const MAY: i64 = MIDNIGHT - 28 * DAY;

/// 100 USD for a first deposit of at least 10, 2 for a lead, for two conversions a day and three a
/// month; a quarter of deposits less cashouts; held 14 days. Then 80 USD, without a cap or a hold.
pub(in super::super) fn agreement() -> Arc<Agreement> {
    let pays = |cpa: &[(EventKind, &str)]| {
        let pay = cpa
            .iter()
            .map(|(kind, amount)| (*kind, money_of(amount).unwrap()));
        Some(Cpa {
            pay: pay.collect(),
            ..Cpa::default()
        })
    };
    let least = money_of("10.00 USD").unwrap();
    let first = Rules {
        cpa: pays(&[
            (EventKind::Ftd, "100.00 USD"),
            (EventKind::Lead, "2.00 USD"),
        ]),
        revshare: Some(RevShare {
            share: BasisPoints::new(2_500).unwrap(),
            of: BTreeSet::from([EventKind::Ftd, EventKind::Redeposit]),
            carry_over: true,
        }),
        hold_days: 14,
        caps: Caps {
            per_day: Some(2),
            per_month: Some(3),
        },
        min_deposit: [(least.currency(), least)].into(),
        ..Rules::paying_nothing(UnixSeconds(START.0 + FIRST_FROM))
    };
    let second = Rules {
        cpa: pays(&[(EventKind::Ftd, "80.00 USD")]),
        ..Rules::paying_nothing(UnixSeconds(START.0 + SECOND_FROM))
    };
    Arc::new(Agreement {
        terms: vec![Terms::new(first), Terms::new(second)],
        ..Agreement::default()
    })
}

/// One conversion's earnings of one kind in one currency.
pub(in super::super) type Account = (Uuid, &'static str, &'static str);

/// The ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in super::super) struct Money {
    /// What stands in each account, by when it is due.
    pub(in super::super) lots: BTreeMap<Account, BTreeMap<i64, i64>>,
    /// All that was booked, adjusted and clawed back.
    pub(super) steps: BTreeMap<(Account, &'static str), i64>,
    /// Who has a place under the caps.
    places: BTreeSet<Uuid>,
}

impl Model {
    /// Takes a conversion's money from what is booked to what is due.
    pub(super) fn settle(&mut self, id: Uuid, now: i64) {
        let due = self.due(id);
        let accounts = self.money.lots.keys().filter(|(of, ..)| *of == id).copied();
        let accounts: BTreeSet<Account> = accounts.chain(due.keys().copied()).collect();
        let hold = if self.conversions[&id].occurred_at < SECOND_FROM {
            14 * DAY
        } else {
            0
        };
        for account in accounts {
            let target = due.get(&account).copied().unwrap_or(0);
            self.money.take_to(account, target, now + hold);
        }
    }

    fn due(&mut self, id: Uuid) -> BTreeMap<Account, i64> {
        let blocked = self.blocking(id) > 0;
        let it = self.conversions[&id].clone();
        if blocked || it.status != "approved" || it.occurred_at < FIRST_FROM {
            return BTreeMap::new();
        }
        let is_first = it.occurred_at < SECOND_FROM;
        let fixed = match it.event {
            "ftd" if !is_first => 8_000,
            "ftd" if qualifies(&it) && self.takes_place(id) => 10_000,
            "lead" if is_first && self.takes_place(id) => 200,
            _ => 0,
        };
        let mut due = BTreeMap::from([((id, "cpa", "USD"), fixed)]);
        if let (true, Some((minor, currency))) = (is_first, it.paid) {
            let share = match it.event {
                "ftd" | "redeposit" => quarter(minor),
                "cashout" => -quarter(minor),
                _ => 0,
            };
            due.insert((id, "revshare", currency), share);
        }
        due
    }

    /// A place is taken once and kept, whatever becomes of the conversion.
    fn takes_place(&mut self, id: Uuid) -> bool {
        let it = &self.conversions[&id];
        let of = |other: &&Uuid| self.conversions[*other].partner == it.partner;
        let at = |other: &Uuid| self.conversions[other].occurred_at;
        let taken: Vec<i64> = self.money.places.iter().filter(of).map(at).collect();
        let same_day = taken.iter().filter(|at| day(**at) == day(it.occurred_at));
        let same_month = taken
            .iter()
            .filter(|at| (**at < MAY) == (it.occurred_at < MAY));
        let is_free = same_day.count() < 2 && same_month.count() < 3;
        let has = self.money.places.contains(&id);
        if is_free {
            self.money.places.insert(id);
        }
        has || is_free
    }
}

impl Money {
    fn take_to(&mut self, account: Account, target: i64, due_at: i64) {
        let lots = self.lots.entry(account).or_default();
        let sum: i64 = lots.values().sum();
        let step = match (sum, target) {
            _ if target.abs() > sum.abs() && sum == 0 => "booked",
            (_, 0) => "clawed_back",
            _ => "adjusted",
        };
        *self.steps.entry((account, step)).or_default() += target - sum;
        if target.abs() > sum.abs() {
            *lots.entry(due_at).or_default() += target - sum;
            return;
        }
        // What is due last is taken back first. All of an account lies on one side of zero.
        let mut back = (sum - target).abs();
        for lot in lots.values_mut().rev() {
            let part = back.min(lot.abs());
            *lot -= part * lot.signum();
            back -= part;
        }
    }
}

fn qualifies(ftd: &Conversion) -> bool {
    matches!(ftd.paid, Some((minor, "USD")) if minor >= 1_000)
}

/// A quarter, a half rounded to the even neighbour.
fn quarter(minor: i64) -> i64 {
    match (minor / 4, minor % 4) {
        (whole, 3) => whole + 1,
        (whole, 2) => whole + whole % 2,
        (whole, _) => whole,
    }
}

fn day(at: i64) -> i64 {
    (at - MIDNIGHT).div_euclid(DAY)
}
