//! Numbered lines of bounded length; blank ones are passed over.

use std::ops::Range;

/// No click needs more. What a longer line holds beyond is skipped, not kept in memory.
pub const MAX_LINE_BYTES: usize = 65_536;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// One line without its end.
pub(super) struct Line<'a> {
    /// Counted from 1.
    pub(super) number: u64,
    pub(super) text: &'a [u8],
    /// Where the text stands in its block.
    pub(super) place: Range<usize>,
}

impl Line<'_> {
    /// Whether it is one line and all of it is here.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.text.len() > MAX_LINE_BYTES {
            return Err(format!("is longer than {MAX_LINE_BYTES} bytes"));
        }
        // Readers of CSV end a row at such a byte, and whatever follows would be lost.
        if memchr::memchr(b'\r', self.text).is_some() {
            return Err(
                "holds a carriage return: end each line with \\n or \\r\\n, nothing else"
                    .to_owned(),
            );
        }
        Ok(())
    }
}

/// The lines of a block that begins behind `before` lines.
pub(super) fn lines(block: &[u8], before: u64) -> impl Iterator<Item = Line<'_>> {
    let mut start = 0;
    let mut number = before;
    let all = std::iter::from_fn(move || {
        if start >= block.len() {
            return None;
        }
        let end = memchr::memchr(b'\n', &block[start..]).map_or(block.len(), |at| start + at);
        let place = trimmed(block, start..end, number == 0);
        start = end + 1;
        number += 1;
        Some(Line {
            number,
            text: &block[place.clone()],
            place,
        })
    });
    all.filter(|line| !line.text.iter().all(u8::is_ascii_whitespace))
}

fn trimmed(block: &[u8], line: Range<usize>, is_first: bool) -> Range<usize> {
    let Range { mut start, mut end } = line;
    if end > start && block[end - 1] == b'\r' {
        end -= 1;
    }
    if is_first && block[start..end].starts_with(BYTE_ORDER_MARK) {
        start += BYTE_ORDER_MARK.len();
    }
    start..end
}
