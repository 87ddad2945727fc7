//! What reports count: the same story gives the same rows on every store.

use postern_protocol::currency::Currency;
use postern_protocol::id::PartnerId;
use postern_protocol::time::UnixSeconds;

use crate::report::funnel::Funnel;
use crate::report::period::{Day, Period};
use crate::store::place::{Kind, Place, on_every_store};
use crate::store::{Click, Dimension, FunnelQuery, Store};
use crate::testing::{START, click, delivery, delivery_of};

use super::tell;

on_every_store! {
    a_funnel_counts_clicks_and_what_came_of_them,
    a_source_is_the_clicks_else_the_events,
    a_period_holds_its_days_and_says_what_it_leaves_out,
    telling_rows_apart_changes_no_sum,
    a_sum_beyond_64_bits_is_exact,
    the_first_groups_are_those_of_the_whole,
}

pub(super) const DAY: i64 = 86_400;

pub(crate) fn sourced(clickid: &str, partner: &str, source: [Option<&str>; 2], day: i64) -> Click {
    Click {
        clicked_at: Some(UnixSeconds(START.0 + day * DAY)),
        geo: Some("DE".to_owned()),
        sub_id_1: source[0].map(str::to_owned),
        sub_id_2: source[1].map(str::to_owned),
        ..click(clickid, Some(partner))
    }
}

/// Five clicks of two partners on two days, and what came of them.
async fn told(kind: Kind) -> (Place, Store) {
    let (place, store) = kind.store().await;
    let clicks = [
        sourced("a", "acme", [Some("blog"), Some("top")], 0),
        sourced("b", "acme", [Some("blog"), None], 0),
        sourced("c", "acme", [None, None], 1),
        sourced("r", "rival", [Some("blog"), Some("top")], 1),
        click("undated", Some("acme")),
    ];
    store.import_clicks(&clicks).await.unwrap();
    let later = DAY + 60;
    tell(
        &store,
        &[&[
            delivery(60, "registration approved clickid=a"),
            delivery(61, "ftd approved 50USD clickid=a"),
            delivery(
                62,
                "registration approved clickid=b sub_id_1=other sub_id_2=x geo=FR",
            ),
            delivery(63, "ftd pending 20USD clickid=b"),
            delivery(
                64,
                "ftd approved 70USD clickid=unknown sub_id_1=event geo=FR",
            ),
            delivery(
                later,
                "ftd approved 9.99EUR clickid=c sub_id_1=event sub_id_2=y",
            ),
            delivery(
                later + 1,
                "cashout approved 5EUR clickid=c transaction_id=T",
            ),
            delivery_of("rival", later + 2, "ftd approved 10USD clickid=r"),
            delivery_of("rival", later + 3, "ftd rejected 10USD clickid=r"),
        ]],
    )
    .await;
    (place, store)
}

/// Each row on a line: its key, clicks, registrations, FTDs, pending, flagged, taken back, deposits.
pub(super) async fn in_words(store: &Store, asked: &FunnelQuery) -> Vec<String> {
    let funnel = Funnel::of(asked, &store.funnel(asked).await.unwrap());
    let line = |row: &crate::report::funnel::FunnelRow| {
        let key: Vec<&str> = row
            .group
            .parts()
            .map(|(_, value)| value.unwrap_or("–"))
            .collect();
        let steps = &row.steps;
        let deposits: Vec<String> = steps.deposits.iter().map(|sum| sum.to_string()).collect();
        format!(
            "{}: {} {} {} {} {} {} [{}]",
            key.join(" "),
            steps.clicks,
            steps.registrations,
            steps.ftds,
            steps.pending,
            steps.flagged,
            steps.taken_back,
            deposits.join(", ")
        )
    };
    funnel.rows.iter().map(line).collect()
}

pub(super) fn by(dimensions: &[Dimension]) -> FunnelQuery {
    FunnelQuery {
        by: dimensions.to_vec(),
        ..FunnelQuery::default()
    }
}

async fn a_funnel_counts_clicks_and_what_came_of_them(kind: Kind) {
    let (_place, store) = told(kind).await;
    assert_eq!(
        in_words(&store, &by(&[Dimension::Day, Dimension::Partner])).await,
        [
            "acme –: 1 0 0 0 0 0 []",
            "acme 2024-05-29: 2 2 1 1 1 0 [50.00 USD]",
            "acme 2024-05-30: 1 0 1 0 0 0 [9.99 EUR]",
            "rival 2024-05-30: 1 0 0 0 0 1 []",
        ]
    );
}

