//! Changing `partners.toml` safely: one command at a time, and the new text is checked before the
//! old file is replaced.

use std::fs::{self, File};
use std::io;
use std::path::PathBuf;

use postern_protocol::time::UnixSeconds;

use super::super::environment;
use super::super::failure::Failure;
use super::super::random::random_bytes;
use crate::clock::Clock;
use crate::config::Settings;
use crate::files;
use crate::partners::apply::ApplyError;
use crate::partners::{PartnersFile, Sources, strong_secret};

/// A strong secret from the system's randomness.
pub(super) fn random_secret() -> Result<String, Failure> {
    Ok(strong_secret(random_bytes()?))
}

pub(super) fn now() -> UnixSeconds {
    Clock::system().unix_seconds()
}

/// Keeps every other command off the partners file and what is applied of it, until the returned
/// file is dropped. Commands read the file only after this: else the last of two would undo the
/// first.
pub(super) fn lock(settings: &Settings) -> Result<File, Failure> {
    files::lock(&true_path(settings))
        .or_else(|error| match error.kind() {
            // Where nobody can change the partners file, there is still what is applied.
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                files::lock(&settings.applied)
            }
            _ => Err(error),
        })
        .map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => ApplyError::NoFile(settings.partners.clone()).into(),
            _ => error.into(),
        })
}

/// As [`lock`], for a file whose folder may have to be made.
pub(super) fn lock_new(settings: &Settings) -> Result<File, Failure> {
    files::make_folder_of(&settings.partners)?;
    lock(settings)
}

/// A link to the file stays a link.
fn true_path(settings: &Settings) -> PathBuf {
    fs::canonicalize(&settings.partners).unwrap_or(settings.partners.clone())
}

/// Replaces the file by `text` if it is good: a command must not leave a file that `apply`
/// refuses.
pub(super) fn store(settings: &Settings, text: &str) -> Result<(), Failure> {
    let path = true_path(settings);
    let folder = path.parent().unwrap_or(&path);
    let sources = Sources {
        folder,
        environment: &environment,
    };
    PartnersFile::parse(text, &sources).map_err(|mistakes| {
        Failure::new(format!(
            "{} would have mistakes, nothing was changed:\n{mistakes}",
            settings.partners.display()
        ))
    })?;
    Ok(files::replace(&path, text.as_bytes())?)
}
