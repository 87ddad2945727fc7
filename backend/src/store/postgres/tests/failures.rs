//! Real failures of a real server.

use postern_test_postgres::{Database, Server};
use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Executor as _};

use crate::store::{Store, StoreError};
use crate::testing::delivery;

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_dies_is_away_and_comes_back_without_a_restart_of_ours() {
    let mut server = Server::start().unwrap();
    let store = Store::open(&server.url()).await.unwrap();
    let before = delivery(0, "lead approved clickid=before");
    store.book(std::slice::from_ref(&before)).await.unwrap();
    server.kill();
    let refused = store
        .book(&[delivery(1, "lead approved clickid=while")])
        .await;
    assert!(
        matches!(refused, Err(StoreError::Unavailable(_))),
        "{refused:?}"
    );
    assert!(store.probe().await.is_err());
    assert!(store.delivery(before.id).await.is_err());

    server.restart().unwrap();
    store.probe().await.unwrap();
    assert!(store.delivery(before.id).await.unwrap().is_some());
    let after = delivery(2, "lead approved clickid=while");
    let entries = store.book(&[after]).await.unwrap();
    assert!(entries[0].opens.is_some(), "what was refused was not kept");
}

#[tokio::test]
async fn connections_that_died_while_idle_cost_nothing() {
    let database = Database::create();
    let store = Store::open(&database.url()).await.unwrap();
    store.book(&[delivery(0, "lead approved")]).await.unwrap();
    database.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    store
        .book(&[delivery(1, "ftd approved 5USD")])
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standby_takes_nothing_until_it_is_the_primary() {
    let mut server = Server::start().unwrap();
    let store = Store::open(&server.url()).await.unwrap();
    server.stop();
    std::fs::write(server.data().join("standby.signal"), "").unwrap();
    server.restart().unwrap();
    let lead = delivery(0, "lead approved");
    let refused = store.book(std::slice::from_ref(&lead)).await;
    assert!(
        matches!(refused, Err(StoreError::Unavailable(_))),
        "{refused:?}"
    );
    assert_eq!(store.delivery(lead.id).await.unwrap(), None);
    let refused = Store::open(&server.url()).await.unwrap_err().to_string();
    assert!(refused.contains("name the primary"), "{refused}");

    let mut other = PgConnection::connect(&server.url()).await.unwrap();
    other.execute("SELECT pg_promote()").await.unwrap();
    store.book(std::slice::from_ref(&lead)).await.unwrap();
}

#[tokio::test]
async fn a_wrong_password_a_missing_database_and_a_missing_server_are_told_apart() {
    let database = Database::create();
    let url = database.url();
    let name = url.rsplit('/').next().unwrap();
    let told = async |url: String| Store::open(&url).await.unwrap_err().to_string();
    let wrong = told(url.replace(":only-for-tests@", ":hunter22@")).await;
    assert!(
        wrong.contains("check user and password") && !wrong.contains("hunter22"),
        "{wrong}"
    );
    let missing = told(url.replace(name, "nowhere")).await;
    assert!(
        missing.contains("create it first") && missing.contains("nowhere"),
        "{missing}"
    );
    let nobody = told("postgres://me:hunter22@127.0.0.1:1/db".to_owned()).await;
    assert!(
        nobody.contains("check that the server runs") && !nobody.contains("hunter22"),
        "{nobody}"
    );
}

#[tokio::test]
async fn debug_output_holds_no_password() {
    let database = Database::create();
    let store = Store::open(&database.url()).await.unwrap();
    assert!(!format!("{store:?}").contains("only-for-tests"));
}
