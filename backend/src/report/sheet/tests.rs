//! What a sheet looks like.

use postern_protocol::currency::Currency;

use super::{Cell, Column, Interval, Kind, Ratio, Sheet, json_line};
use crate::report::{Sum, Sums};

fn sums(amounts: &[(&str, i128)]) -> Sums {
    let sum = |&(code, minor): &(&str, i128)| Sum {
        currency: Currency::parse(code).expect(code),
        minor,
    };
    amounts.iter().map(sum).collect()
}

fn interval() -> Interval {
    Interval {
        value: Ratio::of(1, 8),
        low: Ratio::new(0.091),
        high: Ratio::new(0.168),
    }
}

fn sheet() -> Sheet {
    let row = |source: &str, clicks, money: &[(&str, i128)], sure| {
        vec![
            Cell::Outside(source.to_owned()),
            Cell::Number(clicks),
            Cell::Money(sums(money)),
            Cell::Interval(sure),
        ]
    };
    Sheet {
        title: "sources, all time".to_owned(),
        columns: vec![
            Column::new("source", "source", Kind::Text),
            Column::new("clicks", "clicks", Kind::Number),
            Column::new("revenue", "revenue", Kind::Money),
            Column::new("rate", "rate", Kind::Interval),
        ],
        rows: vec![
            row(
                "=cmd|' /C calc'!A0",
                8,
                &[("USD", -5_000)],
                Some(interval()),
            ),
            row(
                "brief\u{1b}[2J",
                1_000_000,
                &[("USD", 1), ("EUR", 20_000)],
                None,
            ),
        ],
        total: None,
        notes: vec!["something to know".to_owned()],
    }
}

#[test]
fn a_table_has_numbers_below_each_other_and_nothing_that_moves_the_cursor() {
    insta::assert_snapshot!(sheet().to_table());
}

#[test]
fn csv_has_a_column_for_each_currency_and_no_formula() {
    insta::assert_snapshot!(sheet().to_csv().expect("written to memory"));
}

#[test]
fn json_keeps_texts_and_the_order_of_members() {
    let cells = [
        Cell::Outside("=1+1".to_owned()),
        Cell::Json(r#"["unknown_click"]"#.to_owned()),
        Cell::Empty,
        Cell::Is(true),
        Cell::Interval(Some(interval())),
    ];
    assert_eq!(
        json_line(&["text", "flags", "none", "is", "rate"], &cells),
        r#"{"text":"=1+1","flags":["unknown_click"],"none":null,"is":true,"rate":{"value":0.125,"low":0.091,"high":0.168}}"#
    );
}

#[test]
fn an_empty_sheet_says_so() {
    let mut empty = sheet();
    empty.rows.clear();
    assert!(empty.to_table().contains("no row matches"));
    assert_eq!(
        empty.to_csv().expect("written"),
        "source,clicks,rate,rate_low,rate_high\n"
    );
}

#[test]
fn a_ratio_of_nothing_is_no_number() {
    assert_eq!(Ratio::of(0, 0).percent(), "–");
    assert_eq!(Ratio::of(0, 0).to_string(), "");
    assert_eq!(Ratio::of(1, 3).to_string(), "0.333333");
    assert_eq!(Ratio::new(-0.000_000_1).to_string(), "0.000000");
    assert_eq!(Ratio::new(f64::NAN).value(), None);
}
