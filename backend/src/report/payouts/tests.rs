//! Payouts of rows that a store could have summed up.

use postern_protocol::currency::Currency;
use proptest::prelude::*;

use super::Payouts;
use crate::agreement::{BasisPoints, RevShare, Rules, SHARED_KINDS, Terms};
use crate::payout::{PayoutKind, PayoutStep};
use crate::rates::Rates;
use crate::report::period::{Day, Period};
use crate::store::{BookedTerms, PayoutQuery, PayoutRows, PayoutSum, Stretch};

fn day(text: &str) -> Day {
    Day::parse(text).expect(text)
}

fn currency(code: &str) -> Currency {
    Currency::parse(code).expect(code)
}

fn asked(by: Stretch) -> PayoutQuery {
    PayoutQuery {
        period: Period::default(),
        partner: None,
        by,
        now: day("2026-04-10").start(),
    }
}

/// Terms with a quarter of what comes in.
fn shares(from: &str, carry_over: bool) -> Terms {
    let revshare = RevShare {
        share: BasisPoints::new(2_500).expect("a share"),
        of: SHARED_KINDS.into(),
        carry_over,
    };
    Terms::new(Rules {
        revshare: Some(revshare),
        ..Rules::paying_nothing(day(from).start())
    })
}

fn cpa(month: &str, step: PayoutStep, is_due: bool, minor: i128) -> PayoutSum {
    PayoutSum {
        partner: "acme".to_owned(),
        since: Some(day(month)),
        currency: currency("USD"),
        kind: PayoutKind::Cpa,
        step,
        is_due,
        terms: None,
        entries: 1,
        minor,
    }
}

fn share(month: &str, terms: &Terms, is_due: bool, minor: i128) -> PayoutSum {
    PayoutSum {
        kind: PayoutKind::RevShare,
        currency: currency("EUR"),
        terms: Some(terms.version().as_str().to_owned()),
        ..cpa(month, PayoutStep::Booked, is_due, minor)
    }
}

fn of(terms: &[&Terms], sums: Vec<PayoutSum>) -> PayoutRows {
    let booked = |terms: &&Terms| BookedTerms {
        partner: "acme".to_owned(),
        terms: (*terms).clone(),
    };
    PayoutRows {
        sums,
        terms: terms.iter().map(booked).collect(),
    }
}

/// January: three ftds of 100, one of them held. February: one is taken back, and players take out
/// more than they bring. March: they bring something again.
fn told() -> PayoutRows {
    use PayoutStep::{Adjusted, Booked, ClawedBack};
    let terms = shares("2026-01-01", true);
    of(
        &[&terms],
        vec![
            cpa("2026-01-01", Booked, true, 20_000),
            cpa("2026-01-01", Booked, false, 10_000),
            cpa("2026-01-01", Adjusted, true, 550),
            cpa("2026-02-01", ClawedBack, true, -10_000),
            share("2026-01-01", &terms, true, 4_000),
            share("2026-02-01", &terms, true, -7_000),
            share("2026-03-01", &terms, true, 2_500),
            share("2026-03-01", &terms, false, 1_111),
        ],
    )
}

fn rates() -> Rates {
    let text = "[[rate]]\ndate = \"2026-01-15\"\nfrom = \"EUR\"\nto = \"USD\"\nrate = \"1.10\"\n\
        [[rate]]\ndate = \"2026-03-31\"\nfrom = \"EUR\"\nto = \"USD\"\nrate = \"1.2345\"\n";
    Rates::parse(text).expect("good rates")
}

