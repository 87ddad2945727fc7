//! Funnels of rows that a store could have counted.

use postern_protocol::currency::Currency;
use postern_protocol::event::EventKind;
use proptest::prelude::*;

use super::{Funnel, Steps};
use crate::report::period::{Day, Period};
use crate::report::{Sum, Sums};
use crate::store::{ConversionCount, Dimension, FunnelQuery, FunnelRows, Key, Standing};

fn currency(code: &str) -> Currency {
    Currency::parse(code).expect(code)
}

fn key(partner: &str) -> Key {
    Key::new(vec![("partner", Some(partner.to_owned()))])
}

fn counted(
    partner: &str,
    event: EventKind,
    standing: Standing,
    count: u64,
    money: Option<(&str, i128)>,
) -> ConversionCount {
    ConversionCount {
        key: key(partner),
        event,
        standing,
        currency: money.map(|(code, _)| currency(code)),
        count,
        minor: money.map_or(0, |(_, minor)| minor),
    }
}

fn by_partner() -> FunnelQuery {
    let day = Day::parse("2026-01-31").ok();
    FunnelQuery {
        period: Period::of(day, day).expect("a day"),
        partner: None,
        by: vec![Dimension::Partner],
        first: None,
    }
}

/// Two partners: 200 and 50 clicks; what is approved counts as a step, the rest stands apart.
fn told() -> FunnelRows {
    use EventKind::{Cashout, Ftd, Lead, Redeposit, Registration, Rejected};
    FunnelRows {
        clicks: vec![(key("acme"), 200), (key("rival"), 50)],
        conversions: vec![
            counted("acme", Registration, Standing::Approved, 20, None),
            counted("acme", Lead, Standing::Approved, 7, None),
            counted("acme", Ftd, Standing::Approved, 4, Some(("USD", 20_000))),
            counted("acme", Ftd, Standing::Approved, 1, Some(("EUR", 5_050))),
            counted("acme", Ftd, Standing::Pending, 2, Some(("USD", 9_900))),
            counted("acme", Ftd, Standing::Flagged, 3, Some(("USD", 9_900))),
            counted("acme", Ftd, Standing::Rejected, 1, Some(("USD", 9_900))),
            counted(
                "acme",
                Redeposit,
                Standing::Approved,
                10,
                Some(("USD", 100_000)),
            ),
            counted("acme", Cashout, Standing::Approved, 1, Some(("USD", 7_000))),
            counted("acme", Rejected, Standing::Rejected, 1, None),
            counted("rival", Rejected, Standing::Approved, 1, None),
            counted("rival", Registration, Standing::Approved, 5, None),
        ],
        undated_clicks: 12,
        together: None,
    }
}

#[test]
fn each_conversion_stands_in_one_place() {
    let funnel = Funnel::of(&by_partner(), &told());
    let acme = &funnel.rows[0].steps;
    assert_eq!((acme.clicks, acme.registrations, acme.leads), (200, 20, 7));
    assert_eq!((acme.ftds, acme.redeposits, acme.cashouts), (5, 10, 1));
    assert_eq!((acme.pending, acme.flagged, acme.taken_back), (2, 3, 1));
    assert_eq!(acme.rejects, 1);
    assert_eq!(acme.rates.registrations_per_click.value(), Some(0.1));
    assert_eq!(acme.rates.ftds_per_registration.value(), Some(0.25));
    assert_eq!(acme.rates.ftds_per_click.value(), Some(0.025));
    assert_eq!(acme.rates.redeposits_per_ftd.value(), Some(2.0));
    let sums = |amounts: &[(&str, i128)]| -> Sums {
        let sum = |&(code, minor): &(&str, i128)| Sum {
            currency: currency(code),
            minor,
        };
        amounts.iter().map(sum).collect()
    };
    assert_eq!(acme.deposits, sums(&[("USD", 120_000), ("EUR", 5_050)]));
    assert_eq!(acme.withdrawals, sums(&[("USD", 7_000)]));
    assert_eq!((funnel.total.clicks, funnel.total.registrations), (250, 25));
    assert_eq!(funnel.total.rejects, 2);
}

