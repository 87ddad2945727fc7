//! Cuts a log's bytes, in whatever pieces they come, into blocks of whole lines.
//!
//! A block is what is parsed and stored at once, so memory stays flat however long the log is.

use super::lines::MAX_LINE_BYTES;
use super::trail::{Changed, Trail};
use crate::store::Mark;

/// A block is handed on once it holds this much: some twenty thousand clicks.
pub(super) const BLOCK_BYTES: usize = 1 << 21;

/// What is kept of a line: its most, a carriage return, and one byte that tells it is longer.
const KEPT_LINE_BYTES: usize = MAX_LINE_BYTES + 2;

/// Whole lines, and how far they reach.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) text: Vec<u8>,
    /// The end of the last line that has one. Its number of lines is the parser's to fill in.
    pub(super) bytes: u64,
    pub(super) digest: [u8; 32],
}

/// The blocks of one log.
pub(super) struct Blocks {
    block_bytes: usize,
    held: Vec<u8>,
    /// Where in `held` the line begins that has no end yet.
    line_start: usize,
    /// In a line that is longer than what is kept of it.
    is_skipping: bool,
    trail: Trail,
}

impl Blocks {
    pub(super) fn new(format: &str, resumed: Option<&Mark>, block_bytes: usize) -> Self {
        Self {
            block_bytes,
            held: Vec::with_capacity(block_bytes),
            line_start: 0,
            is_skipping: false,
            trail: Trail::new(format, resumed),
        }
    }

    /// Takes the next bytes; gives a block when there is one.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<Option<Block>, Changed> {
        self.trail.pass(bytes)?;
        self.hold(bytes);
        Ok((self.held.len() >= self.block_bytes && self.line_start > 0).then(|| self.cut()))
    }

    /// What is left, a last line without an end included.
    pub(super) fn end(mut self) -> Result<Option<Block>, Changed> {
        self.trail.end()?;
        self.line_start = self.held.len();
        Ok((self.line_start > 0).then(|| self.cut()))
    }

    fn hold(&mut self, bytes: &[u8]) {
        let mut bytes = bytes;
        if self.is_skipping {
            let Some(end) = memchr::memchr(b'\n', bytes) else {
                return;
            };
            bytes = &bytes[end..];
            self.is_skipping = false;
        }
        if let Some(end) = memchr::memrchr(b'\n', bytes) {
            self.line_start = self.held.len() + end + 1;
        }
        self.held.extend_from_slice(bytes);
        if self.held.len() - self.line_start > KEPT_LINE_BYTES {
            self.held.truncate(self.line_start + KEPT_LINE_BYTES);
            self.is_skipping = true;
        }
    }

    fn cut(&mut self) -> Block {
        let mut rest = Vec::with_capacity(self.block_bytes);
        rest.extend_from_slice(&self.held[self.line_start..]);
        let mut text = std::mem::replace(&mut self.held, rest);
        text.truncate(self.line_start);
        self.line_start = 0;
        let (bytes, digest) = self.trail.at_line_end();
        Block {
            text,
            bytes,
            digest,
        }
    }
}
