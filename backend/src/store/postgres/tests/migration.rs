//! A schema with data in it, brought up to date.

use postern_test_postgres::Database;
use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Row as _};

use crate::store::Store;
use crate::testing::delivery;

#[tokio::test]
async fn a_flag_from_before_revisions_gets_that_of_its_second() {
    let database = Database::create();
    let store = Store::open(&database.url()).await.unwrap();
    let story = [
        delivery(0, "ftd approved 50USD"),
        delivery(1, "ftd rejected 50USD"),
        delivery(2, "ftd approved 60USD"),
    ];
    store.book(&story).await.unwrap();
    store.close().await;
    database.run("ALTER TABLE flags DROP COLUMN revision");
    database.run("DELETE FROM _sqlx_migrations WHERE version = 3");

    Store::open(&database.url()).await.unwrap();
    let mut connection = PgConnection::connect(&database.url()).await.unwrap();
    let query = "SELECT reason, revision FROM flags ORDER BY reason";
    let rows = sqlx::query(query).fetch_all(&mut connection).await.unwrap();
    let flags: Vec<(String, i64)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let expected = [("reapproved", 1), ("unknown_click", 0)];
    assert_eq!(flags, expected.map(|(reason, at)| (reason.to_owned(), at)));
}
