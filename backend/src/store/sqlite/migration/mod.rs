//! A file of an earlier schema, with data of every sort in it, is brought up to date and answers as
//! before.
//!
//! Each file of `fixtures/` was made by the last code that wrote its schema: each delivery of [`SENT`],
//! one by one; in 0004 each of [`PAID`] after them, and at last the click of the lead in it.

mod decided;
mod origin;
mod undone;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::str::FromStr;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Row};
use uuid::Uuid;

use crate::delivery::Delivery;
use crate::ledger::stories::money::{entry_in_words, paid_deliveries};
use crate::ledger::stories::{Step, deliveries};
use crate::ledger::{Cause, FlagReason};
use crate::store::{ConversionRecord, PayoutRecord, Store};
use crate::testing::Folder;

const OF_0001: &str = include_str!("../fixtures/0001.sql");
const OF_0004: &str = include_str!("../fixtures/0004.sql");

/// What was sent, second by second, and what the same content is answered when it comes again.
const SENT: &[Step] = &[
    (0, "registration approved", "duplicate of 0, accepted"),
    (
        1,
        "ftd pending 50.00USD transaction_id=A geo=DE",
        "duplicate of 1, accepted",
    ),
    (
        2,
        "ftd approved 50.00USD transaction_id=A geo=DE",
        "duplicate of 2, updated",
    ),
    (
        3,
        "ftd approved 50.00USD transaction_id=A",
        "duplicate of 1, accepted",
    ),
    (
        4,
        "ftd approved 80USD transaction_id=B",
        "duplicate of 4, flagged",
    ),
    (5, "lead approved clickid=nobody", "duplicate of 5, flagged"),
    (
        6,
        "lead approved clickid=nobody sub_id_1=x",
        "duplicate of 5, flagged",
    ),
    (
        7,
        "lead approved clickid=of_rival",
        "duplicate of 7, flagged",
    ),
    (8, "redeposit approved 20USD", "duplicate of 8, accepted"),
    (9, "redeposit approved 20USD", "duplicate of 9, flagged"),
    (
        10,
        "cashout approved 5USD clickid=nobody",
        "duplicate of 10, flagged",
    ),
    (
        11,
        "cashout approved 5USD clickid=nobody",
        "duplicate of 11, flagged",
    ),
    (12, "ftd approved 50XXX", "invalid of 12"),
    (13, "ftd approved 50XXX", "invalid of 12"),
    (
        14,
        "ftd approved amount={amount} currency=USD",
        "quarantined of 14",
    ),
    (15, "rival: lead approved", "duplicate of 15, accepted"),
    (
        16,
        "rival: lead rejected reason=bot",
        "duplicate of 16, updated",
    ),
    (
        17,
        "rival: lead approved sub_id_1=again",
        "duplicate of 17, flagged",
    ),
    (18, "rival: ftd approved 50USD", "duplicate of 18, accepted"),
    (19, "rival: ftd approved 50EUR", "duplicate of 19, flagged"),
];

/// What was sent under terms, and the lines of money of each conversion it opened.
const PAID: &[Step] = &[
    (
        60,
        "ftd approved 50USD clickid=a",
        "cpa booked 100.00 USD, revshare booked 12.50 USD",
    ),
    (
        120,
        "redeposit approved 40USD clickid=a transaction_id=R",
        "revshare booked 10.00 USD",
    ),
    (180, "lead approved clickid=late", "cpa booked 0.00 USD"),
    (
        27_200,
        "ftd approved 20USD clickid=b geo=DE",
        "cpa booked 150.00 USD, revshare booked 5.00 USD, \
         cpa clawed_back -150.00 USD, revshare clawed_back -5.00 USD",
    ),
    (27_260, "ftd rejected 20USD clickid=b", ""),
    (
        27_320,
        "cashout approved 100USD clickid=a transaction_id=C",
        "revshare booked -25.00 USD",
    ),
];

async fn old_file(content: &'static str) -> Folder {
    let folder = Folder::new();
    let options = SqliteConnectOptions::from_str(&folder.url()).unwrap();
    let mut connection = options.create_if_missing(true).connect().await.unwrap();
    sqlx::raw_sql(content)
        .execute(&mut connection)
        .await
        .unwrap();
    folder
}

/// Brings a file's schema as far as this version.
async fn bring_to(folder: &Folder, version: i64) {
    let options = SqliteConnectOptions::from_str(&folder.url()).unwrap();
    let mut connection = options.connect().await.unwrap();
    let mut until_then = sqlx::migrate!("migrations/sqlite");
    let migrations = until_then
        .migrations
        .iter()
        .filter(|it| it.version <= version);
    until_then.migrations = Cow::Owned(migrations.cloned().collect());
    until_then.run(&mut connection).await.unwrap();
}

/// The moments deliveries were received, by their ids.
async fn moments(folder: &Folder) -> BTreeMap<Uuid, i64> {
    let options = SqliteConnectOptions::from_str(&folder.url()).unwrap();
    let mut connection = options.connect().await.unwrap();
    let query = "SELECT id, received_at - 1717000000 AS second FROM deliveries";
    let rows = sqlx::query(query).fetch_all(&mut connection).await.unwrap();
    rows.iter()
        .map(|row| (row.get("id"), row.get("second")))
        .collect()
}

fn find<'a>(
    conversions: &'a [ConversionRecord],
    event: &str,
    partner: &str,
) -> &'a ConversionRecord {
    let is_meant = |it: &&ConversionRecord| it.event.name() == event && it.partner == partner;
    conversions.iter().rev().find(is_meant).unwrap()
}

