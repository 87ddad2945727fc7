//! Room and connections run out, and come back.

use postern_test_postgres::{Server, SmallDisk};
use sqlx::Connection as _;
use sqlx::postgres::PgConnection;

use crate::store::{Store, StoreError};
use crate::testing::delivery;

/// More deliveries than fit into what the tables hold in reserve.
const MANY: i64 = 1_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_and_loses_nothing_and_needs_only_room() {
    let server = Server::start().unwrap();
    let disk = SmallDisk::on(&server).unwrap();
    let store = Store::open(&disk.url()).await.unwrap();
    let lead = |number| delivery(number, &format!("lead approved clickid=click-{number}"));
    store.book(&[lead(0)]).await.unwrap();
    disk.fill().unwrap();
    let mut booked = 1;
    let refused = loop {
        match store.book(&[lead(booked)]).await {
            Ok(_) => booked += 1,
            Err(refused) => break refused,
        }
        assert!(booked < MANY, "the disk is not full");
    };
    assert!(matches!(refused, StoreError::Unavailable(_)), "{refused:?}");
    assert!(!refused.is_about_a_row(), "nor is it tried row by row");
    let told = refused.to_string();
    assert!(told.contains("No space left on device"), "{told}");

    disk.make_room().unwrap();
    let entries = store.book(&[lead(booked)]).await.unwrap();
    assert!(entries[0].opens.is_some(), "what was refused was not kept");
    for number in 0..=booked {
        let conversions = store.conversions(&format!("click-{number}")).await.unwrap();
        assert_eq!(conversions.len(), 1, "{number}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_connection_it_refuses_until_there_is_one() {
    let server = Server::start_with(&["max_connections=8"]).unwrap();
    let store = Store::open(&server.url()).await.unwrap();
    // Its own that prepared the schema may take a moment to be gone, so take what comes.
    let mut others = Vec::new();
    while others.len() < 8 {
        if let Ok(other) = PgConnection::connect(&server.url()).await {
            others.push(other);
        }
    }
    let lead = delivery(0, "lead approved");
    let refused = store.book(std::slice::from_ref(&lead)).await;
    let refused = refused.expect_err("there is no connection to book on");
    assert!(matches!(refused, StoreError::Unavailable(_)), "{refused:?}");
    let told = refused.to_string();
    assert!(told.contains("too many clients already"), "{told}");
    assert!(store.probe().await.is_err());
    let told = Store::open(&server.url()).await.unwrap_err().to_string();
    assert!(told.contains("raise max_connections"), "{told}");

    drop(others);
    let booked = async {
        loop {
            match store.book(std::slice::from_ref(&lead)).await {
                Ok(booked) => return booked,
                // The server takes its time to notice that they have gone.
                Err(StoreError::Unavailable(_)) => tokio::task::yield_now().await,
                Err(error) => panic!("{error}"),
            }
        }
    };
    assert!(booked.await[0].opens.is_some(), "it was not kept before");
    store.probe().await.unwrap();
}
