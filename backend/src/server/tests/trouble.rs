//! The store away, the queue full, a defect, the end: each seen, healed, and seen to work again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use postern_protocol::proof::PROOF_HEADER;
use sqlx::Connection;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use uuid::Uuid;

use super::stand::{PAGE_BODY, Stand, TOKEN, proof, reply};
use crate::clock::Clock;
use crate::testing::START;
use crate::writer::WriterLimits;

#[tokio::test]
async fn a_locked_store_is_503_until_it_is_free() {
    let stand = Stand::up().await;
    let mut other = stand.other_connection().await;
    let lock = other.begin_with("BEGIN EXCLUSIVE").await.unwrap();
    let refused = stand.posts(PAGE_BODY).await;
    assert_eq!(
        (refused.status, refused.text("error")),
        (503, "unavailable")
    );
    assert_eq!(refused.retry_after.as_deref(), Some("5"));
    assert!(!stand.is_ready().await);

    lock.rollback().await.unwrap();
    assert!(stand.is_ready().await);
    assert_eq!(stand.posts(PAGE_BODY).await.text("result"), "accepted");
    let metrics = stand.metrics().await;
    assert!(
        metrics.contains("postern_store_errors_total 1"),
        "{metrics}"
    );
}

#[tokio::test]
async fn a_full_queue_is_503_at_once() {
    let limits = WriterLimits { queue: 1, batch: 1 };
    let stand = Stand::up_with(limits, Clock::system()).await;
    let mut other = stand.other_connection().await;
    let lock = other.begin_with("BEGIN EXCLUSIVE").await.unwrap();
    let send = || tokio::spawn(reply(stand.json(PAGE_BODY)));
    let mut sent = vec![send()];
    stand.metrics_hold("postern_booking 1").await;
    // One is being booked, one can wait, and nothing moves while the file is locked.
    sent.extend([send(), send(), send()]);
    stand
        .metrics_hold(r#"postern_refusals_total{cause="queue_full"} 2"#)
        .await;
    lock.rollback().await.unwrap();
    let mut refused = 0;
    for reply in sent {
        let reply = reply.await.unwrap();
        assert!(matches!(reply.status, 200 | 503), "{reply:?}");
        refused += u32::from(reply.status == 503);
        assert_eq!(reply.retry_after.is_some(), reply.status == 503);
    }
    // On a machine so busy that the lock outlives the writer's patience it can be more.
    assert!(refused >= 2, "{refused}");
    assert_eq!(stand.posts(PAGE_BODY).await.status, 200);
}

#[tokio::test]
async fn a_panic_is_500_and_the_next_request_works() {
    let broken = Arc::new(AtomicBool::new(true));
    let switch = broken.clone();
    let clock = Clock::new(move || {
        assert!(!switch.load(Ordering::SeqCst), "the clock is broken");
        Duration::from_secs(START.0.unsigned_abs())
    });
    let stand = Stand::up_with(WriterLimits::default(), clock).await;
    let refused = stand.posts(PAGE_BODY).await;
    assert_eq!((refused.status, refused.text("error")), (500, "internal"));
    broken.store(false, Ordering::SeqCst);
    assert_eq!(stand.posts(PAGE_BODY).await.text("result"), "accepted");
}

#[tokio::test]
async fn what_is_queued_when_it_is_told_to_stop_is_booked_and_answered() {
    let mut stand = Stand::up().await;
    let mut other = stand.other_connection().await;
    let lock = other.begin_with("BEGIN EXCLUSIVE").await.unwrap();
    let waiting = tokio::spawn(reply(stand.json(PAGE_BODY)));
    stand.metrics_hold("postern_booking 1").await;
    stand.tell_to_stop();
    lock.rollback().await.unwrap();

    let reply = waiting.await.unwrap();
    assert_eq!(reply.text("result"), "accepted");
    stand.has_stopped().await.unwrap();
    let id = Uuid::parse_str(reply.text("id")).unwrap();
    assert!(stand.store.delivery(id).await.unwrap().is_some());
}

#[tokio::test]
async fn a_store_that_stays_away_does_not_keep_the_server_up() {
    let limits = WriterLimits {
        queue: 16,
        batch: 1,
    };
    let mut stand = Stand::up_with(limits, Clock::system()).await;
    let booked = stand.posts(PAGE_BODY).await;
    let mut other = stand.other_connection().await;
    let _lock = other.begin_with("BEGIN EXCLUSIVE").await.unwrap();
    let send = |_| tokio::spawn(reply(stand.json(PAGE_BODY)));
    let waiting: Vec<_> = (0..10).map(send).collect();
    stand.metrics_hold("postern_booking 1").await;
    stand.tell_to_stop();

    // Each batch would wait two seconds for the lock.
    let limit = Duration::from_secs(10);
    let stopped = tokio::time::timeout(limit, stand.has_stopped()).await;
    stopped.expect("the drain has an end").unwrap();
    for reply in waiting {
        let reply = reply.await.unwrap();
        assert_eq!((reply.status, reply.text("error")), (503, "unavailable"));
        assert_eq!(reply.retry_after.as_deref(), Some("5"));
    }
    let id = Uuid::parse_str(booked.text("id")).unwrap();
    assert!(stand.store.delivery(id).await.unwrap().is_some());
}

#[tokio::test]
async fn a_request_that_never_ends_does_not_keep_the_server_up() {
    let mut stand = Stand::up().await;
    let address = stand.base.trim_start_matches("http://");
    let mut slow = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /v1/event HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
        content-length: 100\r\nexpect: 100-continue\r\n{PROOF_HEADER}: {}\r\n\r\n",
        proof(TOKEN, "partner_name")
    );
    slow.write_all(head.as_bytes()).await.unwrap();
    // The server asks for the body only once the handler reads it.
    let mut asked = [0; 21];
    slow.read_exact(&mut asked).await.unwrap();
    assert_eq!(&asked, b"HTTP/1.1 100 Continue");
    stand.tell_to_stop();
    stand.has_stopped().await.unwrap();
}
