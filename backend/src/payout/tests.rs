//! Money before and after: what conversions earn, what is taken back, and that it always adds up.

use std::collections::{BTreeMap, BTreeSet};

use postern_protocol::currency::Currency;
use postern_protocol::event::{EventKind, Status};
use postern_protocol::geo::Geo;
use postern_protocol::money::{MAX_AMOUNT_MINOR, Money};
use postern_protocol::time::UnixSeconds;
use proptest::prelude::*;

use super::{
    Amount, Booked, Due, Earning, NO_LONGER_DUE, NewEntry, PayoutKind, PayoutStep, due, entries,
    takes_place,
};
use crate::agreement::{BasisPoints, CapReached, Caps, Cpa, RevShare, Rules, money_of};

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
        let lines = entries(&booked, due, hybrid().due_at(now));
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

#[test]
fn a_first_deposit_earns_both_and_a_claw_back_reverses_both() {
    let mut ledger = Ledger::default();
    let ftd = approved(EventKind::Ftd, "50.00 USD");
    assert_eq!(
        ledger.settle(1, &due(&hybrid(), &ftd, None)),
        "cpa booked 100.00 USD due on day 11: CPA 100.00 USD per ftd\n\
         revshare booked 12.50 USD due on day 11: RevShare 25 % of 50.00 USD"
    );
    assert_eq!(
        ledger.settle(2, &due(&hybrid(), &ftd, None)),
        "",
        "nothing is booked twice"
    );
    let rejected = Earning {
        status: Status::Rejected,
        ..ftd
    };
    assert_eq!(
        ledger.settle(3, &due(&hybrid(), &rejected, None)),
        format!(
            "cpa clawed_back -100.00 USD due on day 11: {NO_LONGER_DUE}\n\
             revshare clawed_back -12.50 USD due on day 11: {NO_LONGER_DUE}"
        )
    );
    assert_eq!(
        ledger.settle(20, &due(&hybrid(), &ftd, None)),
        "cpa booked 100.00 USD due on day 30: CPA 100.00 USD per ftd\n\
         revshare booked 12.50 USD due on day 30: RevShare 25 % of 50.00 USD",
        "approved once more, it is held once more"
    );
}

#[test]
fn what_is_pending_rejected_or_blocked_earns_nothing() {
    let ftd = approved(EventKind::Ftd, "50.00 USD");
    for earning in [
        Earning {
            status: Status::Pending,
            ..ftd
        },
        Earning {
            status: Status::Rejected,
            ..ftd
        },
        Earning {
            is_blocked: true,
            ..ftd
        },
    ] {
        assert_eq!(due(&hybrid(), &earning, None), [], "{earning:?}");
    }
}

#[test]
fn an_adjustment_is_the_difference_and_takes_back_what_is_due_last() {
    let mut ledger = Ledger::default();
    let of = |amount| due(&hybrid(), &approved(EventKind::Redeposit, amount), None);
    ledger.settle(1, &of("40.00 USD"));
    assert_eq!(
        ledger.settle(5, &of("100.00 USD")),
        "revshare adjusted 15.00 USD due on day 15: RevShare 25 % of 100.00 USD"
    );
    assert_eq!(
        ledger.settle(6, &of("20.00 USD")),
        "revshare adjusted -15.00 USD due on day 15: RevShare 25 % of 20.00 USD\n\
         revshare adjusted -5.00 USD due on day 11: RevShare 25 % of 20.00 USD"
    );
}

#[test]
fn another_currency_takes_back_the_one_and_books_the_other() {
    let mut ledger = Ledger::default();
    let of = |amount| due(&hybrid(), &approved(EventKind::Redeposit, amount), None);
    ledger.settle(1, &of("40.00 USD"));
    assert_eq!(
        ledger.settle(2, &of("30.00 EUR")),
        "revshare booked 7.50 EUR due on day 12: RevShare 25 % of 30.00 EUR\n\
         revshare clawed_back -10.00 USD due on day 11: taken back, paid in EUR instead"
    );
}

#[test]
fn a_cashout_is_taken_off_and_its_claw_back_gives_it_back() {
    let mut ledger = Ledger::default();
    let cashout = approved(EventKind::Cashout, "20.00 USD");
    assert_eq!(
        ledger.settle(1, &due(&hybrid(), &cashout, None)),
        "revshare booked -5.00 USD due on day 11: RevShare 25 % of a cashout of 20.00 USD, taken off"
    );
    assert_eq!(
        ledger.settle(2, &[]),
        format!("revshare clawed_back 5.00 USD due on day 11: {NO_LONGER_DUE}")
    );
}

#[test]
fn a_country_with_its_own_amount_earns_that() {
    let germany = Geo::parse("DE").ok();
    let earning = Earning {
        geo: germany,
        ..approved(EventKind::Ftd, "50.00 USD")
    };
    let due = due(&hybrid(), &earning, None);
    assert_eq!(due[0].amount, money("150.00 EUR").into());
    assert_eq!(due[0].rule, "CPA 150.00 EUR per ftd in DE");
}

#[test]
fn a_rule_that_says_no_is_written_once() {
    let small = approved(EventKind::Ftd, "19.99 USD");
    let foreign = approved(EventKind::Ftd, "900.00 EUR");
    for (earning, capped, told) in [
        (
            small,
            None,
            "no CPA: the deposit of 19.99 USD is below 20.00 USD",
        ),
        (
            foreign,
            None,
            "no CPA: the terms name no least deposit in EUR",
        ),
        (
            approved(EventKind::Ftd, "20.00 USD"),
            Some(CapReached::Day(5)),
            "no CPA: the cap of 5 a day is reached",
        ),
        (
            approved(EventKind::Lead, ""),
            Some(CapReached::Month(9)),
            "no CPA: the cap of 9 a month is reached",
        ),
    ] {
        let due = due(&hybrid(), &earning, capped);
        assert!(!takes_place(&due), "{told}");
        let mut ledger = Ledger::default();
        let lines = ledger.settle(1, &due);
        let line = format!("cpa booked 0.00 USD due on day 11: {told}");
        assert!(lines.contains(&line), "{lines}");
        assert_eq!(ledger.settle(2, &due), "", "{told}");
    }
}

#[test]
fn a_deposit_that_grows_above_the_least_earns_its_cpa_then() {
    let mut ledger = Ledger::default();
    ledger.settle(
        1,
        &due(&hybrid(), &approved(EventKind::Ftd, "19.99 USD"), None),
    );
    let grown = due(&hybrid(), &approved(EventKind::Ftd, "20.00 USD"), None);
    assert!(takes_place(&grown));
    let lines = ledger.settle(2, &grown);
    assert!(
        lines.contains("cpa booked 100.00 USD due on day 12"),
        "{lines}"
    );
}

#[test]
fn an_event_the_terms_do_not_pay_for_leaves_no_trace() {
    for kind in [EventKind::Registration, EventKind::Rejected] {
        assert_eq!(due(&hybrid(), &approved(kind, ""), None), [], "{kind}");
    }
    let nothing = Rules::paying_nothing(UnixSeconds(0));
    assert_eq!(
        due(&nothing, &approved(EventKind::Ftd, "50.00 USD"), None),
        []
    );
}

#[test]
fn names_read_back_as_themselves() {
    for kind in PayoutKind::ALL {
        assert_eq!(PayoutKind::parse(kind.name()), Some(kind));
    }
    for step in PayoutStep::ALL {
        assert_eq!(PayoutStep::parse(step.name()), Some(step));
    }
    assert_eq!(PayoutKind::parse("CPA"), None);
    assert_eq!(PayoutStep::parse(""), None);
}

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
