//! Who waits for whom, and who for nobody.

use postern_test_postgres::Database;
use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Executor as _};

use crate::delivery::Delivery;
use crate::ledger::stories::money;
use crate::store::heal::HEAL_CLICKS;
use crate::store::postgres::PostgresStore;
use crate::store::{Store, StoreError};
use crate::testing::{START, admission, click, delivery};

#[tokio::test]
async fn an_import_under_way_keeps_no_booking_waiting_and_waits_for_no_housekeeping() {
    let database = Database::create();
    let store = PostgresStore::open(&database.url()).await.unwrap();
    let importing = store.writers.begin_import().await.unwrap();
    // What waited for the import would give up in the end, and fail.
    let one = store.writers.begin().await.unwrap();
    let other = store.writers.begin().await.unwrap();
    drop((one, other));
    drop(importing);
    let _keeping_house = store.writers.begin_aside().await.unwrap();
    let importing = Store::open(&database.url()).await.unwrap();
    importing.import_clicks(&[click("a", None)]).await.unwrap();
}

#[tokio::test]
async fn a_lock_that_others_hold_is_not_waited_for_without_an_end() {
    let database = Database::create();
    let store = Store::open(&database.url()).await.unwrap();
    let mut other = PgConnection::connect(&database.url()).await.unwrap();
    other.execute("BEGIN; LOCK TABLE contents").await.unwrap();
    let refused = store.book(&[delivery(0, "lead approved")]).await;
    assert!(
        matches!(refused, Err(StoreError::Unavailable(_))),
        "{refused:?}"
    );
    other.execute("ROLLBACK").await.unwrap();
    store.book(&[delivery(0, "lead approved")]).await.unwrap();
}

#[tokio::test]
async fn many_late_clicks_are_healed_in_several_transactions() {
    const MANY: usize = HEAL_CLICKS + 1;
    let database = Database::create();
    let store = Store::open(&database.url()).await.unwrap();
    let clickids: Vec<String> = (0..MANY).map(|number| format!("late-{number}")).collect();
    let leads: Vec<Delivery> = clickids
        .iter()
        .map(|clickid| delivery(0, &format!("lead approved clickid={clickid}")))
        .collect();
    store.book(&leads).await.unwrap();
    let clickids: Vec<&str> = clickids.iter().map(String::as_str).collect();
    let clicks: Vec<_> = clickids.iter().map(|it| click(it, None)).collect();
    store.import_clicks(&clicks).await.unwrap();
    let agreements = admission(&["acme"]).agreements;
    let healed = store.heal(&clickids, &agreements, START).await.unwrap();
    assert_eq!(healed, MANY as u64);
    let mut connection = PgConnection::connect(&database.url()).await.unwrap();
    let transactions = "SELECT count(DISTINCT xmin::text) FROM decisions";
    let transactions: i64 = sqlx::query_scalar(transactions)
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(transactions, 2);
}

#[tokio::test]
async fn what_a_decision_would_do_is_asked_without_a_lock_or_a_row() {
    let database = Database::create();
    let store = Store::open(&database.url()).await.unwrap();
    let flagged = Delivery {
        agreement: money::agreement(),
        ..delivery(0, "ftd approved 50USD geo=DE clickid=nobody")
    };
    store.book(std::slice::from_ref(&flagged)).await.unwrap();
    database.run("DELETE FROM caps");
    let flag = format!("{}/unknown_click", flagged.id).parse().unwrap();
    let agreements = [(flagged.partner.clone(), (*money::agreement()).clone())];
    let agreements = agreements.into_iter().collect();
    let preview = store.preview(flag, &agreements, START).await.unwrap();
    assert!(!preview.approve.unwrap().payouts.is_empty());
    let mut connection = PgConnection::connect(&database.url()).await.unwrap();
    let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM caps")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(rows, 0);
}
