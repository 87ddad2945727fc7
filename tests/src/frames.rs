//! HTTP/2 frame by frame, for stories whose peer breaks the rules that a library would keep.
//!
//! Names follow RFC 9113; header blocks are HPACK literals without Huffman coding and without the
//! table, so a story sees each byte that it sends.

use crate::connection::dial;
use crate::tls;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf, split};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;

/// Kinds of frames.
pub mod kind {
    #![expect(missing_docs, reason = "the names are those of RFC 9113, section 6")]
    pub const DATA: u8 = 0;
    pub const HEADERS: u8 = 1;
    pub const PRIORITY: u8 = 2;
    pub const RST_STREAM: u8 = 3;
    pub const SETTINGS: u8 = 4;
    pub const PING: u8 = 6;
    pub const GOAWAY: u8 = 7;
    pub const WINDOW_UPDATE: u8 = 8;
    pub const CONTINUATION: u8 = 9;
}
/// The flag that ends a stream.
pub const END_STREAM: u8 = 1;
/// The flag that ends a header block.
pub const END_HEADERS: u8 = 4;
/// RST_STREAM's code for a stream its opener gives up.
pub const CANCEL: [u8; 4] = 8_u32.to_be_bytes();

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const FRAME_HEAD: usize = 9;

/// What a peer sent on one connection.
#[derive(Debug, Default, Clone)]
pub struct Heard {
    /// It closed the connection, or said that it will by GOAWAY.
    pub ended: bool,
    /// Streams it reset, in order.
    pub reset: Vec<u32>,
    /// Streams that have an answer's headers, in order.
    pub answered: Vec<u32>,
    /// All its DATA, one after the other.
    pub data: String,
}

/// A TLS connection that speaks HTTP/2 as a story wants it.
pub struct Frames {
    reader: ReadHalf<TlsStream<TcpStream>>,
    writer: WriteHalf<TlsStream<TcpStream>>,
}

impl Frames {
    /// Opens a connection and sends the preface and these settings (`identifier, value`).
    ///
    /// # Errors
    /// When nobody listens, the certificate is not good or HTTP/2 is not offered.
    pub async fn open_tls_from(
        from: IpAddr,
        to: SocketAddr,
        ca_pem: &[u8],
        settings: &[(u16, u32)],
    ) -> io::Result<Frames> {
        let stream = tls::handshake(dial(from, to).await?, ca_pem, b"h2", None).await?;
        let (reader, writer) = split(stream);
        let mut frames = Frames { reader, writer };
        let mut payload = Vec::new();
        for (identifier, value) in settings {
            payload.extend_from_slice(&identifier.to_be_bytes());
            payload.extend_from_slice(&value.to_be_bytes());
        }
        let first = [PREFACE, &frame(kind::SETTINGS, 0, 0, &payload)].concat();
        frames.send(&first).await?;
        Ok(frames)
    }

    /// Sends bytes as they are: one frame, several, or none that is whole.
    ///
    /// # Errors
    /// When the peer has closed.
    pub async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.writer.write_all(bytes).await?;
        self.writer.flush().await
    }

    /// Sends `round(0)`, `round(1)`, … without ever reading, until the peer has closed or `rounds`
    /// are out, and then listens. An attacker who wants answers to pile up does this.
    pub async fn floods_deaf(mut self, rounds: u32, round: impl Fn(u32) -> Vec<u8>) -> Heard {
        for number in 0..rounds {
            if self.send(&round(number)).await.is_err() {
                break;
            }
        }
        self.listens(CUT_WITHIN).await
    }

    /// The same, while all that comes back is read.
    ///
    /// # Panics
    /// When the task that reads does.
    pub async fn floods(self, rounds: u32, round: impl Fn(u32) -> Vec<u8>) -> Heard {
        let Frames { reader, mut writer } = self;
        let listening = tokio::spawn(async move { listen(reader, CUT_WITHIN).await });
        for number in 0..rounds {
            let sent = async {
                writer.write_all(&round(number)).await?;
                writer.flush().await
            };
            if sent.await.is_err() || listening.is_finished() {
                break;
            }
        }
        listening.await.expect("the reader does not panic")
    }

    /// Reads until the peer ends the connection or says nothing for `quiet`.
    pub async fn listens(self, quiet: Duration) -> Heard {
        let heard = listen(self.reader, quiet).await;
        drop(self.writer);
        heard
    }
}

/// How long a peer may take to end a connection that is abused.
const CUT_WITHIN: Duration = Duration::from_secs(5);

async fn listen(mut reader: ReadHalf<TlsStream<TcpStream>>, quiet: Duration) -> Heard {
    let mut heard = Heard::default();
    loop {
        let mut head = [0_u8; FRAME_HEAD];
        match timeout(quiet, reader.read_exact(&mut head)).await {
            Err(_) => return heard,
            Ok(Err(_)) => {
                heard.ended = true;
                return heard;
            }
            Ok(Ok(_)) => {}
        }
        let length = usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2]);
        let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]) & 0x7fff_ffff;
        let mut payload = vec![0_u8; length];
        if reader.read_exact(&mut payload).await.is_err() {
            heard.ended = true;
            return heard;
        }
        match head[3] {
            kind::GOAWAY => heard.ended = true,
            kind::RST_STREAM => heard.reset.push(stream),
            kind::HEADERS => heard.answered.push(stream),
            kind::DATA => heard.data.push_str(&String::from_utf8_lossy(&payload)),
            _ => {}
        }
    }
}

/// One frame.
///
/// # Panics
/// When the payload is longer than a frame's length can say.
#[must_use]
pub fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len())
        .expect("a short payload")
        .to_be_bytes();
    assert_eq!(length[0], 0, "a frame's length has 24 bits");
    let mut bytes = length[1..].to_vec();
    bytes.extend([kind, flags]);
    bytes.extend(stream.to_be_bytes());
    bytes.extend_from_slice(payload);
    bytes
}

/// A header block of these fields, whatever their names and values.
#[must_use]
pub fn block(fields: &[(impl AsRef<[u8]>, impl AsRef<[u8]>)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, value) in fields {
        bytes.push(0); // a literal that goes into no table
        for text in [name.as_ref(), value.as_ref()] {
            bytes.extend(length_of(text.len()));
            bytes.extend_from_slice(text);
        }
    }
    bytes
}

/// HPACK's integer with a prefix of seven bits, no Huffman coding.
fn length_of(mut length: usize) -> Vec<u8> {
    const PREFIX: usize = 127;
    let low = |value: usize| u8::try_from(value & 0x7f).expect("seven bits");
    if length < PREFIX {
        return vec![low(length)];
    }
    length -= PREFIX;
    let mut bytes = vec![low(PREFIX)];
    while length >= 128 {
        bytes.push(low(length) | 0x80);
        length >>= 7;
    }
    bytes.push(low(length));
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_a_length_a_kind_flags_a_stream_and_a_payload() {
        assert_eq!(
            frame(kind::PING, 1, 3, b"ab"),
            [0, 0, 2, 6, 1, 0, 0, 0, 3, b'a', b'b']
        );
    }

    #[test]
    fn a_long_value_has_a_long_length() {
        // RFC 7541, C.1.2 is 1337 with a prefix of five bits; this is 300 with one of seven.
        assert_eq!(length_of(300), [127, 0xad, 1]);
        assert_eq!(block(&[("a", "bc")]), [0, 1, b'a', 2, b'b', b'c']);
    }
}
