//! The small upstream every contestant proxies to: reads a whole request, answers 200. It must cost less than
//! anything that is measured, so it knows no more of HTTP than that.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::cores;

/// In each of its answers; an answer without it came from somewhere else.
pub(crate) const MARKER: &[u8] = b"\"result\":\"accepted\"";
/// Longest request the upstream takes.
const MAX_REQUEST_BYTES: usize = 65_536;
const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 31\r\n\r\n{\"ok\":true,\"result\":\"accepted\"}";

/// Serves until the process is ended.
pub(crate) fn serve(address: SocketAddr) -> io::Result<()> {
    cores::stay_on(cores::LOAD_CORE)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let local = tokio::task::LocalSet::new();
    local.block_on(&runtime, async {
        let listener = TcpListener::bind(address).await?;
        loop {
            let (stream, _) = listener.accept().await?;
            // A connection that breaks concerns nobody else; the one who sent will notice.
            tokio::task::spawn_local(async move { answer_all(stream).await.ok() });
        }
    })
}

async fn answer_all(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut bytes = Vec::with_capacity(4_096);
    loop {
        while let Some(length) = request_length(&bytes).filter(|length| *length <= bytes.len()) {
            bytes.drain(..length);
            stream.write_all(ANSWER).await?;
        }
        if bytes.len() > MAX_REQUEST_BYTES || stream.read_buf(&mut bytes).await? == 0 {
            return Ok(());
        }
    }
}

/// Head and body together; `None` while the head is not complete.
fn request_length(bytes: &[u8]) -> Option<usize> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let name = b"content-length:";
    let body = bytes[..end]
        .split(|byte| *byte == b'\n')
        .filter_map(|line| line.split_at_checked(name.len()))
        .find(|(start, _)| start.eq_ignore_ascii_case(name))
        .and_then(|(_, value)| std::str::from_utf8(value).ok()?.trim().parse().ok())
        .unwrap_or(0);
    Some(end + 4 + body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_ends_with_its_body() {
        let bytes = b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello";
        assert_eq!(request_length(bytes), Some(bytes.len()));
    }

    #[test]
    fn a_request_without_a_body_ends_with_its_head() {
        let bytes = b"GET /readyz HTTP/1.1\r\nhost: x\r\n\r\n";
        assert_eq!(request_length(bytes), Some(bytes.len()));
    }

    #[test]
    fn half_a_head_has_no_length_yet() {
        assert_eq!(request_length(b"POST / HTTP/1.1\r\ncontent-le"), None);
    }

    #[test]
    fn the_answer_holds_the_marker() {
        assert!(ANSWER.windows(MARKER.len()).any(|part| part == MARKER));
    }

    #[test]
    fn the_answer_says_its_own_length() {
        let text = std::str::from_utf8(ANSWER).expect("text");
        let (_, body) = text.split_once("\r\n\r\n").expect("a body");
        assert!(text.contains(&format!("content-length: {}\r\n", body.len())));
    }
}