#[test]
fn a_funnel_is_a_table_of_a_hundred_columns_at_most() {
    let table = Funnel::of(&by_partner(), &told()).sheet().to_table();
    assert!(
        table.lines().all(|line| line.chars().count() <= 100),
        "{table}"
    );
    insta::assert_snapshot!(table);
}

#[test]
fn a_funnel_is_csv() {
    let csv = Funnel::of(&by_partner(), &told()).sheet().to_csv();
    insta::assert_snapshot!(csv.expect("written to memory"));
}

#[test]
fn a_funnel_is_json_with_stable_names() {
    let funnel = Funnel::of(&by_partner(), &told());
    insta::assert_snapshot!(serde_json::to_string_pretty(&funnel).expect("JSON"));
}

#[test]
fn without_a_dimension_there_is_one_row() {
    let asked = FunnelQuery::default();
    let rows = FunnelRows {
        clicks: vec![(Key::default(), 3)],
        ..FunnelRows::default()
    };
    let funnel = Funnel::of(&asked, &rows);
    assert_eq!(funnel.rows.len(), 1);
    assert_eq!(funnel.sheet().total, None);
}

fn any_row() -> impl Strategy<Value = ConversionCount> {
    let standing = prop::sample::select(vec![
        Standing::Approved,
        Standing::Pending,
        Standing::Flagged,
        Standing::Rejected,
    ]);
    let money = prop::option::of((
        prop::sample::select(vec!["USD", "EUR", "JPY"]),
        0..i128::from(u64::MAX),
    ));
    let event = prop::sample::select(EventKind::ALL.to_vec());
    (
        prop::sample::select(vec!["a", "b", "c"]),
        event,
        standing,
        0_u64..1_000,
        money,
    )
        .prop_map(|(partner, event, standing, count, money)| {
            counted(partner, event, standing, count, money)
        })
}

proptest! {
    /// The parts add up to the whole, and telling rows apart changes nothing in it.
    #[test]
    fn parts_add_up_to_the_whole(
        conversions in prop::collection::vec(any_row(), 0..40),
        clicks in prop::collection::vec((prop::sample::select(vec!["a", "b", "d"]), 0_u64..1_000), 0..6),
    ) {
        let clicks: Vec<(Key, u64)> = clicks.into_iter().map(|(partner, n)| (key(partner), n)).collect();
        let rows = FunnelRows { clicks, conversions, ..FunnelRows::default() };
        let apart = Funnel::of(&by_partner(), &rows);
        let mut together = rows.clone();
        for (key, _) in &mut together.clicks { *key = Key::default(); }
        for count in &mut together.conversions { count.key = Key::default(); }
        let together = Funnel::of(&FunnelQuery { by: Vec::new(), ..by_partner() }, &together);
        prop_assert_eq!(&apart.total, &together.total);
        let conversions: u64 = rows.conversions.iter().map(|it| it.count).sum();
        prop_assert_eq!(apart.total.conversions(), conversions);
        let mut sum = Steps::default();
        for row in &apart.rows { sum.add(&row.steps); }
        prop_assert_eq!(sum.deposits, apart.total.deposits);
        prop_assert_eq!(sum.clicks, rows.clicks.iter().map(|(_, n)| n).sum::<u64>());
    }

    /// In whatever order a store gives its rows, the report is the same to the byte.
    #[test]
    fn the_order_of_rows_does_not_matter(
        conversions in prop::collection::vec(any_row(), 0..20).prop_shuffle(),
    ) {
        let rows = FunnelRows { conversions, ..FunnelRows::default() };
        let mut turned = rows.clone();
        turned.conversions.reverse();
        let text = |rows| serde_json::to_string(&Funnel::of(&by_partner(), rows)).expect("JSON");
        prop_assert_eq!(text(&rows), text(&turned));
    }
}
