//! Sources of rows that a store could have summed up.

use postern_protocol::currency::Currency;

use super::{Recommendation, Sources, Thresholds};
use crate::rates::Rates;
use crate::report::period::{Day, Period};
use crate::report::statistics::Earnings;
use crate::store::{Dimension, Key, SourceClicks, SourceEarnings, SourceQuery, SourceRows};

fn currency(code: &str) -> Currency {
    Currency::parse(code).expect(code)
}

fn asked() -> SourceQuery {
    let day = |text| Day::parse(text).ok();
    SourceQuery {
        period: Period::of(day("2026-01-01"), day("2026-01-31")).expect("January"),
        partner: None,
        by: vec![Dimension::Source],
        first: None,
        now: Day::parse("2026-02-10").expect("a day").start(),
    }
}

fn key(source: &str) -> Key {
    Key::new(vec![
        ("sub_id_1", Some(source.to_owned())),
        ("sub_id_2", None),
    ])
}

/// A source's clicks, cost in cents, paying clicks and what each earned.
fn source(rows: &mut SourceRows, name: &str, clicks: u64, cost: i128, paid: &[(i64, u32)]) {
    rows.clicks.push(SourceClicks {
        key: key(name),
        currency: Some(currency("USD")),
        clicks,
        cost,
    });
    let mut earnings = Earnings::default();
    for &(minor, count) in paid {
        earnings.add(minor, count);
    }
    if !paid.is_empty() {
        rows.earned(of_costed(name, "USD", earnings));
    }
    let ftds: u32 = paid.iter().map(|it| it.1).sum();
    rows.ftds.push((key(name), ftds.into()));
}

fn of_costed(name: &str, code: &str, earnings: Earnings) -> SourceEarnings {
    SourceEarnings {
        key: key(name),
        is_costed: true,
        currency: currency(code),
        earnings,
    }
}

fn told() -> SourceRows {
    let mut rows = SourceRows::default();
    // 100 deposits of 100 dollars for 4000 dollars: beyond doubt.
    source(&mut rows, "gold", 5_000, 400_000, &[(10_000, 100)]);
    // Nothing came back of 2000 dollars.
    source(&mut rows, "dead", 4_000, 200_000, &[]);
    // Three lucky deposits for 100 dollars.
    source(&mut rows, "lucky", 250, 10_000, &[(10_000, 3)]);
    // 50 for 4500: somewhat above even.
    source(&mut rows, "even", 6_000, 450_000, &[(10_000, 60)]);
    source(&mut rows, "new", 20, 500, &[(10_000, 1)]);
    rows.clicks.push(SourceClicks {
        key: key("unpriced"),
        currency: None,
        clicks: 900,
        cost: 0,
    });
    rows
}

fn advice(sources: &Sources) -> Vec<(&str, Recommendation)> {
    let advice = sources.rows.iter().map(|row| {
        let name = row.group.get("sub_id_1").unwrap_or_default();
        (name, row.advice.recommendation)
    });
    advice.collect()
}

#[test]
fn the_interval_decides_and_not_the_value() {
    let sources = Sources::of(&asked(), &told(), Thresholds::default(), None);
    assert_eq!(
        advice(&sources),
        [
            ("dead", Recommendation::Cut),
            ("even", Recommendation::Hold),
            ("gold", Recommendation::Scale),
            ("lucky", Recommendation::TooEarly),
            ("new", Recommendation::TooEarly),
            ("unpriced", Recommendation::TooEarly),
        ]
    );
    // ROI by hand: 10,000 of 4,000 dollars.
    let gold = sources.rows[2].roi.expect("known");
    assert_eq!(gold.interval.value.value(), Some(1.5));
    // The lucky one's ROI is higher still, and less sure.
    let lucky = sources.rows[3].roi.expect("known").interval;
    assert_eq!(lucky.value.value(), Some(2.0));
    assert!(lucky.low.value() < Some(0.0), "{lucky:?}");
}

#[test]
fn thresholds_are_what_the_configuration_says() {
    let strict = Thresholds {
        min_clicks: 5_000,
        scale_roi_percent: 200,
        cut_roi_percent: 100,
    };
    let sources = Sources::of(&asked(), &told(), strict, None);
    let advice = advice(&sources);
    assert_eq!(
        advice[0].1,
        Recommendation::TooEarly,
        "dead has 4,000 clicks"
    );
    assert_eq!(
        advice[1].1,
        Recommendation::Cut,
        "even does not double the cost"
    );
    assert_eq!(
        advice[2].1,
        Recommendation::Hold,
        "gold does, but hardly triples it"
    );
}

#[test]
fn currencies_are_not_mixed_unless_one_is_named() {
    let mut rows = told();
    let mut euros = Earnings::default();
    euros.add(20_000, 100);
    rows.earned(of_costed("dead", "EUR", euros));
    let apart = Sources::of(&asked(), &rows, Thresholds::default(), None);
    assert_eq!(apart.rows[0].roi, None);
    assert_eq!(
        apart.rows[0].advice.reason,
        "cost and revenue are in EUR and USD: name one with --in"
    );
    let text = "[[rate]]\ndate = \"2026-01-15\"\nfrom = \"EUR\"\nto = \"USD\"\nrate = \"1.5\"\n";
    let rates = Rates::parse(text).expect("good rates");
    let usd = Some((currency("USD"), &rates));
    let together = Sources::of(&asked(), &rows, Thresholds::default(), usd);
    // 20,000 EUR are 30,000 USD, of 2,000.
    let roi = together.rows[0].roi.expect("known").interval;
    assert_eq!(roi.value.value(), Some(14.0));
    assert_eq!(
        together.notes,
        ["ROI is in USD, by the rates that hold on 2026-01-31"]
    );
    let none = Rates::default();
    let missing = Sources::of(
        &asked(),
        &rows,
        Thresholds::default(),
        Some((currency("USD"), &none)),
    );
    assert!(
        missing.rows[0]
            .advice
            .reason
            .starts_with("no rate from EUR to USD")
    );
}

#[test]
fn sources_are_a_table() {
    let sources = Sources::of(&asked(), &told(), Thresholds::default(), None);
    let table = sources.sheet().to_table();
    let grid = table.lines().filter(|line| !line.starts_with("note"));
    assert!(
        grid.max_by_key(|line| line.chars().count())
            .is_some_and(|line| line.chars().count() <= 100),
        "{table}"
    );
    insta::assert_snapshot!(table);
    insta::assert_snapshot!(sources.sheet().to_csv().expect("written to memory"));
}

#[test]
fn sources_are_json_with_stable_names() {
    let mut rows = told();
    rows.clicks.truncate(1);
    rows.ftds.truncate(1);
    rows.earnings.retain(|it| it.key == key("gold"));
    let sources = Sources::of(&asked(), &rows, Thresholds::default(), None);
    insta::assert_snapshot!(serde_json::to_string_pretty(&sources).expect("JSON"));
}
