//! `postern sample`: a configuration to start from.

use std::process::ExitCode;

use super::failure::Failure;
use super::output::say;
use crate::config::SAMPLE;

pub(super) fn run() -> Result<ExitCode, Failure> {
    say(SAMPLE.trim_end())?;
    Ok(ExitCode::SUCCESS)
}
