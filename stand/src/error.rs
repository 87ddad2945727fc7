//! What went wrong while a stand came up, in words that say what to do.

use std::fmt;
use std::path::Path;

/// Lines of a log that are shown with an error, and how much of each.
const LOG_LINES: usize = 20;
const LOG_LINE_CHARS: usize = 300;

/// Why a stand could not be brought up, changed or stopped.
#[derive(Debug)]
pub struct StandError {
    reason: String,
    log_end: Option<String>,
}

impl StandError {
    /// An error with a plain reason.
    pub fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            log_end: None,
        }
    }

    /// Adds the last lines of a log, which mostly say more than we can.
    #[must_use]
    pub fn with_log(mut self, log: &Path) -> Self {
        let text = std::fs::read(log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let cut = |line: &str| line.chars().take(LOG_LINE_CHARS).collect::<String>();
        let lines: Vec<String> = text.lines().map(cut).collect();
        let end = lines[lines.len().saturating_sub(LOG_LINES)..].join("\n  ");
        self.log_end = Some(format!("the end of {}:\n  {end}", log.display()));
        self
    }
}

impl fmt::Display for StandError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.reason)?;
        match &self.log_end {
            Some(end) => write!(out, "\n{end}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for StandError {}

/// Says what was being done when the system refused.
pub(crate) fn doing(what: impl fmt::Display) -> impl FnOnce(std::io::Error) -> StandError {
    move |cause| StandError::new(format!("{what}: {cause}"))
}
