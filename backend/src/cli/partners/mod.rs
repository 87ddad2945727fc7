//! `postern partners …`: who may post.

mod add;
mod apply;
mod list;
mod pin;
mod rotate;
mod store_file;

use std::process::ExitCode;

use clap::Subcommand;

use super::failure::Failure;
use crate::config::Settings;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check partners.toml, show what changes, and put it to work at the edge and in the backend
    Apply(apply::Args),
    /// Show all partners of partners.toml in a table, without secrets
    List,
    /// Add a partner with a strong new secret, and print the secret once
    Add(add::Args),
    /// Give a partner a new secret and let its old ones run out
    Rotate(rotate::Args),
    /// Take only these signature forms of a partner
    Pin(pin::Args),
}

pub(super) fn run(command: Command, settings: &Settings) -> Result<ExitCode, Failure> {
    match command {
        Command::Apply(args) => apply::run(&args, settings),
        Command::List => list::run(settings),
        Command::Add(args) => add::run(&args, settings),
        Command::Rotate(args) => rotate::run(&args, settings),
        Command::Pin(args) => pin::run(&args, settings),
    }
}