async fn a_source_is_the_clicks_else_the_events(kind: Kind) {
    let (_place, store) = told(kind).await;
    assert_eq!(
        in_words(&store, &by(&[Dimension::Source])).await,
        [
            "– –: 2 0 0 0 0 0 []",
            "blog –: 1 1 0 1 0 0 []",
            "blog top: 2 1 1 0 0 1 [50.00 USD]",
            "event –: 0 0 0 0 1 0 []",
            "event y: 0 0 1 0 0 0 [9.99 EUR]",
        ]
    );
    assert_eq!(
        in_words(&store, &by(&[Dimension::Geo])).await,
        [
            "–: 1 0 0 0 0 0 []",
            "DE: 4 2 2 1 0 1 [9.99 EUR, 50.00 USD]",
            "FR: 0 0 0 0 1 0 []",
        ]
    );
}

async fn a_period_holds_its_days_and_says_what_it_leaves_out(kind: Kind) {
    let (_place, store) = told(kind).await;
    let first = Some(Day::of(START));
    let asked = FunnelQuery {
        period: Period::of(first, first).unwrap(),
        partner: Some(PartnerId::parse("acme").unwrap()),
        by: vec![Dimension::Partner],
        ..FunnelQuery::default()
    };
    assert_eq!(
        in_words(&store, &asked).await,
        ["acme: 2 2 1 1 1 0 [50.00 USD]"]
    );
    let funnel = Funnel::of(&asked, &store.funnel(&asked).await.unwrap());
    assert!(funnel.notes[0].ends_with(": 1"), "{:?}", funnel.notes);
}

async fn telling_rows_apart_changes_no_sum(kind: Kind) {
    let (_place, store) = told(kind).await;
    let whole = by(&[]);
    let whole = Funnel::of(&whole, &store.funnel(&whole).await.unwrap());
    assert_eq!((whole.total.clicks, whole.total.conversions()), (5, 8));
    for chosen in 1..16_usize {
        let dimensions = Dimension::ALL.into_iter().enumerate();
        let chosen: Vec<Dimension> = dimensions
            .filter(|(place, _)| chosen & (1 << place) != 0)
            .map(|(_, dimension)| dimension)
            .collect();
        let asked = by(&chosen);
        let apart = Funnel::of(&asked, &store.funnel(&asked).await.unwrap());
        assert_eq!(apart.total, whole.total, "{chosen:?}");
    }
}

async fn a_sum_beyond_64_bits_is_exact(kind: Kind) {
    let (place, store) = kind.store().await;
    let deposit = |number| {
        let words = format!("redeposit approved 7USD transaction_id=T-{number}");
        delivery(number, &words)
    };
    let deposits: Vec<_> = (0..3).map(deposit).collect();
    store.import_clicks(&[click("known", None)]).await.unwrap();
    store.book(&deposits).await.unwrap();
    // No delivery can say so much; a sum of very many could.
    place
        .run("UPDATE conversions SET amount_minor = 9223372036854775807")
        .await;
    let asked = by(&[]);
    let funnel = Funnel::of(&asked, &store.funnel(&asked).await.unwrap());
    let usd = Currency::parse("USD").unwrap();
    assert_eq!(
        funnel.total.deposits.get(usd),
        Some(3 * i128::from(i64::MAX))
    );
}

/// A source with so many clicks on one day that its groups are few, and names whose order depends on how
/// texts are compared.
pub(super) fn busy_and_odd() -> Vec<Click> {
    let busy = (0..40).map(|number| format!("busy-{number}"));
    let busy = busy.map(|clickid| sourced(&clickid, "acme", [Some("Busy"), None], 0));
    let odd = ["busy", "Zoo", "zoo", "Ärger", "zoo "].into_iter().zip(0..);
    let odd = odd.map(|(name, day)| sourced(name, "rival", [Some(name), Some("x")], day));
    busy.chain(odd).collect()
}

/// What rows can be told apart by, each choice of dimensions once.
pub(super) fn choices() -> impl Iterator<Item = Vec<Dimension>> {
    (0_u32..16).map(|bits| {
        let all = Dimension::ALL.into_iter().zip(0..);
        all.filter(|(_, place)| bits >> place & 1 == 1)
            .map(|(dimension, _)| dimension)
            .collect()
    })
}

async fn the_first_groups_are_those_of_the_whole(kind: Kind) {
    let (_place, store) = told(kind).await;
    store.import_clicks(&busy_and_odd()).await.unwrap();
    for by in choices() {
        let asked = FunnelQuery {
            by,
            ..FunnelQuery::default()
        };
        let whole = Funnel::of(&asked, &store.funnel(&asked).await.unwrap());
        for first in [1, 2, 3, 5, whole.rows.len(), whole.rows.len() + 1] {
            let asked = FunnelQuery {
                first: Some(first),
                ..asked.clone()
            };
            let cut = Funnel::of(&asked, &store.funnel(&asked).await.unwrap());
            let rows = whole.rows.iter().take(first).collect::<Vec<_>>();
            assert_eq!(cut.rows.iter().collect::<Vec<_>>(), rows, "{asked:?}");
            assert_eq!(cut.total, whole.total, "{asked:?}");
            assert_eq!(cut.is_cut, whole.rows.len() > first, "{asked:?}");
        }
    }
}
