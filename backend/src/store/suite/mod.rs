//! What every store must do, told once and run against each kind.

mod stories;
mod backlog;
mod records;
mod lists;
mod lines;
mod evidence;
mod partner;
mod search;
mod money;
mod history;
mod clicks;
mod reports;
mod origin;
mod earnings;
mod exports;
mod retention;
mod sandbox;
mod random;
mod model;
mod review;

use uuid::Uuid;

pub(super) use reports::sourced;

use super::Store;
use crate::delivery::Delivery;
use crate::ledger::Entry;
use crate::ledger::stories::click_log;

async fn with_click_log(store: &Store) {
    store.import_clicks(&click_log()).await.unwrap();
}

async fn tell(store: &Store, batches: &[&[Delivery]]) -> Vec<Entry> {
    let mut entries = Vec::new();
    for batch in batches {
        entries.extend(store.book(batch).await.unwrap());
    }
    entries
}

/// Books a batch beside a click log, and gives the ids of its deliveries.
async fn booked<const N: usize>(store: &Store, batch: [Delivery; N]) -> [Uuid; N] {
    with_click_log(store).await;
    store.book(&batch).await.unwrap();
    batch.map(|it| it.id)
}

#[tokio::test]
async fn an_unknown_scheme_is_named_without_the_rest_of_the_url() {
    let refused = Store::open("mysql://user:hunter22@db/postern")
        .await
        .unwrap_err()
        .to_string();
    assert!(
        refused.contains("\"mysql\"") && !refused.contains("hunter22"),
        "{refused}"
    );
    let refused = Store::open("hunter22").await.unwrap_err().to_string();
    assert!(!refused.contains("hunter22"), "{refused}");
}

#[tokio::test]
async fn a_missing_folder_is_said_plainly() {
    let refused = Store::open("sqlite:///nowhere/at/all/postern.db")
        .await
        .unwrap_err();
    assert!(
        refused.to_string().contains("cannot be opened"),
        "{refused}"
    );
}
