//! Waiting on conditions, and the plain GET that most of them are made of.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

/// How often a condition is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// How long one look may take.
const GET_TIMEOUT: Duration = Duration::from_secs(2);

/// Looks at `condition` until it gives a value, for `limit` at most.
pub fn until<T>(limit: Duration, mut condition: impl FnMut() -> Option<T>) -> Option<T> {
    let start = Instant::now();
    loop {
        if let Some(value) = condition() {
            return Some(value);
        }
        if start.elapsed() >= limit {
            return None;
        }
        thread::sleep(LOOK_EVERY); // between two looks, not in place of one
    }
}

/// GETs `path` in plain HTTP: the status and the body, or `None` when nothing answers.
#[must_use]
pub fn get(address: SocketAddr, path: &str) -> Option<(u16, String)> {
    let mut connection = TcpStream::connect_timeout(&address, GET_TIMEOUT).ok()?;
    connection.set_read_timeout(Some(GET_TIMEOUT)).ok()?;
    write!(
        connection,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )
    .ok()?;
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).ok()?;
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let chunked = head
        .to_ascii_lowercase()
        .contains("\r\ntransfer-encoding: chunked");
    Some((
        status,
        if chunked {
            joined(body)?
        } else {
            body.to_owned()
        },
    ))
}

/// The text of a chunked body: each chunk with its length in hex before it.
fn joined(mut body: &str) -> Option<String> {
    let mut text = String::new();
    loop {
        let (length, rest) = body.split_once("\r\n")?;
        let length = usize::from_str_radix(length.trim(), 16).ok()?;
        if length == 0 {
            return Some(text);
        }
        text += rest.get(..length)?;
        body = rest.get(length..)?.strip_prefix("\r\n")?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_that_never_holds_ends_in_time() {
        assert_eq!(until(Duration::from_millis(50), || None::<()>), None);
    }

    #[test]
    fn a_condition_is_looked_at_until_it_holds() {
        let mut looks = 0;
        let held = until(Duration::from_secs(5), || {
            looks += 1;
            (looks == 3).then_some(looks)
        });
        assert_eq!(held, Some(3));
    }

    #[test]
    fn nobody_answers_at_a_free_port() {
        let port = crate::Port::free().expect("a port");
        assert_eq!(
            get(SocketAddr::from(([127, 0, 0, 1], port.number())), "/"),
            None
        );
    }

    #[test]
    fn chunks_are_joined() {
        assert_eq!(
            joined("3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n").as_deref(),
            Some("abc0123456789")
        );
        assert_eq!(joined("3\r\nab"), None, "cut off");
    }
}
