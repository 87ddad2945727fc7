//! One writer over a real store.

use super::*;
use crate::ledger::Verdict;
use crate::store::place::{Kind, on_every_store};
use crate::testing::{delivery, delivery_of};

on_every_store! {
    one_row_the_store_cannot_take_keeps_no_other_out,
    one_row_the_store_cannot_read_keeps_no_other_out,
    what_waits_when_time_is_up_is_refused_and_not_booked,
    a_stopped_writer_says_so,
}

async fn one_row_the_store_cannot_take_keeps_no_other_out(kind: Kind) {
    let (_place, store) = kind.store().await;
    let (writer, handle) = Writer::start(
        store.clone(),
        WriterLimits::default(),
        Arc::new(Metrics::new()),
    );
    let first = delivery(0, "lead approved");
    let same_id = Delivery {
        id: first.id,
        ..delivery(1, "ftd approved 50USD")
    };
    let last = delivery(2, "registration approved");
    // All three are queued before the writer runs, so they share a batch.
    let (first, same_id, last) = tokio::join!(
        writer.record(first),
        writer.record(same_id),
        writer.record(last)
    );
    assert_eq!(first.unwrap().entry.verdict, Verdict::Flagged);
    assert_eq!(same_id.unwrap_err(), NotRecorded::StoreAway);
    assert_eq!(last.unwrap().entry.verdict, Verdict::Flagged);
    handle.stop().await.unwrap();
    assert!(!writer.is_alive());
}

async fn one_row_the_store_cannot_read_keeps_no_other_out(kind: Kind) {
    let (place, store) = kind.store().await;
    let booked = delivery(0, "ftd pending 50USD");
    store.book(std::slice::from_ref(&booked)).await.unwrap();
    place
        .run("UPDATE conversions SET currency = 'of a newer version'")
        .await;

    let (writer, handle) = Writer::start(store, WriterLimits::default(), Arc::new(Metrics::new()));
    let (before, touching, after) = tokio::join!(
        writer.record(delivery_of("rival", 1, "lead approved")),
        writer.record(delivery(2, "ftd approved 50USD")),
        writer.record(delivery_of("rival", 3, "registration approved"))
    );
    assert_eq!(before.unwrap().entry.verdict, Verdict::Flagged);
    assert_eq!(touching.unwrap_err(), NotRecorded::StoreAway);
    assert_eq!(after.unwrap().entry.verdict, Verdict::Flagged);
    handle.stop().await.unwrap();
}

async fn what_waits_when_time_is_up_is_refused_and_not_booked(kind: Kind) {
    let (_place, store) = kind.store().await;
    let (writer, handle) = Writer::start(
        store.clone(),
        WriterLimits::default(),
        Arc::new(Metrics::new()),
    );
    let waiting = delivery(0, "lead approved");
    let id = waiting.id;
    // It is queued before the writer runs.
    let (refused, ()) = tokio::join!(writer.record(waiting), async {
        writer.refuse_the_rest();
    });
    assert_eq!(refused.unwrap_err(), NotRecorded::Stopping);
    assert_eq!(store.delivery(id).await.unwrap(), None);
    let late = writer.record(delivery(1, "lead approved")).await;
    assert_eq!(late.unwrap_err(), NotRecorded::Stopping);
    handle.stop().await.unwrap();
}

async fn a_stopped_writer_says_so(kind: Kind) {
    let (_place, store) = kind.store().await;
    let (writer, handle) = Writer::start(store, WriterLimits::default(), Arc::new(Metrics::new()));
    handle.stop().await.unwrap();
    let refused = writer.record(delivery(0, "lead approved")).await;
    assert_eq!(refused.unwrap_err(), NotRecorded::Stopping);
}
