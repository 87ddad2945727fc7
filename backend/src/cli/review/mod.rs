//! `postern review`: the flags that wait for a person, and what the person says.

mod decide;
mod list;
mod show;

use std::process::ExitCode;

use clap::Subcommand;

use super::failure::Failure;
use crate::agreement::Agreements;
use crate::config::Settings;
use crate::ledger::Answer;
use crate::partners::applied;
use crate::store::Store;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List the flags that wait for a decision
    List(list::Args),
    /// Show all that a decision about a flag needs
    Show(show::Args),
    /// Say that it is as the partner reports
    Approve(decide::Args),
    /// Say that it is not
    Reject(decide::Args),
    /// Take an answer back: the flag waits again, what the answer did is reversed by new entries
    Undo(decide::Args),
}

pub(super) fn run(command: &Command, settings: &Settings) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let store = Store::open(&settings.database).await?;
        let done = with(command, settings, &store).await;
        store.close().await;
        done
    })
}

async fn with(command: &Command, settings: &Settings, store: &Store) -> Result<ExitCode, Failure> {
    match command {
        Command::List(args) => list::run(args, store).await,
        Command::Show(args) => show::run(args, store, &agreements(settings)?).await,
        Command::Approve(args) => {
            decide::run(args, Answer::Approve, store, &agreements(settings)?).await
        }
        Command::Reject(args) => {
            decide::run(args, Answer::Reject, store, &agreements(settings)?).await
        }
        Command::Undo(args) => decide::run(args, Answer::Undo, store, &agreements(settings)?).await,
    }
}

/// What was applied; what is settled follows it.
fn agreements(settings: &Settings) -> Result<Agreements, Failure> {
    Ok(applied::load(&settings.applied)?.unwrap_or_default())
}

/// What follows a title, indented.
fn block(lines: &[String]) -> String {
    lines.join("\n  ")
}