#[test]
fn a_month_below_zero_is_carried_to_the_next() {
    let payouts = Payouts::of(&asked(Stretch::Month), &told(), None);
    let lines: Vec<_> = payouts
        .rows
        .iter()
        .map(|row| {
            let it = row.amounts;
            let stretch = row.stretch.as_deref().unwrap_or_default();
            (
                stretch,
                row.currency.code(),
                it.held,
                it.due,
                it.carried_in,
                it.carried_out,
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            ("2026-01", "EUR", 0, 4_000, 0, 0),
            ("2026-01", "USD", 10_000, 20_550, 0, 0),
            ("2026-02", "EUR", 0, 0, 0, -7_000),
            ("2026-02", "USD", 0, -10_000, 0, 0),
            ("2026-03", "EUR", 1_111, 0, -7_000, -4_500),
        ]
    );
}

#[test]
fn terms_that_do_not_carry_over_forgive() {
    let (first, second) = (shares("2026-01-01", true), shares("2026-02-01", false));
    let rows = of(
        &[&second, &first],
        vec![
            share("2026-01-01", &first, true, -500),
            share("2026-02-01", &first, true, -300),
            share("2026-02-01", &second, true, 100),
            share("2026-03-01", &second, true, 50),
        ],
    );
    let payouts = Payouts::of(&asked(Stretch::Month), &rows, None);
    let lines = payouts.rows.iter().map(|row| row.amounts);
    let lines: Vec<_> = lines
        .map(|it| (it.due, it.carried_out, it.forgiven))
        .collect();
    assert_eq!(lines, [(0, -500, 0), (0, 0, -700), (50, 0, 0)]);
}

#[test]
fn a_later_period_knows_what_was_carried_into_it() {
    let march = PayoutQuery {
        period: Period::of(Some(day("2026-03-01")), None).expect("a period"),
        ..asked(Stretch::Month)
    };
    let payouts = Payouts::of(&march, &told(), None);
    assert_eq!(payouts.rows.len(), 1);
    assert_eq!(payouts.rows[0].amounts.carried_in, -7_000);
    assert_eq!(payouts.total.booked.get(currency("EUR")), Some(3_611));
}

#[test]
fn payouts_are_a_table() {
    let table = Payouts::of(&asked(Stretch::Month), &told(), None)
        .sheet()
        .to_table();
    assert!(
        table.lines().all(|line| line.chars().count() <= 100),
        "{table}"
    );
    insta::assert_snapshot!(table);
}

#[test]
fn each_converted_row_names_its_rate() {
    let rates = rates();
    let payouts = Payouts::of(
        &asked(Stretch::Month),
        &told(),
        Some((currency("USD"), &rates)),
    );
    let table = payouts.sheet().to_table();
    assert!(
        table.lines().all(|line| line.chars().count() <= 100),
        "{table}"
    );
    insta::assert_snapshot!(table);
    insta::assert_snapshot!(payouts.sheet().to_csv().expect("written to memory"));
    insta::assert_snapshot!(serde_json::to_string_pretty(&payouts).expect("JSON"));
}

#[test]
fn a_missing_rate_is_told_and_leaves_no_total() {
    let rates = Rates::default();
    let payouts = Payouts::of(
        &asked(Stretch::Month),
        &told(),
        Some((currency("USD"), &rates)),
    );
    assert_eq!(payouts.total_converted, None);
    let table = payouts.sheet().to_table();
    assert!(table.contains("no rate"), "{table}");
    let json = serde_json::to_string(&payouts).expect("JSON");
    assert!(
        json.contains("no rate from EUR to USD on or before 2026-01-31: add one to the rates file"),
        "{json}"
    );
}

#[test]
fn by_day_and_as_a_whole_nothing_is_balanced() {
    let mut rows = told();
    for sum in &mut rows.sums {
        sum.since = None;
    }
    let payouts = Payouts::of(&asked(Stretch::Whole), &rows, None);
    let eur = payouts.rows[0].amounts;
    assert_eq!((eur.due, eur.held, eur.carried_out), (-500, 1_111, 0));
}

fn any_sum() -> impl Strategy<Value = PayoutSum> {
    let month = prop::sample::select(vec!["2026-01-01", "2026-02-01", "2026-03-01"]);
    let step = prop::sample::select(PayoutStep::ALL.to_vec());
    (
        month,
        step,
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        -1_000_i128..1_000,
    )
        .prop_map(|(month, step, is_due, is_share, carry_over, minor)| {
            let terms = shares(
                if carry_over {
                    "2026-01-01"
                } else {
                    "2026-02-01"
                },
                carry_over,
            );
            let sum = match is_share {
                true => share(month, &terms, is_due, minor),
                false => cpa(month, step, is_due, minor),
            };
            PayoutSum { step, ..sum }
        })
}

proptest! {
    /// However months are balanced, nothing is lost, and the sums are those of the lines.
    #[test]
    fn each_row_adds_up(sums in prop::collection::vec(any_sum(), 0..30)) {
        let terms = [shares("2026-01-01", true), shares("2026-02-01", false)];
        let rows = of(&[&terms[0], &terms[1]], sums);
        let payouts = Payouts::of(&asked(Stretch::Month), &rows, None);
        let mut all = 0;
        for row in &payouts.rows {
            let it = row.amounts;
            prop_assert_eq!(
                it.booked + it.adjusted + it.clawed_back + it.carried_in,
                it.held + it.due + it.carried_out + it.forgiven
            );
            all += it.booked + it.adjusted + it.clawed_back;
        }
        prop_assert_eq!(all, rows.sums.iter().map(|it| it.minor).sum::<i128>());
        let mut turned = rows.clone();
        turned.sums.reverse();
        turned.terms.reverse();
        prop_assert_eq!(payouts, Payouts::of(&asked(Stretch::Month), &turned, None));
    }
}

#[test]
fn what_is_due_until_then_is_named_in_the_title() {
    let payouts = Payouts::of(&asked(Stretch::Month), &told(), None);
    assert_eq!(payouts.due_until, "2026-04-10T00:00:00Z");
    assert!(payouts.sheet().title.contains("2026-04-10T00:00:00Z"));
}