#[tokio::test]
async fn each_content_of_an_old_file_is_answered_as_before() {
    answers_as_before(OF_0001, SENT.len()).await;
    answers_as_before(OF_0004, SENT.len() + PAID.len()).await;
}

async fn answers_as_before(content: &'static str, count: usize) {
    let folder = old_file(content).await;
    let moments = moments(&folder).await;
    assert_eq!(moments.len(), count);
    let store = Store::open(&folder.url()).await.unwrap();
    for (sent, (_, words, expected)) in deliveries(SENT).into_iter().zip(SENT) {
        let again = Delivery {
            id: Uuid::now_v7(),
            ..sent
        };
        let entry = &store.book(&[again]).await.unwrap()[0];
        let mut answer = format!("{} of {}", entry.verdict, moments[&entry.answer_id]);
        if let Some(first) = entry.first_result {
            answer += &format!(", {first}");
        }
        assert_eq!(answer, *expected, "{words}");
    }
}

#[tokio::test]
async fn the_conversions_of_an_old_file_have_their_revision_and_flags() {
    let folder = old_file(OF_0001).await;
    let store = Store::open(&folder.url()).await.unwrap();
    let known = store.conversions("known").await.unwrap();
    let nobody = store.conversions("nobody").await.unwrap();
    assert_eq!((known.len(), nobody.len()), (6, 3));
    let counts = |it: &ConversionRecord| (it.revision, it.blocking_flags);
    assert_eq!(
        counts(find(&known, "ftd", "acme")),
        (1, 0),
        "moved once, a later flag"
    );
    assert_eq!(counts(find(&known, "lead", "rival")), (1, 0));
    assert_eq!(
        counts(find(&known, "redeposit", "acme")),
        (0, 1),
        "the suspected one"
    );
    assert_eq!(counts(find(&nobody, "lead", "acme")), (0, 1));
    assert_eq!(
        counts(find(&nobody, "cashout", "acme")),
        (0, 2),
        "two reasons"
    );
    let changes = store.changes("known").await.unwrap();
    let revisions: Vec<u32> = changes.iter().map(|it| it.change.revision).collect();
    assert_eq!(revisions, [1, 1]);
    let flags = store.flags("known").await.unwrap();
    assert_eq!(flags.len(), 4);
    assert!(
        flags.iter().all(|flag| flag.is_open),
        "nobody has decided yet"
    );
    assert_eq!(flags[0].reason, FlagReason::DoubleFtd);
}

#[tokio::test]
async fn a_conversion_of_an_old_file_moves_on() {
    moves_on(OF_0001).await;
    moves_on(OF_0004).await;
}

async fn moves_on(content: &'static str) {
    let folder = old_file(content).await;
    let store = Store::open(&folder.url()).await.unwrap();
    let taken_back = crate::testing::delivery(100, "ftd rejected 50USD transaction_id=A");
    store.book(std::slice::from_ref(&taken_back)).await.unwrap();
    let known = store.conversions("known").await.unwrap();
    let ftd = find(&known, "ftd", "acme");
    assert_eq!((ftd.status.name(), ftd.revision), ("rejected", 2));
    let changes = store.changes("known").await.unwrap();
    let of_ftd: Vec<_> = changes
        .iter()
        .filter(|it| it.conversion == ftd.id)
        .collect();
    assert_eq!(of_ftd[1].delivery, taken_back.id);
    assert_eq!(of_ftd[1].change.revision, 2);
}

fn in_words(booked: &[PayoutRecord]) -> String {
    let words = booked
        .iter()
        .map(|it| entry_in_words(it.kind, it.step, it.amount));
    words.collect::<Vec<_>>().join(", ")
}

#[tokio::test]
async fn the_money_of_an_old_file_is_found_as_it_was_booked() {
    let folder = old_file(OF_0004).await;
    let moments = moments(&folder).await;
    let store = Store::open(&folder.url()).await.unwrap();
    let mut found = Vec::new();
    for clickid in ["a", "b", "late"] {
        for conversion in store.conversions(clickid).await.unwrap() {
            let history = store.history(conversion.id).await.unwrap().unwrap();
            let lines = history.conversion.unwrap().payouts;
            found.push((moments[&conversion.id], in_words(&lines)));
        }
        let booked = store.payouts(clickid).await.unwrap();
        assert!(booked.iter().all(|it| it.partner == "acme"), "{booked:?}");
    }
    found.sort();
    let told = PAID.iter().filter(|(_, _, lines)| !lines.is_empty());
    let told: Vec<(i64, String)> = told.map(|it| (it.0, it.2.to_owned())).collect();
    assert_eq!(found, told);
    let of_lead = &store.payouts("late").await.unwrap()[0];
    assert!(matches!(of_lead.cause, Cause::Decision(_)), "{of_lead:?}");
}

#[tokio::test]
async fn the_money_of_an_old_file_is_taken_back() {
    let folder = old_file(OF_0004).await;
    let store = Store::open(&folder.url()).await.unwrap();
    let steps = [(
        30_100,
        "redeposit rejected 40USD clickid=a transaction_id=R",
        "",
    )];
    store.book(&paid_deliveries(&steps)).await.unwrap();
    let booked = store.payouts("a").await.unwrap();
    let of_redeposit = booked.iter().rfind(|it| it.number == 1);
    assert_eq!(
        of_redeposit.map(|it| entry_in_words(it.kind, it.step, it.amount)),
        Some("revshare clawed_back -10.00 USD".to_owned()),
    );
    let sum: i64 = booked.iter().map(|it| it.amount.minor).sum();
    assert_eq!(sum, 10_000 + 1_250 - 2_500);
}
