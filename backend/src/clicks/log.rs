//! A click log that is read piece by piece, and the chunks it becomes.

use std::io;
use std::ops::Range;

use thiserror::Error;

use super::blocks::{BLOCK_BYTES, Block, Blocks};
use super::format::{Format, Layout};
use super::lines::{Line, lines};
use super::trail::Changed;
use crate::store::{Click, Mark};

/// Why a log cannot be read on.
#[derive(Debug, Error)]
pub enum LogError {
    /// The input failed.
    #[error("the click log cannot be read on: {0}")]
    Input(#[from] io::Error),
    /// A CSV without a header that can be used.
    #[error("{0}")]
    Header(String),
    /// What was imported of it before is not how it begins.
    #[error("the log is not the one that was imported under this name before")]
    Changed,
}

impl From<Changed> for LogError {
    fn from(_: Changed) -> Self {
        Self::Changed
    }
}

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

/// The first line of a CSV.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// As it was.
    pub text: Vec<u8>,
    /// Columns that say nothing to us.
    pub ignored_columns: Vec<String>,
}

/// What is stored at once.
#[derive(Debug)]
pub struct Chunk {
    /// A CSV's header, with the log's first chunk.
    pub header: Option<Header>,
    /// The clicks, in the log's order.
    pub clicks: Vec<Click>,
    /// The lines that hold none.
    pub refused: Vec<Refused>,
    /// Clicks that an earlier run imported, and that are passed over now.
    pub before: u64,
    /// How far it reaches.
    pub mark: Mark,
    /// Whether it reaches no farther than an earlier run did.
    pub is_behind: bool,
    /// The line of each click: its number, and where it stands in the text.
    lines: Vec<(u64, Range<usize>)>,
    text: Vec<u8>,
}

impl Chunk {
    /// The click at `index` as a line that is refused after all.
    #[must_use]
    pub fn refuse(&self, index: usize, reason: String) -> Refused {
        let (line, place) = self.lines[index].clone();
        Refused {
            line,
            reason,
            text: self.text[place].to_owned(),
        }
    }
}

/// A log of which some is read.
pub struct ClickLog {
    blocks: Blocks,
    format: Format,
    layout: Option<Layout>,
    lines: u64,
    /// Lines that were imported before.
    resumed: u64,
}

impl ClickLog {
    /// A log to be read from its first byte. Of what `resumed` covers, the clicks are passed over,
    /// and it must be the same to the byte.
    #[must_use]
    pub fn new(format: Format, resumed: Option<&Mark>) -> Self {
        Self::in_blocks_of(BLOCK_BYTES, format, resumed)
    }

    pub(super) fn in_blocks_of(bytes: usize, format: Format, resumed: Option<&Mark>) -> Self {
        Self {
            blocks: Blocks::new(format.name(), resumed, bytes),
            format,
            layout: None,
            lines: 0,
            resumed: resumed.map_or(0, |mark| mark.lines),
        }
    }

    /// Reads the next bytes; gives a chunk whenever one is full.
    ///
    /// # Errors
    /// The header cannot be used, or the log is not the one that was begun.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Option<Chunk>, LogError> {
        let block = self.blocks.push(bytes)?;
        block.map(|block| self.parse(block)).transpose()
    }

    /// The last chunk, once there are no more bytes.
    ///
    /// # Errors
    /// As [`ClickLog::push`].
    pub fn end(mut self) -> Result<Option<Chunk>, LogError> {
        let empty = Blocks::new(self.format.name(), None, 0);
        let block = std::mem::replace(&mut self.blocks, empty).end()?;
        let chunk = block.map(|block| self.parse(block)).transpose()?;
        if self.layout.is_none() && self.format == Format::Csv {
            return Err(LogError::Header(
                "the file is empty: a CSV starts with a line of column names".to_owned(),
            ));
        }
        Ok(chunk)
    }

    fn parse(&mut self, block: Block) -> Result<Chunk, LogError> {
        let before = self.lines;
        self.lines += memchr::memchr_iter(b'\n', &block.text).count() as u64;
        let mark = Mark {
            lines: self.lines,
            bytes: block.bytes,
            digest: block.digest,
        };
        let mut chunk = Chunk {
            header: None,
            clicks: Vec::new(),
            refused: Vec::new(),
            before: 0,
            is_behind: mark.lines <= self.resumed,
            mark,
            lines: Vec::new(),
            text: Vec::new(),
        };
        for line in lines(&block.text, before) {
            match &self.layout {
                Some(layout) => chunk.read(layout, line, self.resumed),
                None => self.begin(&mut chunk, line)?,
            }
        }
        chunk.text = block.text;
        Ok(chunk)
    }

    /// The first line says how the others are laid out, or is one of them already.
    fn begin(&mut self, chunk: &mut Chunk, line: Line<'_>) -> Result<(), LogError> {
        match self.format {
            Format::Ndjson => {
                chunk.read(&Layout::Ndjson, line, self.resumed);
                self.layout = Some(Layout::Ndjson);
            }
            Format::Csv => {
                let layout = Layout::from_header(&line).map_err(LogError::Header)?;
                chunk.header = Some(Header {
                    text: line.text.to_owned(),
                    ignored_columns: layout.ignored_columns().to_owned(),
                });
                self.layout = Some(layout);
            }
        }
        Ok(())
    }
}

impl Chunk {
    fn read(&mut self, layout: &Layout, line: Line<'_>, resumed: u64) {
        let read = line
            .check()
            .and_then(|()| layout.row(line.text))
            .and_then(|row| row.to_click());
        match read {
            Ok(_) if line.number <= resumed => self.before += 1,
            Ok(click) => {
                self.clicks.push(click);
                self.lines.push((line.number, line.place));
            }
            Err(reason) => self.refused.push(Refused {
                line: line.number,
                reason,
                // A longer one was not kept whole.
                text: line.text[..line.text.len().min(super::MAX_LINE_BYTES)].to_owned(),
            }),
        }
    }
}
