//! A request's body as an input that is read by a thread: it takes the next piece only when it has
//! room for it, so a slow store holds up whoever sends.

use std::io::{self, Read};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes};
use futures_util::StreamExt as _;
use tokio::runtime::Handle;
use tokio::time::timeout;

/// How long a sender may be silent before its import ends: a thread waits for it.
const SILENCE_LIMIT: Duration = Duration::from_secs(60);

/// The body, piece by piece.
pub(super) struct BodyReader {
    pieces: BodyDataStream,
    piece: Bytes,
    runtime: Handle,
}

impl BodyReader {
    /// Must be called within a runtime, and read outside of its tasks.
    pub(super) fn new(body: Body) -> Self {
        Self {
            pieces: body.into_data_stream(),
            piece: Bytes::new(),
            runtime: Handle::current(),
        }
    }

    async fn next(&mut self) -> io::Result<Option<Bytes>> {
        let piece = timeout(SILENCE_LIMIT, self.pieces.next()).await;
        let piece = piece.map_err(|_| {
            let text = format!("nothing came for {} s", SILENCE_LIMIT.as_secs());
            io::Error::new(io::ErrorKind::TimedOut, text)
        })?;
        piece.transpose().map_err(io::Error::other)
    }
}

impl Read for BodyReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let runtime = self.runtime.clone();
        while self.piece.is_empty() {
            match runtime.block_on(self.next())? {
                Some(piece) => self.piece = piece,
                None => return Ok(0),
            }
        }
        let taken = self.piece.split_to(buffer.len().min(self.piece.len()));
        buffer[..taken.len()].copy_from_slice(&taken);
        Ok(taken.len())
    }
}
