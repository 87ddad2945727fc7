//! What has been read of a log, as a digest: whether a log that goes on is the one that began.

use sha2::{Digest as _, Sha256};

use crate::store::Mark;

/// The log does not begin with what was imported of it before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Changed;

/// A digest over all bytes so far, and over those up to the last end of a line.
pub(super) struct Trail {
    all: Sha256,
    bytes: u64,
    line_end: (Sha256, u64),
    /// What the first bytes must be; taken once they have been read.
    expected: Option<(u64, [u8; 32])>,
}

impl Trail {
    /// The format is part of the digest: the same bytes read in another way are another log.
    pub(super) fn new(format: &str, resumed: Option<&Mark>) -> Self {
        let all = Sha256::new_with_prefix(format);
        Self {
            line_end: (all.clone(), 0),
            all,
            bytes: 0,
            expected: resumed.map(|mark| (mark.bytes, mark.digest)),
        }
    }

    /// Reads on.
    pub(super) fn pass(&mut self, bytes: &[u8]) -> Result<(), Changed> {
        let mut rest = bytes;
        if let Some((end, digest)) = self.expected {
            let missing = usize::try_from(end - self.bytes).unwrap_or(usize::MAX);
            if let Some((first, after)) = rest.split_at_checked(missing) {
                self.read(first);
                if self.all.clone().finalize()[..] != digest {
                    return Err(Changed);
                }
                self.expected = None;
                rest = after;
            }
        }
        self.read(rest);
        Ok(())
    }

    /// There is no more. A log that is shorter than before is another one.
    pub(super) fn end(&self) -> Result<(), Changed> {
        self.expected.map_or(Ok(()), |_| Err(Changed))
    }

    /// The end of the last line that has one, and the digest up to it.
    pub(super) fn at_line_end(&self) -> (u64, [u8; 32]) {
        let (digest, bytes) = &self.line_end;
        (*bytes, digest.clone().finalize().into())
    }

    fn read(&mut self, bytes: &[u8]) {
        let end = memchr::memrchr(b'\n', bytes).map_or(0, |at| at + 1);
        let (lines, rest) = bytes.split_at(end);
        self.all.update(lines);
        self.bytes += lines.len() as u64;
        if end > 0 {
            self.line_end = (self.all.clone(), self.bytes);
        }
        self.all.update(rest);
        self.bytes += rest.len() as u64;
    }
}
