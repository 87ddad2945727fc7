//! Lines of money as a list: what a row of the payouts report adds up from.

use postern_protocol::currency::Currency;
use postern_protocol::id::PartnerId;

use super::earnings::paid;
use crate::report::period::{Day, Period};
use crate::store::place::{Kind, on_every_store};
use crate::store::{Line, LineFilter, PayoutQuery, Store, Stretch};
use crate::testing::START;

on_every_store! {
    a_walk_over_lines_sees_each_once_newest_first,
    the_lines_of_a_row_add_up_to_it,
}

fn lines_of(partner: &str, booked: Period) -> LineFilter {
    LineFilter {
        partner: PartnerId::parse(partner).unwrap(),
        currency: Currency::parse("USD").unwrap(),
        booked,
    }
}

async fn all(store: &Store, filter: &LineFilter, limit: u32) -> Vec<Line> {
    let mut seen: Vec<Line> = Vec::new();
    loop {
        let after = seen.last().map(Line::place);
        let page = store.list_lines(filter, after, limit).await.unwrap();
        if page.is_empty() {
            return seen;
        }
        seen.extend(page);
    }
}

async fn a_walk_over_lines_sees_each_once_newest_first(kind: Kind) {
    let (_place, store) = paid(kind).await;
    let everything = lines_of("acme", Period::default());
    let whole = all(&store, &everything, 100).await;
    assert!(whole.len() > 4, "{}", whole.len());
    let key = |line: &Line| {
        let place = line.place();
        (place.booked_at, place.conversion, place.number)
    };
    assert!(whole.is_sorted_by(|one, next| key(one) > key(next)));
    for limit in [1, 2, 3] {
        assert_eq!(all(&store, &everything, limit).await, whole, "by {limit}");
    }
    assert_eq!(
        all(&store, &lines_of("east", Period::default()), 9).await,
        []
    );
}

async fn the_lines_of_a_row_add_up_to_it(kind: Kind) {
    let (_place, store) = paid(kind).await;
    let query = PayoutQuery {
        period: Period::default(),
        partner: None,
        by: Stretch::Day,
        now: START,
    };
    let rows = store.payout_sums(&query).await.unwrap();
    let days: std::collections::BTreeSet<Day> =
        rows.sums.iter().filter_map(|sum| sum.since).collect();
    assert!(days.len() > 1, "the story takes more than a day");
    for day in days {
        let of_day = rows.sums.iter().filter(|sum| sum.since == Some(day));
        let usd = of_day.filter(|sum| sum.currency.code() == "USD");
        let (entries, minor) = usd.fold((0, 0), |(entries, minor), sum| {
            (entries + sum.entries, minor + sum.minor)
        });
        let only = Period {
            from: Some(day),
            to: Some(day),
        };
        let lines = all(&store, &lines_of("acme", only), 2).await;
        let sum: i128 = lines
            .iter()
            .map(|it| i128::from(it.payout.amount.minor))
            .sum();
        assert_eq!((lines.len() as u64, sum), (entries, minor), "{day}");
    }
}
