//! An import waits for the bookings that could not see its clicks.

use std::pin::pin;

use futures_util::future::{Either, select};
use postern_test_postgres::Database;
use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Executor as _};

use crate::delivery::Delivery;
use crate::ledger::Verdict;
use crate::store::suite::sourced;
use crate::store::{Dimension, FunnelQuery, Store};
use crate::testing::{START, admission, delivery};

/// Somebody else's transaction that is about to book the same content: a booking of it has looked
/// for its click when it comes to wait here.
async fn about_to_book(database: &Database, delivery: &Delivery) -> PgConnection {
    let mut other = PgConnection::connect(&database.url()).await.unwrap();
    other.execute("BEGIN").await.unwrap();
    sqlx::query("INSERT INTO contents VALUES ($1, $2, false, $3, 'accepted', NULL, NULL)")
        .bind(&delivery.clickid)
        .bind(&delivery.fingerprint.0[..])
        .bind(delivery.id)
        .execute(&mut other)
        .await
        .unwrap();
    other
}

/// Ready once somebody in this database waits for a lock of this type.
async fn waited_for(database: &Database, lock: &str) {
    let mut connection = PgConnection::connect(&database.url()).await.unwrap();
    let waiting = "SELECT EXISTS (SELECT FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid)
        WHERE a.datname = current_database() AND l.locktype = $1 AND NOT l.granted)";
    let is_waited_for = async || -> bool {
        let waiting = sqlx::query_scalar(waiting).bind(lock);
        waiting.fetch_one(&mut connection).await.unwrap()
    };
    let mut is_waited_for = is_waited_for;
    while !is_waited_for().await {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_click_imported_while_its_booking_is_under_way_is_told_to_it_all_the_same() {
    let database = Database::create();
    let store = Store::open(&database.url()).await.unwrap();
    let lead = delivery(0, "lead approved clickid=late sub_id_1=event");
    let mut other = about_to_book(&database, &lead).await;
    let booking = tokio::spawn({
        let (store, lead) = (store.clone(), lead.clone());
        async move { store.book(&[lead]).await }
    });
    waited_for(&database, "transactionid").await;

    let late = [sourced("late", "acme", [Some("log"), None], 0)];
    let importing = pin!(store.import_clicks(&late));
    let waiting = pin!(waited_for(&database, "advisory"));
    let imported = match select(importing, waiting).await {
        Either::Left((imported, _)) => imported, // it waited for nobody
        Either::Right(((), importing)) => {
            other.execute("ROLLBACK").await.unwrap();
            importing.await
        }
    };
    let _ = other.execute("ROLLBACK").await;
    imported.unwrap();
    let booked = booking.await.unwrap().unwrap();
    assert_eq!(booked[0].verdict, Verdict::Flagged, "it saw no click");
    let agreements = admission(&["acme"]).agreements;
    let healed = store.heal(&["late"], &agreements, START).await;
    assert_eq!(healed.unwrap(), 1);
    let flags = store.flags("late").await.unwrap();
    assert!(flags.iter().all(|flag| !flag.is_open), "{flags:?}");
    let by_source = FunnelQuery {
        by: vec![Dimension::Source],
        ..FunnelQuery::default()
    };
    let counted = store.funnel(&by_source).await.unwrap().conversions;
    assert_eq!(counted[0].key.get("sub_id_1"), Some("log"));
}
