//! Connections over real sockets: those that keep us waiting, and too many of them.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::stand::Stand;
use crate::admin::connections::{HEADERS_WITHIN, MAX_CONNECTIONS};

/// What a busy machine may add to a time limit.
const SLACK: Duration = Duration::from_secs(30);

/// Long enough for an answer, had there been room for its connection.
const NO_ROOM_FOR: Duration = Duration::from_millis(300);

async fn connect(stand: &Stand) -> TcpStream {
    TcpStream::connect(stand.address()).await.unwrap()
}

fn head(stand: &Stand) -> String {
    let (address, token) = (stand.address(), &stand.token);
    format!("GET /admin/partners HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n")
}

/// Sends a text, and waits for the start of an answer.
async fn answered(connection: &mut TcpStream, text: &str) -> bool {
    connection.write_all(text.as_bytes()).await.unwrap();
    let mut start = [0; 12];
    connection.read_exact(&mut start).await.unwrap();
    &start == b"HTTP/1.1 200"
}

/// How long it took until it was closed on us.
async fn closed_after(connection: &mut TcpStream) -> Duration {
    let began = Instant::now();
    let mut rest = Vec::new();
    let closed = timeout(HEADERS_WITHIN + SLACK, connection.read_to_end(&mut rest));
    closed.await.expect("it is closed").unwrap();
    began.elapsed()
}

#[tokio::test]
async fn headers_that_do_not_come_close_the_connection() {
    let stand = Stand::up().await;
    let (mut silent, mut slow, mut idle) = (
        connect(&stand).await,
        connect(&stand).await,
        connect(&stand).await,
    );
    let head = head(&stand);
    slow.write_all(head.as_bytes()).await.unwrap();
    assert!(answered(&mut idle, &format!("{head}\r\n")).await);
    let closed = tokio::join!(
        closed_after(&mut silent),
        closed_after(&mut slow),
        closed_after(&mut idle)
    );
    for took in [closed.0, closed.1, closed.2] {
        assert!(took > HEADERS_WITHIN / 2, "{took:?}");
    }
}

#[tokio::test]
async fn more_connections_than_may_be_wait_for_room() {
    let stand = Stand::up().await;
    let request = format!("{}\r\n", head(&stand));
    let mut open = Vec::new();
    for _ in 0..MAX_CONNECTIONS {
        open.push(connect(&stand).await);
    }
    let answers = open
        .iter_mut()
        .map(|connection| answered(connection, &request));
    assert!(join_all(answers).await.into_iter().all(|it| it));
    let mut waiting = connect(&stand).await;
    let early = timeout(NO_ROOM_FOR, answered(&mut waiting, &request)).await;
    assert!(early.is_err(), "there is no room");
    open.pop();
    let mut start = [0; 12];
    waiting.read_exact(&mut start).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 200");
}
