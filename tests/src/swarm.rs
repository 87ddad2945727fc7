//! Many connections that cost their owner nothing: they say little, or nothing, and wait.

use crate::connection::dial;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// A connection that is still open after this was not cut.
const CUT_WITHIN: Duration = Duration::from_secs(20);

/// Opens `count` plain connections from that address; each says `first`, then `more` after each
/// `pause`, and listens. Gives how many the peer has ended.
///
/// # Errors
/// When a connection cannot be opened.
pub async fn dawdle(
    from: IpAddr,
    to: SocketAddr,
    count: usize,
    first: &[u8],
    more: &'static [u8],
    pause: Duration,
) -> io::Result<usize> {
    let mut waiting = JoinSet::new();
    for _ in 0..count {
        let mut stream = dial(from, to).await?;
        stream.write_all(first).await?;
        waiting.spawn(async move { timeout(CUT_WITHIN, wait(stream, more, pause)).await.is_ok() });
    }
    let ended = waiting.join_all().await;
    Ok(ended.into_iter().filter(|ended| *ended).count())
}

/// Ends when the peer has ended the connection.
async fn wait(mut stream: TcpStream, more: &[u8], pause: Duration) {
    let mut answer = [0_u8; 4_096];
    loop {
        tokio::select! {
            read = stream.read(&mut answer) => if matches!(read, Ok(0) | Err(_)) { return },
            () = sleep(pause), if !more.is_empty() => if stream.write_all(more).await.is_err() { return },
        }
    }
}
