//! What reports make of money: the same story gives the same sums on every store.

use postern_protocol::currency::Currency;
use postern_protocol::id::PartnerId;
use postern_protocol::money::Money;
use postern_protocol::time::UnixSeconds;

use crate::delivery::Delivery;
use crate::ledger::stories::money::agreement;
use crate::report::Sums;
use crate::report::payouts::{PayoutRow, Payouts};
use crate::report::period::{Day, Period};
use crate::report::sources::{Recommendation, Sources, Thresholds};
use crate::store::place::{Kind, Place, on_every_store};
use crate::store::{Click, Dimension, PayoutQuery, SourceQuery, Store, Stretch};
use crate::testing::{START, delivery};

use super::reports::{DAY, busy_and_odd, choices, sourced};
use super::tell;

on_every_store! {
    payouts_are_what_the_ledger_booked,
    the_same_money_is_held_or_due_however_it_is_told_apart,
    sources_are_judged_by_their_clicks,
    the_first_sources_are_judged_as_among_all,
}

/// Two priced clicks of a source: one that deposits and takes out, one that is taken back.
pub(super) async fn paid(kind: Kind) -> (Place, Store) {
    let (place, store) = kind.store().await;
    let usd = Currency::parse("USD").unwrap();
    let priced = |clickid, cents| Click {
        cost: Money::of_minor(cents, usd),
        ..sourced(clickid, "acme", [Some("blog"), None], 0)
    };
    store
        .import_clicks(&[priced("a", 3_000), priced("b", 2_000)])
        .await
        .unwrap();
    let agreement = agreement();
    let story = [
        delivery(60, "ftd approved 50USD clickid=a"),
        delivery(120, "redeposit approved 40USD clickid=a transaction_id=R"),
        delivery(27_200, "ftd approved 20USD clickid=b geo=DE"),
        delivery(27_260, "ftd rejected 20USD clickid=b"),
        delivery(27_320, "cashout approved 100USD clickid=a transaction_id=C"),
    ]
    .map(|delivery| Delivery {
        agreement: agreement.clone(),
        ..delivery
    });
    tell(&store, &[&story[..3], &story[3..]]).await;
    (place, store)
}

fn asked(by: Stretch, days: i64) -> PayoutQuery {
    PayoutQuery {
        period: Period::default(),
        partner: None,
        by,
        now: UnixSeconds(START.0 + days * DAY),
    }
}

async fn payouts(store: &Store, asked: &PayoutQuery) -> Payouts {
    Payouts::of(asked, &store.payout_sums(asked).await.unwrap(), None)
}

async fn payouts_are_what_the_ledger_booked(kind: Kind) {
    let (_place, store) = paid(kind).await;
    // CPA 100 and 150 with 150 taken back; shares 12.50, 10 and 5 with 5 taken back, less 25.
    let by_month = payouts(&store, &asked(Stretch::Month, 60)).await;
    let [row] = by_month.rows.as_slice() else {
        panic!("{by_month:?}")
    };
    let it = row.amounts;
    assert_eq!(row.stretch.as_deref(), Some("2024-05"));
    assert_eq!((it.booked, it.clawed_back), (25_250, -15_500));
    assert_eq!((it.held, it.due, it.carried_out), (0, 10_000, -250));
    let by_day = payouts(&store, &asked(Stretch::Day, 60)).await;
    let day = |row: &PayoutRow| (row.stretch.clone().unwrap(), row.amounts.due);
    let days: Vec<_> = by_day.rows.iter().map(day).collect();
    assert_eq!(
        days,
        [
            ("2024-05-29".to_owned(), 12_250),
            ("2024-05-30".to_owned(), -2_500)
        ]
    );
}

async fn the_same_money_is_held_or_due_however_it_is_told_apart(kind: Kind) {
    let (_place, store) = paid(kind).await;
    for by in [Stretch::Month, Stretch::Day, Stretch::Whole] {
        for days in [1, 15, 60] {
            let told = payouts(&store, &asked(by, days)).await;
            let left = told.rows.iter().map(|row| row.amounts);
            let left =
                left.map(|it| it.held + it.due + it.carried_out + it.forgiven - it.carried_in);
            assert_eq!(left.sum::<i128>(), 9_750, "{by:?} after {days} days");
        }
    }
}

async fn sources_are_judged_by_their_clicks(kind: Kind) {
    let (_place, store) = paid(kind).await;
    // All time, a month, and the one day.
    for days in [None, Some(30), Some(0)] {
        let day = Day::of(START);
        let from = days.map(|days| Day(day.0 - days));
        let period = Period::of(from, Some(day)).unwrap();
        is_judged(&store, period).await;
    }
}

async fn is_judged(store: &Store, period: Period) {
    let asked = SourceQuery {
        period,
        partner: PartnerId::parse("acme").ok(),
        by: vec![Dimension::Source, Dimension::Day],
        first: None,
        now: START,
    };
    let sources = judged(store, &asked).await;
    let [row] = sources.rows.as_slice() else {
        panic!("{sources:?}")
    };
    assert_eq!(row.group.get("day"), Some("2024-05-29"));
    assert_eq!((row.clicks, row.costed_clicks, row.ftds), (2, 2, 1));
    let sums = |sums: &Sums| sums.iter().map(|it| it.to_string()).collect::<Vec<_>>();
    assert_eq!(sums(&row.cost), ["50.00 USD"]);
    assert_eq!(sums(&row.revenue), ["97.50 USD"]);
    let roi = row.roi.unwrap();
    assert_eq!(roi.interval.value.value(), Some(0.95));
    assert_eq!(row.advice.recommendation, Recommendation::TooEarly);
}

/// Most earn nothing, and are judged by the most that a click of another source earned.
async fn the_first_sources_are_judged_as_among_all(kind: Kind) {
    let (_place, store) = paid(kind).await;
    let usd = Currency::parse("USD").unwrap();
    let priced = |click| Click {
        cost: Money::of_minor(100, usd),
        ..click
    };
    let clicks: Vec<_> = busy_and_odd().into_iter().map(priced).collect();
    store.import_clicks(&clicks).await.unwrap();
    for by in choices() {
        let asked = SourceQuery {
            period: Period::default(),
            partner: None,
            by,
            first: None,
            now: START,
        };
        let whole = judged(&store, &asked).await;
        assert!(whole.rows.iter().all(|row| row.roi.is_some()), "{asked:?}");
        for first in [1, 2, 3, 5, whole.rows.len(), whole.rows.len() + 1] {
            let asked = SourceQuery {
                first: Some(first),
                ..asked.clone()
            };
            let cut = judged(&store, &asked).await;
            let rows = whole.rows.iter().take(first).collect::<Vec<_>>();
            assert_eq!(cut.rows.iter().collect::<Vec<_>>(), rows, "{asked:?}");
            assert_eq!(cut.is_cut, whole.rows.len() > first, "{asked:?}");
        }
    }
}

async fn judged(store: &Store, asked: &SourceQuery) -> Sources {
    let rows = store.sources(asked).await.unwrap();
    Sources::of(asked, &rows, Thresholds::default(), None)
}
