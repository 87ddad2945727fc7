//! The click log.

use postern_protocol::currency::Currency;
use postern_protocol::money::Money;
use postern_protocol::time::UnixSeconds;

use crate::ledger::FlagReason;
use crate::store::place::{Kind, on_every_store};
use crate::store::{Click, ImportRecord, Imported, Mark, Store};
use crate::testing::{START, click, delivery, delivery_of};

use super::tell;

on_every_store! {
    clicks_are_counted_and_filled_in,
    of_a_click_in_several_lines_the_last_word_holds,
    a_click_that_is_refused_costs_no_other,
    how_far_an_import_came_is_kept_with_its_clicks,
    behind_a_refused_click_an_import_is_not_done,
    importers_of_the_same_clicks_get_along,
    clicks_are_kept_to_the_letter,
}

fn counts(new: u64, filled_in: u64, known: u64) -> Imported {
    Imported {
        new,
        filled_in,
        known,
    }
}

async fn clicks_are_counted_and_filled_in(kind: Kind) {
    let (_place, store) = kind.store().await;
    let first = [click("a", None), click("b", Some("acme"))];
    assert_eq!(store.import_clicks(&first).await.unwrap(), counts(2, 0, 0));
    // The same click twice in one import is one click.
    let again = [
        click("a", Some("rival")),
        click("b", None),
        click("c", None),
        click("c", None),
    ];
    assert_eq!(store.import_clicks(&again).await.unwrap(), counts(1, 1, 2));

    let entries = tell(
        &store,
        &[&[
            delivery(0, "lead approved clickid=a"),
            delivery(1, "lead approved clickid=b"),
            delivery_of("rival", 2, "lead approved clickid=b"),
        ]],
    )
    .await;
    let flags: Vec<_> = entries.iter().map(|entry| entry.flags.clone()).collect();
    assert_eq!(
        flags,
        [
            vec![FlagReason::ForeignClick],
            vec![],
            vec![FlagReason::ForeignClick]
        ]
    );
}

/// What the store holds of a click, as another import of it shows: nothing of it is news.
async fn assert_holds(store: &Store, click: Click) {
    let imported = store.import_clicks(&[click]).await.unwrap();
    assert_eq!(imported, counts(0, 0, 1));
}

async fn of_a_click_in_several_lines_the_last_word_holds(kind: Kind) {
    let (_place, store) = kind.store().await;
    let says = |partner: Option<&str>, geo: Option<&str>| Click {
        geo: geo.map(str::to_owned),
        ..click("a", partner)
    };
    let lines = [
        says(Some("acme"), None),
        says(None, Some("DE")),
        says(Some("rival"), None),
        says(None, None),
    ];
    assert_eq!(store.import_clicks(&lines).await.unwrap(), counts(1, 2, 1));
    assert_holds(&store, says(Some("rival"), Some("DE"))).await;
    // And the same line by line.
    let (_place, store) = kind.store().await;
    let mut sum = Imported::default();
    for line in lines {
        sum = sum.and(store.import_clicks(&[line]).await.unwrap());
    }
    assert_eq!(sum, counts(1, 2, 1));
    assert_holds(&store, says(Some("rival"), Some("DE"))).await;
}

/// A second rule for the table, that a click with a sub id already taken breaks.
const ONE_CLICK_A_SUB_ID: &str = "CREATE UNIQUE INDEX one_click_a_sub_id ON clicks (sub_id_1)";

/// A hundred clicks, two of which have the same sub id.
fn with_a_bad_one() -> Vec<Click> {
    let numbered = |number: u32| Click {
        sub_id_1: Some(format!("s{}", if number == 70 { 30 } else { number })),
        ..click(&format!("click-{number:03}"), None)
    };
    (0..100).map(numbered).collect()
}

async fn a_click_that_is_refused_costs_no_other(kind: Kind) {
    let (place, store) = kind.store().await;
    place.run(ONE_CLICK_A_SUB_ID).await;
    let done = store.import_chunk(&with_a_bad_one(), None).await.unwrap();
    assert_eq!(done.imported, counts(99, 0, 0));
    let refused: Vec<&str> = done.refused.iter().map(|(id, _)| &**id).collect();
    assert_eq!(refused, ["click-070"]);
}

