//! `postern deliveries`: the delivery log.

mod list;
mod prune;

use std::process::ExitCode;

use clap::Subcommand;

use super::failure::Failure;
use crate::config::Settings;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Show deliveries and what became of them, newest first
    List(list::Args),
    /// Remove old deliveries as they came; what they meant stays
    Prune(prune::Args),
}

pub(super) fn run(command: &Command, settings: &Settings) -> Result<ExitCode, Failure> {
    match command {
        Command::List(args) => list::run(args, settings),
        Command::Prune(args) => prune::run(args, settings),
    }
}
