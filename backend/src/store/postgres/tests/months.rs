//! Deliveries by month.

use postern_test_postgres::Database;
use sqlx::Connection as _;
use sqlx::postgres::PgConnection;

use crate::report::period::Day;
use crate::store::Store;
use crate::testing::delivery;

#[tokio::test]
async fn months_get_partitions_and_take_over_what_came_before_them() {
    let database = Database::create();
    let store = Store::open(&database.url()).await.unwrap();
    let early = delivery(0, "lead approved"); // 2024-05-29
    store.book(std::slice::from_ref(&early)).await.unwrap();
    let today = Day::of(early.received_at);
    store.prepare_months(today).await.unwrap();
    store.prepare_months(today).await.unwrap();
    let late = delivery(3 * 86_400, "ftd approved 5USD"); // 2024-06-01
    store.book(std::slice::from_ref(&late)).await.unwrap();
    let tables = "SELECT tableoid::regclass::text FROM deliveries ORDER BY id";
    let mut connection = PgConnection::connect(&database.url()).await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar(tables)
        .fetch_all(&mut connection)
        .await
        .unwrap();
    assert_eq!(tables, ["deliveries_2024_05", "deliveries_2024_06"]);
    for booked in [&early, &late] {
        assert!(store.delivery(booked.id).await.unwrap().is_some());
    }

    let in_june = Day::parse("2024-06-15").unwrap();
    let would_go = store.count_older(in_june, in_june).await.unwrap();
    let gone = store.prune(in_june, in_june).await.unwrap();
    assert_eq!(gone, would_go);
    let months: Vec<_> = gone
        .parts
        .iter()
        .map(|part| part.month.unwrap().to_string())
        .collect();
    assert_eq!(months, ["2024-05"]);
    assert_eq!(gone.kept.unwrap().to_string(), "2024-06");
    assert_eq!(store.delivery(early.id).await.unwrap(), None);
    assert!(store.delivery(late.id).await.unwrap().is_some());
    assert_eq!(store.conversions("known").await.unwrap().len(), 2);
}
