//! Reading click logs: CSV and NDJSON, line by line.
//!
//! A line is either a click or refused with its number and the reason; a bad line never costs
//! the good ones around it. So lines are split before anything else is read: a stray quote ends
//! with its line.

mod format;
mod json;
mod lines;
mod row;

use std::io::{self, BufRead};

pub use format::{Format, guess};
pub use lines::MAX_LINE_BYTES;

use self::format::Layout;
use self::lines::{Line, Lines};
use crate::store::Click;

/// A line that holds no click.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Counted from 1, the header of a CSV included.
    pub line: u64,
    /// What is wrong with it, all at once.
    pub reason: String,
    /// The line itself, as it was.
    pub text: Vec<u8>,
}

/// The clicks of a log, in its order.
pub struct Clicks<R> {
    lines: Lines<R>,
    layout: Layout,
    header: Vec<u8>,
}

impl<R: BufRead> Clicks<R> {
    /// Starts to read `input`; of a CSV, its header.
    ///
    /// # Errors
    /// When the input cannot be read, or the header has no `clickid` column or names one twice.
    pub fn new(input: R, format: Format) -> io::Result<Self> {
        let mut lines = Lines::new(input);
        let (layout, header) = match format {
            Format::Ndjson => (Layout::Ndjson, Vec::new()),
            Format::Csv => {
                let line = lines.next().transpose()?;
                let header = line.as_ref().map(|line| line.text.clone());
                let layout = Layout::from_header(line)
                    .map_err(|message| io::Error::new(io::ErrorKind::InvalidData, message))?;
                (layout, header.unwrap_or_default())
            }
        };
        Ok(Self {
            lines,
            layout,
            header,
        })
    }

    /// The header of a CSV as it was; empty for NDJSON.
    #[must_use]
    pub fn header(&self) -> &[u8] {
        &self.header
    }

    /// Columns of the CSV's header that say nothing to us.
    #[must_use]
    pub fn ignored_columns(&self) -> &[String] {
        self.layout.ignored_columns()
    }

    fn read(&self, line: Line) -> Result<Click, Refused> {
        let read = line
            .check()
            .and_then(|()| self.layout.row(&line.text))
            .and_then(row::Row::into_click);
        read.map_err(|reason| Refused {
            line: line.number,
            reason,
            text: line.text,
        })
    }
}

impl<R: BufRead> Iterator for Clicks<R> {
    /// The outer error ends the reading, the inner one concerns its line alone.
    type Item = io::Result<Result<Click, Refused>>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(self.lines.next()?.map(|line| self.read(line)))
    }
}

#[cfg(test)]
mod tests;
