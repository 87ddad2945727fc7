//! Reads HTTP/1.1 answers out of bytes. Small on purpose: a strict reader of its own also notices
//! when the gate itself writes something odd.

use crate::answer::Answer;
use std::io;

/// What the bytes so far hold.
pub(crate) enum Parsed {
    /// One whole answer, and how many bytes it took.
    Whole { answer: Answer, used: usize },
    /// More bytes are needed.
    Partial,
}

/// Parses one answer at the start of `bytes`. `at_end` says that no more bytes will come.
pub(crate) fn parse_answer(bytes: &[u8], method: &str, at_end: bool) -> io::Result<Parsed> {
    let Some(head_length) = find(bytes, b"\r\n\r\n") else {
        return Ok(Parsed::Partial);
    };
    let (status, headers) = parse_head(&bytes[..head_length])?;
    let rest = &bytes[head_length + 4..];
    let Some((body, body_length)) = parse_body(status, &headers, method, rest, at_end)? else {
        return Ok(Parsed::Partial);
    };
    let used = head_length + 4 + body_length;
    Ok(Parsed::Whole {
        answer: Answer {
            status,
            headers,
            body,
        },
        used,
    })
}

type Headers = Vec<(String, Vec<u8>)>;

fn parse_head(head: &[u8]) -> io::Result<(u16, Headers)> {
    let mut lines = head
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii_end);
    let first = lines.next().unwrap_or_default();
    let status = std::str::from_utf8(first)
        .ok()
        .filter(|line| line.starts_with("HTTP/1."))
        .and_then(|line| line.split(' ').nth(1))
        .and_then(|status| status.parse().ok())
        .ok_or_else(|| broken("the status line cannot be read", first))?;
    let mut headers = Vec::new();
    for line in lines {
        let colon = find(line, b":").ok_or_else(|| broken("a header has no colon", line))?;
        let name = String::from_utf8_lossy(&line[..colon]).to_ascii_lowercase();
        headers.push((name, line[colon + 1..].trim_ascii().to_vec()));
    }
    Ok((status, headers))
}

/// The body and how many bytes it took on the wire; nothing while it is incomplete.
fn parse_body(
    status: u16,
    headers: &Headers,
    method: &str,
    rest: &[u8],
    at_end: bool,
) -> io::Result<Option<(Vec<u8>, usize)>> {
    let header = |name: &str| {
        headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_slice())
    };
    if method == "HEAD" || (100..200).contains(&status) || status == 204 || status == 304 {
        return Ok(Some((Vec::new(), 0)));
    }
    if header("transfer-encoding") == Some(b"chunked") {
        return parse_chunks(rest);
    }
    if let Some(length) = header("content-length") {
        let length = number(length, 10)?;
        return Ok(rest.get(..length).map(|body| (body.to_vec(), length)));
    }
    Ok(at_end.then(|| (rest.to_vec(), rest.len())))
}

fn parse_chunks(rest: &[u8]) -> io::Result<Option<(Vec<u8>, usize)>> {
    let mut body = Vec::new();
    let mut at = 0;
    loop {
        let Some(line) = find(&rest[at..], b"\r\n") else {
            return Ok(None);
        };
        let size = number(&rest[at..at + line], 16)?;
        at += line + 2;
        let Some(chunk) = rest.get(at..at + size + 2) else {
            return Ok(None);
        };
        body.extend_from_slice(&chunk[..size]);
        at += size + 2;
        if size == 0 {
            return Ok(Some((body, at)));
        }
    }
}

fn number(digits: &[u8], radix: u32) -> io::Result<usize> {
    std::str::from_utf8(digits)
        .ok()
        .and_then(|text| usize::from_str_radix(text.trim(), radix).ok())
        .ok_or_else(|| broken("a length cannot be read", digits))
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes
        .windows(needle.len())
        .position(|window| window == needle)
}

fn broken(what: &str, bytes: &[u8]) -> io::Error {
    let text = String::from_utf8_lossy(bytes);
    io::Error::new(io::ErrorKind::InvalidData, format!("{what}: {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunked_answer_is_read_whole_and_no_further() {
        let bytes =
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nHTTP/1.1";
        let Ok(Parsed::Whole { answer, used }) = parse_answer(bytes, "GET", false) else {
            panic!("not whole");
        };
        assert_eq!(answer.body, b"abc");
        assert_eq!(&bytes[used..], b"HTTP/1.1");
    }

    #[test]
    fn an_answer_cut_short_is_not_whole() {
        let bytes = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nabc";
        assert!(matches!(
            parse_answer(bytes, "GET", true),
            Ok(Parsed::Partial)
        ));
    }
}
