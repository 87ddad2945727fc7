//! Reads just enough of an HTTP/1.1 response to count it: its status, where it ends, and whether the connection
//! stays. Anything it does not understand is an error, so that a run never counts what it did not read.

use thiserror::Error;

/// Longest head the load generator reads.
pub(crate) const MAX_HEAD_BYTES: usize = 8_192;

/// A response's head.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) status: u16,
    /// Length of head and body together.
    pub(crate) total_bytes: usize,
    /// The server closes the connection after this response.
    pub(crate) closes: bool,
}

/// Why a response could not be read.
#[derive(Debug, PartialEq, Eq, Error)]
pub(crate) enum Unread {
    #[error("the response does not begin with HTTP/1.1 and a status")]
    StatusLine,
    #[error("the response has no content-length")]
    Length,
    #[error("the response's head is longer than {MAX_HEAD_BYTES} bytes")]
    Long,
}

/// Reads the head at the start of `bytes`; `None` while it is not complete.
pub(crate) fn read_head(bytes: &[u8]) -> Result<Option<Head>, Unread> {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
        return if bytes.len() > MAX_HEAD_BYTES {
            Err(Unread::Long)
        } else {
            Ok(None)
        };
    };
    let mut lines = bytes[..end].split(|byte| *byte == b'\n');
    let status = lines.next().and_then(status).ok_or(Unread::StatusLine)?;
    let mut length = (status == 204 || status == 304).then_some(0);
    let mut closes = false;
    for line in lines {
        if let Some(value) = value_of(line, b"content-length:") {
            length = std::str::from_utf8(value)
                .ok()
                .and_then(|text| text.parse().ok());
        } else if let Some(value) = value_of(line, b"connection:") {
            closes = value.eq_ignore_ascii_case(b"close");
        }
    }
    let body: usize = length.ok_or(Unread::Length)?;
    Ok(Some(Head {
        status,
        total_bytes: end + 4 + body,
        closes,
    }))
}

fn status(line: &[u8]) -> Option<u16> {
    let digits = line.strip_prefix(b"HTTP/1.1 ")?.get(..3)?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn value_of<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (start, value) = line.split_at_checked(name.len())?;
    start.eq_ignore_ascii_case(name).then(|| value.trim_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_response_says_where_it_ends() {
        let bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nserver: x\r\n\r\nok";
        let head = Head {
            status: 200,
            total_bytes: bytes.len(),
            closes: false,
        };
        assert_eq!(read_head(bytes), Ok(Some(head)));
    }

    #[test]
    fn half_a_head_is_waited_for() {
        assert_eq!(read_head(b"HTTP/1.1 200 OK\r\ncontent-"), Ok(None));
    }

    #[test]
    fn a_closing_connection_is_noticed() {
        let bytes =
            b"HTTP/1.1 429 Too Many Requests\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
        let head = read_head(bytes).expect("readable").expect("complete");
        assert!(head.closes);
        assert_eq!(head.status, 429);
    }

    #[test]
    fn a_response_without_a_length_is_refused() {
        assert_eq!(
            read_head(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"),
            Err(Unread::Length)
        );
    }

    #[test]
    fn what_is_not_http_is_refused() {
        assert_eq!(read_head(b"SSH-2.0\r\n\r\n"), Err(Unread::StatusLine));
    }

    #[test]
    fn an_endless_head_is_refused() {
        assert_eq!(read_head(&[b'a'; MAX_HEAD_BYTES + 1]), Err(Unread::Long));
    }
}