fn record(lines: u64) -> ImportRecord {
    ImportRecord {
        name: "clicks.csv".to_owned(),
        mark: Mark {
            lines,
            bytes: 10 * lines,
            digest: [7; 32],
        },
        imported_at: START,
    }
}

async fn how_far_an_import_came_is_kept_with_its_clicks(kind: Kind) {
    let (_place, store) = kind.store().await;
    assert_eq!(store.import_record("clicks.csv").await.unwrap(), None);
    for lines in [1, 1_000] {
        let clicks: Vec<Click> = (0..lines).map(|it| click(&format!("{it}"), None)).collect();
        let record = record(lines);
        store.import_chunk(&clicks, Some(&record)).await.unwrap();
        let kept = store.import_record("clicks.csv").await.unwrap();
        assert_eq!(kept, Some(record));
    }
    // A chunk of nothing but refused lines brings an import on as well.
    store.import_chunk(&[], Some(&record(2_000))).await.unwrap();
    let kept = store.import_record("clicks.csv").await.unwrap();
    assert_eq!(kept, Some(record(2_000)));
    let later = ImportRecord {
        name: "later.csv".to_owned(),
        imported_at: UnixSeconds(START.0 + 60),
        ..record(1)
    };
    store.import_chunk(&[], Some(&later)).await.unwrap();
    let first = [record(2_000)];
    assert_eq!(store.imports(None, 1).await.unwrap(), first);
    let rest = store.imports(Some("clicks.csv"), 2).await;
    assert_eq!(rest.unwrap(), [later]);
    assert_eq!(store.import_record("other.csv").await.unwrap(), None);
}

async fn behind_a_refused_click_an_import_is_not_done(kind: Kind) {
    let (place, store) = kind.store().await;
    place.run(ONE_CLICK_A_SUB_ID).await;
    let done = store
        .import_chunk(&with_a_bad_one(), Some(&record(100)))
        .await;
    assert_eq!(done.unwrap().refused.len(), 1);
    assert_eq!(store.import_record("clicks.csv").await.unwrap(), None);
    place.run("DROP INDEX one_click_a_sub_id").await;
    let done = store
        .import_chunk(&with_a_bad_one(), Some(&record(100)))
        .await;
    assert_eq!(done.unwrap().imported, counts(1, 0, 99));
    let kept = store.import_record("clicks.csv").await.unwrap();
    assert_eq!(kept, Some(record(100)));
}

async fn importers_of_the_same_clicks_get_along(kind: Kind) {
    const CLICKS: u32 = 5_000;
    let place = kind.place().await;
    let (one, other) = (place.open().await, place.open().await);
    let upwards: Vec<Click> = (0..CLICKS)
        .map(|it| click(&format!("c-{it}"), None))
        .collect();
    let downwards: Vec<Click> = upwards.iter().rev().cloned().collect();
    let (up, down) = tokio::join!(one.import_clicks(&upwards), other.import_clicks(&downwards));
    let sum = up.unwrap().and(down.unwrap());
    assert_eq!(sum, counts(u64::from(CLICKS), 0, u64::from(CLICKS)));
}

/// What separates, ends or escapes somewhere on the way is a text like any other here.
async fn clicks_are_kept_to_the_letter(kind: Kind) {
    let (_place, store) = kind.store().await;
    let odd = [
        "\\",
        "\\N",
        "\\.",
        "a\\tb",
        "\ta\nb\r",
        "\"'",
        "{}",
        "NULL",
        "¤ é 漢",
    ];
    let all: Vec<Click> = odd
        .iter()
        .map(|text| Click {
            clicked_at: Some(START),
            cost: Money::of_minor(15, Currency::parse("USD").unwrap()),
            geo: Some("DE".to_owned()),
            sub_id_1: Some((*text).to_owned()),
            sub_id_2: Some(format!("{text}{text}")),
            ..click(text, Some("acme"))
        })
        .collect();
    let new = store.import_clicks(&all).await.unwrap();
    assert_eq!(new, counts(odd.len() as u64, 0, 0));
    for click in all {
        assert_holds(&store, click).await;
    }
}
