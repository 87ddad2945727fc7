//! What a command says when it cannot go on.

use std::error::Error;
use std::fmt::Display;
use std::io;
use std::process::ExitCode;

/// A reason for people. Any error turns into one, so a command can use `?` throughout.
#[derive(Debug)]
pub(super) struct Failure {
    message: String,
    /// Nobody reads our output any more, as with `postern … | head`: no reason to complain.
    quiet: bool,
}

impl Failure {
    pub(super) fn new(message: impl Display) -> Self {
        Self {
            message: message.to_string(),
            quiet: false,
        }
    }

    /// Prints the reason and returns the exit code.
    pub(super) fn report(&self) -> ExitCode {
        if !self.quiet {
            eprintln!("postern: {}", self.message);
        }
        ExitCode::FAILURE
    }
}

impl<E: Error + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        let any: &(dyn Error + 'static) = &error;
        let broken = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
        let quiet = any.downcast_ref::<io::Error>().is_some_and(broken);
        Self {
            message: error.to_string(),
            quiet,
        }
    }
}
