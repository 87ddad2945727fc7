//! `postern edge schema`: for those who write the filter's configuration themselves.

use std::process::ExitCode;

use clap::Subcommand;
use postern_protocol::edge::EdgeConfig;

use super::failure::Failure;
use super::output::say;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Print the JSON Schema of the filter's configuration
    Schema,
}

pub(super) fn run(command: &Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Schema => say(format!("{:#}", EdgeConfig::schema()))?,
    }
    Ok(ExitCode::SUCCESS)
}
