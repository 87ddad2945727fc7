//! The file of refused lines of an import.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use super::super::failure::Failure;

/// Where refused lines go, so that they can be corrected and imported again.
pub(super) struct Rejects {
    file: File,
    /// What must stand above the first line.
    header: Vec<u8>,
}

impl Rejects {
    /// Empties the file at `path`, which must not be what is read.
    pub(super) fn create(path: &Path, input: &Path) -> Result<Self, Failure> {
        if is_input(path, input)? {
            return Err(Failure::new(format!(
                "{} is the file that is imported: name another one for --rejects",
                path.display()
            )));
        }
        let file = File::create(path)
            .map_err(|error| Failure::new(format!("cannot write {}: {error}", path.display())))?;
        Ok(Self {
            file,
            header: Vec::new(),
        })
    }

    /// Puts this above the first line, once there is one.
    pub(super) fn begin_with(&mut self, header: Vec<u8>) {
        self.header = header;
    }

    /// Keeps one refused line.
    pub(super) fn write(&mut self, line: &[u8]) -> io::Result<()> {
        let header = std::mem::take(&mut self.header);
        for line in [&header[..], line] {
            if !line.is_empty() {
                self.file.write_all(line)?;
                self.file.write_all(b"\n")?;
            }
        }
        Ok(())
    }

    pub(super) fn end(&self) -> io::Result<()> {
        self.file.sync_all()
    }
}

/// Whether `path` is the input, by whatever name, or what stdin comes from.
fn is_input(path: &Path, input: &Path) -> io::Result<bool> {
    // What is not there yet is no input.
    let Ok(file) = fs::metadata(path) else {
        return Ok(false);
    };
    let input = if input == Path::new("-") {
        File::from(io::stdin().as_fd().try_clone_to_owned()?).metadata()?
    } else {
        fs::metadata(input)?
    };
    Ok(file.is_file() && (file.dev(), file.ino()) == (input.dev(), input.ino()))
}
