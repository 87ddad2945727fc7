//! Numbered lines of bounded length; blank ones are passed over.

use std::io::{self, BufRead, Read as _};

/// No click needs more. What a longer line holds beyond is skipped, not kept in memory.
pub const MAX_LINE_BYTES: usize = 65_536;

/// One line without its end.
pub(super) struct Line {
    pub(super) number: u64,
    pub(super) text: Vec<u8>,
    pub(super) too_long: bool,
}

impl Line {
    /// Whether it is one line and all of it is here.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.too_long {
            return Err(format!("is longer than {MAX_LINE_BYTES} bytes"));
        }
        // Readers of CSV end a row at such a byte, and whatever follows would be lost.
        if self.text.contains(&b'\r') {
            return Err(
                "holds a carriage return: end each line with \\n or \\r\\n, nothing else"
                    .to_owned(),
            );
        }
        Ok(())
    }
}

/// The lines of an input.
pub(super) struct Lines<R> {
    input: R,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, number: 0 }
    }

    fn read(&mut self) -> io::Result<Option<Line>> {
        loop {
            let mut text = Vec::new();
            // One byte more than allowed tells a line that just fits from a longer one, and
            // the line's end is a byte as well.
            let bound = MAX_LINE_BYTES as u64 + 2;
            if self
                .input
                .by_ref()
                .take(bound)
                .read_until(b'\n', &mut text)?
                == 0
            {
                return Ok(None);
            }
            self.number += 1;
            let ended = text.last() == Some(&b'\n');
            trim_end(&mut text);
            if self.number == 1 && text.starts_with(b"\xef\xbb\xbf") {
                text.drain(..3);
            }
            let too_long = text.len() > MAX_LINE_BYTES;
            if too_long {
                text.truncate(MAX_LINE_BYTES);
            }
            if too_long && !ended {
                self.input.skip_until(b'\n')?;
            }
            if !text.iter().all(u8::is_ascii_whitespace) {
                return Ok(Some(Line {
                    number: self.number,
                    text,
                    too_long,
                }));
            }
        }
    }
}

fn trim_end(text: &mut Vec<u8>) {
    for end in [b'\n', b'\r'] {
        if text.last() == Some(&end) {
            text.pop();
        }
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = io::Result<Line>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}
