//! Changing `partners.toml` safely: the new text is checked before the old file is replaced.

use postern_protocol::time::UnixSeconds;

use super::super::environment;
use super::super::failure::Failure;
use crate::clock::Clock;
use crate::config::Settings;
use crate::files;
use crate::partners::{PartnersFile, SECRET_BYTES, Sources, strong_secret};

/// A strong secret from the system's randomness.
pub(super) fn random_secret() -> Result<String, Failure> {
    let mut random = [0; SECRET_BYTES];
    getrandom::fill(&mut random)
        .map_err(|error| Failure::new(format!("the system gives no randomness: {error}")))?;
    Ok(strong_secret(random))
}

pub(super) fn now() -> UnixSeconds {
    Clock::system().unix_seconds()
}

/// Replaces the file by `text` if it is good: a command must not leave a file that `apply`
/// refuses.
pub(super) fn store(settings: &Settings, text: &str) -> Result<(), Failure> {
    // A link to the file stays a link.
    let path = std::fs::canonicalize(&settings.partners).unwrap_or(settings.partners.clone());
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
