//! What is imported: a file or stdin, with its format, its name, and a bar that shows how far it is.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};

use super::super::failure::Failure;
use crate::clicks::{Format, guess};

const BUFFER_BYTES: usize = 1 << 16;

/// An input that is open.
pub(super) struct Input {
    pub(super) bytes: BufReader<Box<dyn Read + Send>>,
    pub(super) bar: ProgressBar,
}

impl Input {
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        if is_stdin(path) {
            return Ok(Self {
                bytes: buffered(Box::new(io::stdin())),
                bar: styled(ProgressBar::new_spinner(), "{spinner} {binary_bytes} {msg}"),
            });
        }
        let unread = |error| Failure::new(format!("cannot read {}: {error}", path.display()));
        let file = File::open(path).map_err(unread)?;
        let bar = ProgressBar::new(file.metadata().map_err(unread)?.len());
        Ok(Self {
            bytes: buffered(Box::new(file)),
            bar: styled(bar, "{wide_bar} {percent}% {msg}, {eta} left"),
        })
    }

    /// The format by the file's ending, else by its first byte.
    pub(super) fn guess(&mut self, path: &Path) -> io::Result<Format> {
        Ok(guess(Some(path), self.bytes.fill_buf()?))
    }
}

pub(super) fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

/// A file's own name, whatever way leads to it. A pipe has none: it is another one each time.
pub(super) fn name(path: &Path) -> Option<String> {
    let path: PathBuf = fs::canonicalize(path).ok().filter(|path| path.is_file())?;
    Some(path.to_string_lossy().into_owned())
}

fn buffered(input: Box<dyn Read + Send>) -> BufReader<Box<dyn Read + Send>> {
    BufReader::with_capacity(BUFFER_BYTES, input)
}

/// A bar is hidden when nobody watches.
fn styled(bar: ProgressBar, template: &str) -> ProgressBar {
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
