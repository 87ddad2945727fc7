//! `postern admin …`: who may use the admin API and the console.

mod list;
mod revoke;
mod token;

use std::process::ExitCode;

use clap::Subcommand;

use super::failure::Failure;
use crate::admin::Tokens;
use crate::config::Settings;
use crate::files;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a token for the admin API and the console, and print it once
    Token(token::Args),
    /// Show whose tokens open the admin API, and their roles
    List,
    /// End somebody's token; running backends follow within a moment
    Revoke(revoke::Args),
}

pub(super) fn run(command: &Command, settings: &Settings) -> Result<ExitCode, Failure> {
    match command {
        Command::Token(args) => token::run(args, settings),
        Command::List => list::run(settings),
        Command::Revoke(args) => revoke::run(args, settings),
    }
}

/// The tokens as the file has them; none where it is missing.
fn read(settings: &Settings) -> Result<Tokens, Failure> {
    let path = &settings.admin.tokens;
    let text = files::read_if_there(path)?.unwrap_or_default();
    Tokens::parse(&text).map_err(|error| Failure::new(format!("{}: {error}", path.display())))
}

/// Reads the tokens, lets `edit` change them and keeps what came of it; two commands at once take
/// turns.
fn change<T>(
    settings: &Settings,
    edit: impl FnOnce(&mut Tokens) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let path = &settings.admin.tokens;
    files::make_folder_of(path)?;
    let _lock = files::lock(path)?;
    let mut tokens = read(settings)?;
    let done = edit(&mut tokens)?;
    files::replace(path, tokens.to_text().as_bytes())?;
    Ok(done)
}
