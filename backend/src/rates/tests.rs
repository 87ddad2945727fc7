//! Which rate holds when, what it makes of an amount, and what is said of a file with mistakes.

use postern_protocol::currency::Currency;
use postern_protocol::money::Decimal;
use proptest::prelude::*;

use super::{Rate, Rates, RatesError, SAMPLE};
use crate::report::period::Day;

fn currency(code: &str) -> Currency {
    Currency::parse(code).expect(code)
}

fn day(text: &str) -> Day {
    Day::parse(text).expect(text)
}

fn rate(from: &str, to: &str, rate: &str) -> Rate {
    let decimal = Decimal::parse(rate).expect(rate);
    Rate::new(day("2026-01-01"), currency(from), currency(to), decimal).expect(rate)
}

/// So many of the smallest unit, converted and shown.
fn converted(rate: &Rate, minor: i128) -> String {
    rate.convert(minor).expect("it fits").sum.decimal()
}

#[test]
fn a_rate_holds_from_its_day_until_the_next() {
    let rates = Rates::parse(SAMPLE).expect("the sample is good");
    let on = |text| {
        let rate = rates.on(day(text), currency("EUR"), currency("USD"));
        rate.map(ToString::to_string)
    };
    assert_eq!(on("2025-12-31"), None, "before the first there is none");
    let january = Some("1 EUR = 1.08 USD since 2026-01-01".to_owned());
    assert_eq!(on("2026-01-01"), january);
    assert_eq!(on("2026-01-31"), january);
    let february = Some("1 EUR = 1.1 USD since 2026-02-01".to_owned());
    assert_eq!(on("2026-02-01"), february);
    assert_eq!(on("2030-01-01"), february);
}

#[test]
fn the_other_direction_counts_only_where_it_is_written() {
    let rates = Rates::parse(SAMPLE).expect("the sample is good");
    let today = day("2026-03-01");
    assert!(rates.on(today, currency("USD"), currency("EUR")).is_none());
    assert!(rates.on(today, currency("BTC"), currency("USD")).is_some());
}

#[test]
fn amounts_are_converted_between_their_smallest_units() {
    assert_eq!(converted(&rate("EUR", "USD", "1.0842"), 10_000), "108.42");
    assert_eq!(converted(&rate("JPY", "USD", "0.0065"), 1_000), "6.50");
    assert_eq!(converted(&rate("USD", "JPY", "150"), 100), "150");
    assert_eq!(converted(&rate("BTC", "USD", "65000"), 1), "0.00");
    assert_eq!(
        converted(&rate("USD", "BTC", "0.000015"), 100),
        "0.00001500"
    );
    assert_eq!(converted(&rate("EUR", "USD", "1.1"), -10_001), "-110.01");
}

#[test]
fn halves_go_to_the_even_neighbour() {
    let half = rate("EUR", "USD", "0.5");
    for (minor, shown) in [
        (1, "0.00"),
        (3, "0.02"),
        (5, "0.02"),
        (-1, "0.00"),
        (-3, "-0.02"),
    ] {
        assert_eq!(converted(&half, minor), shown, "{minor}");
    }
}

#[test]
fn what_has_no_room_is_told_and_not_wrapped() {
    let slip = rate("JPY", "ETH", "100000000000000000000");
    let refused = slip.convert(i128::from(i64::MAX)).expect_err("too large");
    assert!(refused.to_string().contains("1 JPY = 1000"), "{refused}");
}

#[test]
fn every_mistake_is_told_at_once_with_its_place() {
    let mistakes = Rates::parse(include_str!("mistakes.toml")).expect_err("full of mistakes");
    insta::assert_snapshot!(mistakes);
}

#[test]
fn a_missing_file_holds_no_rates_and_a_wrong_one_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("rates.toml");
    assert!(Rates::load(&path).expect("it may be missing").is_empty());
    std::fs::write(&path, "rate = 1").expect("written");
    let refused = Rates::load(&path).expect_err("wrong");
    assert!(matches!(refused, RatesError::Mistakes { .. }));
    assert!(
        refused
            .to_string()
            .contains("rates.toml has mistakes:\nrate: must be a list")
    );
}

proptest! {
    #[test]
    fn the_result_is_off_by_half_a_smallest_unit_at_most(
        minor in -(1_i128 << 62)..(1_i128 << 62), units in 1_u64..=1_000_000_000,
    ) {
        let decimal = format!("{}.{:06}", units / 1_000_000, units % 1_000_000);
        let converted = rate("EUR", "USD", &decimal).convert(minor).expect("it fits");
        let exact = minor * i128::from(units);
        prop_assert!((converted.sum.minor * 1_000_000 - exact).abs() * 2 <= 1_000_000);
    }
}
