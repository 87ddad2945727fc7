//! Money before and after: what conversions earn, what is taken back, and that it always adds up.

mod earned;
mod adds_up;

use std::collections::BTreeSet;

use postern_protocol::event::{EventKind, Status};
use postern_protocol::geo::Geo;
use postern_protocol::money::Money;
use postern_protocol::time::UnixSeconds;

use super::{Booked, Due, Earning, NO_LONGER_DUE, NewEntry, entries};
use crate::agreement::{BasisPoints, Caps, Cpa, RevShare, Rules, money_of};

fn money(text: &str) -> Money {
    money_of(text).expect(text)
}

/// CPA 100 USD a first deposit of 20 USD, 150 EUR in Germany; a quarter of deposits; held 10 days.
fn hybrid() -> Rules {
    let germany = Geo::parse("DE").expect("DE");
    Rules {
        cpa: Some(Cpa {
            pay: [
                (EventKind::Ftd, money("100.00 USD")),
                (EventKind::Lead, money("1.50 USD")),
            ]
            .into(),
            by_geo: [(germany, [(EventKind::Ftd, money("150.00 EUR"))].into())].into(),
        }),
        revshare: Some(RevShare {
            share: BasisPoints::new(2_500).expect("a share"),
            of: BTreeSet::from([EventKind::Ftd, EventKind::Redeposit]),
            carry_over: true,
        }),
        hold_days: 10,
        caps: Caps::NONE,
        min_deposit: [(money("20.00 USD").currency(), money("20.00 USD"))].into(),
        ..Rules::paying_nothing(UnixSeconds(0))
    }
}

fn approved(kind: EventKind, amount: &str) -> Earning {
    Earning {
        kind,
        status: Status::Approved,
        money: (!amount.is_empty()).then(|| money(amount)),
        geo: None,
        is_blocked: false,
    }
}

/// A conversion's money, as the ledger would book it.
#[derive(Default)]
struct Ledger(Vec<(NewEntry, i64)>);

impl Ledger {
    /// Settles at this day, and tells the new lines.
    fn settle(&mut self, day: i64, due: &[Due]) -> String {
        let now = UnixSeconds(day * 86_400);
        let booked: Vec<Booked> = self.0.iter().map(|(line, _)| booked(line)).collect();
        let lines = entries(&booked, due, NO_LONGER_DUE, hybrid().due_at(now));
        let told: Vec<String> = lines.iter().map(told).collect();
        self.0.extend(lines.into_iter().map(|line| (line, day)));
        told.join("\n")
    }
}

fn booked(line: &NewEntry) -> Booked {
    Booked {
        kind: line.kind,
        amount: line.amount,
        due_at: line.due_at,
    }
}

fn told(line: &NewEntry) -> String {
    let day = line.due_at.0 / 86_400;
    let NewEntry {
        kind,
        step,
        amount,
        rule,
        ..
    } = line;
    format!("{kind} {step} {amount} due on day {day}: {rule}")
}
