//! `postern clicks …`: the click log that conversions are checked against.

mod import;
mod input;
mod rejects;

use std::process::ExitCode;

use clap::Subcommand;

use super::failure::Failure;
use crate::config::Settings;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add clicks from a CSV or NDJSON file
    Import(import::Args),
}

pub(super) fn run(command: &Command, settings: &Settings) -> Result<ExitCode, Failure> {
    match command {
        Command::Import(args) => import::run(args, settings),
    }
}
