//! Several lanes over a real store.

use axum::body::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::join_all;
use sqlx::Connection as _;
use sqlx::postgres::PgConnection;

use super::*;
use crate::ledger::Verdict;
use crate::store::place::{Kind, Place, on_every_store};
use crate::testing::delivery;
use crate::writer::{Writer, WriterHandle, WriterLimits};

on_every_store! {
    what_a_click_is_told_is_booked_in_the_order_in_which_it_came,
    what_has_queued_in_any_lane_is_booked_before_the_writer_stops,
    a_lane_that_panics_is_noticed_and_the_others_end_in_good_order,
}

/// Small batches, so that the deliveries of one click come into several.
const LIMITS: WriterLimits = WriterLimits {
    queue: 1_000,
    batch: 5,
};

fn start(store: Store) -> (Writer, WriterHandle, Arc<Metrics>) {
    let metrics = Arc::new(Metrics::new());
    let (writer, handle) = Writer::start(store, LIMITS, metrics.clone());
    (writer, handle, metrics)
}

fn lead(clickid: &str) -> Delivery {
    delivery(0, &format!("lead approved clickid={clickid}"))
}

/// Clicks of which each has another lane, one for each lane there is.
fn one_click_for_each_lane(writer: &Writer) -> Vec<String> {
    let mut clicks: Vec<String> = Vec::new();
    for number in 0.. {
        let click = format!("click-{number}");
        let lane = writer.lane_of(&click);
        let is_new = |it: &String| !writer.lane_of(it).same_channel(lane);
        if clicks.iter().all(is_new) {
            clicks.push(click);
        }
        if clicks.len() == writer.lanes.len() {
            break;
        }
    }
    clicks
}

async fn what_a_click_is_told_is_booked_in_the_order_in_which_it_came(kind: Kind) {
    const CLICKS: i64 = 20;
    const REPORTS: i64 = 8;
    let (_place, store) = kind.store().await;
    let (writer, handle, metrics) = start(store);
    // Each report is a step up from the one before it: a step down would be another amount.
    let reports = (0..CLICKS * REPORTS).map(|number| {
        let (click, amount) = (number % CLICKS, number / CLICKS + 1);
        let words = format!("ftd approved {amount}USD clickid=click-{click}");
        writer.record(delivery(number, &words))
    });
    let entries = join_all(reports).await;
    handle.stop().await.unwrap();
    for (number, recorded) in (0..).zip(entries) {
        let entry = recorded.unwrap().entry;
        let change = entry.change.map(|it| it.to.money.unwrap().minor());
        let amount = (number / CLICKS + 1) * 100;
        let before = entry.change.map(|it| it.from.money.unwrap().minor());
        if number < CLICKS {
            assert!(entry.opens.is_some(), "{number}: {entry:?}");
        } else {
            assert_eq!((before, change), (Some(amount - 100), Some(amount)));
        }
    }
    assert!(metrics.render().contains("postern_booking 0\n"));
}

async fn what_has_queued_in_any_lane_is_booked_before_the_writer_stops(kind: Kind) {
    let (_place, store) = kind.store().await;
    let (writer, handle, _) = start(store.clone());
    let leads: Vec<Delivery> = (0..40).map(|it| lead(&format!("click-{it}"))).collect();
    let mut recording = Box::pin(join_all(leads.iter().map(|it| writer.record(it.clone()))));
    assert!((&mut recording).now_or_never().is_none());
    handle.stop().await.unwrap();
    assert!(!writer.is_alive());
    for recorded in recording.await {
        let recorded = recorded.unwrap();
        assert_eq!(recorded.entry.verdict, Verdict::Flagged);
        let id = recorded.delivery.id;
        assert!(store.delivery(id).await.unwrap().is_some());
    }
}

/// A body that panics when it goes.
struct Bomb;

impl AsRef<[u8]> for Bomb {
    fn as_ref(&self) -> &[u8] {
        b"tick"
    }
}

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("a defect, as the test wants it");
    }
}

async fn a_lane_that_panics_is_noticed_and_the_others_end_in_good_order(kind: Kind) {
    let (_place, store) = kind.store().await;
    let (writer, mut handle, _) = start(store.clone());
    let clicks = one_click_for_each_lane(&writer);
    let deadly = Delivery {
        body: Bytes::from_owner(Bomb),
        ..lead(&clicks[0])
    };
    let id = deadly.id;
    // Its sender hangs up, so that the lane is the last to hold it.
    let mut recording = Box::pin(writer.record(deadly));
    assert!((&mut recording).now_or_never().is_none());
    drop(recording);
    handle.ended().await;
    assert!(!writer.is_alive());
    assert!(store.delivery(id).await.unwrap().is_some(), "it was booked");
    let behind = writer.record(lead(&clicks[0])).await;
    assert_eq!(behind.unwrap_err(), NotRecorded::Stopping);
    for click in &clicks[1..] {
        assert!(writer.record(lead(click)).await.is_ok());
    }
    handle.stop().await.unwrap();
}

/// Somebody else's transaction that is about to book the same content.
async fn holds(place: &Place, delivery: &Delivery) -> PgConnection {
    let mut other = PgConnection::connect(&place.url()).await.unwrap();
    sqlx::query("BEGIN").execute(&mut other).await.unwrap();
    sqlx::query("INSERT INTO contents VALUES ($1, $2, false, $3, 'accepted', NULL, NULL)")
        .bind(&delivery.clickid)
        .bind(&delivery.fingerprint.0[..])
        .bind(delivery.id)
        .execute(&mut other)
        .await
        .unwrap();
    other
}

#[tokio::test]
async fn a_lane_that_waits_keeps_no_other_waiting() {
    let (place, store) = Kind::Postgres.store().await;
    let (writer, handle, metrics) = start(store);
    let clicks = one_click_for_each_lane(&writer);
    assert!(clicks.len() > 1, "PostgreSQL takes several at once");
    let held = lead(&clicks[0]);
    let mut other = holds(&place, &held).await;
    let mut waiting = Box::pin(writer.record(held));
    assert!((&mut waiting).now_or_never().is_none());
    let others = clicks[1..].iter().map(|click| writer.record(lead(click)));
    for recorded in join_all(others).await {
        assert!(recorded.is_ok());
    }
    assert!((&mut waiting).now_or_never().is_none());
    let seen = metrics.render();
    assert!(seen.contains("postern_booking 1\n"), "{seen}");
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    assert!(waiting.await.unwrap().entry.opens.is_some());
    handle.stop().await.unwrap();
    let seen = metrics.render();
    assert!(seen.contains("postern_booking 0\n"), "{seen}");
    assert!(seen.contains("postern_queue_depth 0\n"), "{seen}");
}
