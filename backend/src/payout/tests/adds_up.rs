//! Whatever happens to a conversion, its lines add up.

use std::collections::BTreeMap;

use postern_protocol::currency::Currency;
use postern_protocol::event::{EventKind, Status};
use postern_protocol::money::{MAX_AMOUNT_MINOR, Money};
use proptest::prelude::*;

use super::{Ledger, hybrid};
use crate::agreement::CapReached;
use crate::payout::{Amount, Earning, PayoutKind, due};

prop_compose! {
    fn any_state(kind: EventKind)(
        status in prop::sample::select(Status::ALL.to_vec()),
        minor in prop_oneof![1_i64..=10_000, 1..=MAX_AMOUNT_MINOR],
        code in prop::sample::select(vec!["USD", "EUR"]),
        is_blocked in prop::bool::weighted(0.1),
        is_capped in prop::bool::weighted(0.2),
    ) -> (Earning, Option<CapReached>) {
        let currency = Currency::parse(code).expect(code);
        let money = Money::of_minor(minor, currency);
        let earning = Earning { kind, status, money, geo: None, is_blocked };
        (earning, is_capped.then_some(CapReached::Day(1)))
    }
}

fn any_history() -> impl Strategy<Value = Vec<(i64, (Earning, Option<CapReached>))>> {
    let kinds = [
        EventKind::Ftd,
        EventKind::Redeposit,
        EventKind::Cashout,
        EventKind::Lead,
    ];
    prop::sample::select(kinds.to_vec())
        .prop_flat_map(|kind| prop::collection::vec((0_i64..60, any_state(kind)), 1..12))
}

fn sums(
    lines: impl Iterator<Item = (PayoutKind, Amount)>,
) -> BTreeMap<(PayoutKind, Currency), i64> {
    let mut sums = BTreeMap::new();
    for (kind, amount) in lines {
        *sums.entry((kind, amount.currency)).or_default() += amount.minor;
    }
    sums.retain(|_, sum| *sum != 0);
    sums
}

proptest! {
    /// Days in any order: clocks may go backwards.
    #[test]
    fn the_ledger_always_adds_up_to_what_is_due(history in any_history()) {
        let mut ledger = Ledger::default();
        for (day, (earning, capped)) in history {
            let due = due(&hybrid(), &earning, capped);
            ledger.settle(day, &due);
            let lines = || ledger.0.iter().map(|(line, _)| line);
            let stands = sums(lines().map(|line| (line.kind, line.amount)));
            let should = sums(due.iter().map(|due| (due.kind, due.amount)));
            prop_assert_eq!(&stands, &should);
            // What is due by a day is a part of it, never more and never on the other side of zero.
            for day in 0..80 {
                let by_then = lines().filter(|line| line.due_at.0 <= day * 86_400);
                for (account, part) in sums(by_then.map(|line| (line.kind, line.amount))) {
                    let whole = should.get(&account).copied().unwrap_or(0);
                    prop_assert!(part.signum() == whole.signum() && part.abs() <= whole.abs());
                }
            }
            let again = ledger.settle(day, &due);
            prop_assert_eq!(again, "", "settled once, nothing is left to settle");
        }
    }

    #[test]
    fn a_claw_back_reverses_exactly_what_was_booked(history in any_history()) {
        let mut ledger = Ledger::default();
        for (day, (earning, capped)) in history {
            ledger.settle(day, &due(&hybrid(), &earning, capped));
        }
        ledger.settle(60, &[]);
        prop_assert!(sums(ledger.0.iter().map(|(line, _)| (line.kind, line.amount))).is_empty());
        for day in 0..80 {
            let by_then = ledger.0.iter().filter(|(line, _)| line.due_at.0 <= day * 86_400);
            prop_assert!(sums(by_then.map(|(line, _)| (line.kind, line.amount))).is_empty());
        }
    }
}
