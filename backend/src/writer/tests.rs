//! One writer over a real store.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use axum::body::Bytes;
use uuid::Uuid;

use super::*;
use crate::agreement::Agreement;
use crate::ledger::Verdict;
use crate::store::place::{Kind, on_every_store};
use crate::testing::{delivery, delivery_of};

on_every_store! {
    one_row_the_store_cannot_take_keeps_no_other_out,
    one_row_the_store_cannot_read_keeps_no_other_out,
    what_waits_when_time_is_up_is_refused_and_not_booked,
    a_stopped_writer_says_so,
    however_many_are_handed_in_no_more_wait_than_may,
    large_bodies_wait_only_as_far_as_there_is_room,
    live_deliveries_wait_for_no_test,
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

/// Polls all of them before the writer runs again, and then until all are done.
async fn all_at_once<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut waiting: Vec<Pin<Box<F>>> = futures.map(Box::pin).collect();
    let mut done = Vec::new();
    poll_fn(|context| {
        waiting.retain_mut(|future| match future.as_mut().poll(context) {
            Poll::Ready(output) => {
                done.push(output);
                false
            }
            Poll::Pending => true,
        });
        if waiting.is_empty() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    done
}

async fn however_many_are_handed_in_no_more_wait_than_may(kind: Kind) {
    const QUEUE: usize = 8;
    let (_place, store) = kind.store().await;
    let limits = WriterLimits {
        queue: QUEUE,
        batch: 4,
    };
    let (writer, handle) = Writer::start(store, limits, Arc::new(Metrics::new()));
    // Each delivery that is somewhere in memory holds one share of this.
    let agreement = Arc::new(Agreement::default());
    let handed_in = |number: i64| Delivery {
        agreement: agreement.clone(),
        ..delivery(number, &format!("lead approved clickid=click-{number}"))
    };
    for wave in 0..10 {
        let mut most = 0;
        // Each is made when it is handed in, and counted when it has its answer.
        let record = async |number: i64| {
            let recorded = writer
                .record(handed_in(wave * 100 + number))
                .await
                .map(|_| ());
            (recorded, Arc::strong_count(&agreement) - 1)
        };
        let mut recorded = 0;
        for (result, in_memory) in all_at_once((0..100).map(record)).await {
            recorded += usize::from(result.is_ok());
            if let Err(refused) = result {
                assert_eq!(refused, NotRecorded::QueueFull);
            }
            most = most.max(in_memory);
        }
        assert_eq!(recorded, QUEUE, "wave {wave}");
        assert_eq!(most, QUEUE, "wave {wave}");
        assert_eq!(Arc::strong_count(&agreement), 1, "nothing stays behind");
    }
    handle.stop().await.unwrap();
}

async fn large_bodies_wait_only_as_far_as_there_is_room(kind: Kind) {
    const BODY_BYTES: usize = 1_024 * 1_024;
    let (_place, store) = kind.store().await;
    let (writer, handle) = Writer::start(store, WriterLimits::default(), Arc::new(Metrics::new()));
    let body = Bytes::from(vec![b'x'; BODY_BYTES]);
    let large = |number: i64| Delivery {
        id: Uuid::from_u128(u128::try_from(number).unwrap()),
        body: body.clone(),
        ..delivery(number, "lead approved")
    };
    let fit = i64::try_from(QUEUE_BYTES / (BODY_BYTES + DELIVERY_BYTES)).unwrap();
    let results = all_at_once((0..fit + 3).map(|number| writer.record(large(number)))).await;
    let refused = results.iter().filter(|it| it.is_err()).count();
    assert_eq!(refused, 3, "of {}", results.len());
    // What was booked has left its room.
    assert!(writer.record(large(fit + 3)).await.is_ok());
    handle.stop().await.unwrap();
}

/// As many tests as may wait, and more, take no place of a live delivery.
async fn live_deliveries_wait_for_no_test(kind: Kind) {
    let (_place, store) = kind.store().await;
    let limits = WriterLimits { queue: 1, batch: 1 };
    let (writer, handle) = Writer::start(store.clone(), limits, Arc::new(Metrics::new()));
    let words = |it: usize| format!("lead approved clickid=test-{it} test=1");
    let tests = (0..=TESTS_QUEUE).map(|it| delivery(0, &words(it)));
    // All are handed in before a lane runs.
    let handed_in: Vec<_> = tests.map(|test| Box::pin(writer.record(test))).collect();
    let all = futures_util::future::join_all(handed_in);
    let (told, live) = tokio::join!(all, writer.record(delivery(1, "lead approved")));
    assert!(live.unwrap().outlook.is_none());
    let refused = told.iter().filter(|it| it.is_err()).count();
    assert_eq!(refused, 1, "one over those that may wait");
    assert!(matches!(told.last(), Some(Err(NotRecorded::QueueFull))));
    let is_told = |it: &Result<Recorded, NotRecorded>| {
        it.as_ref()
            .is_ok_and(|it| it.outlook.is_some() && it.entry.verdict == Verdict::Accepted)
    };
    assert!(told[..TESTS_QUEUE].iter().all(is_told));
    handle.stop().await.unwrap();
    assert!(!writer.is_alive());
}
