//! `postern openapi`: what a listener takes and answers, for machines.

use std::process::ExitCode;

use clap::ValueEnum;

use super::failure::Failure;
use super::output::say;
use crate::admin;

/// Prints the OpenAPI 3.1 document of a listener. It is made from the code, so it is that of this
/// version.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which listener
    #[arg(value_enum)]
    listener: Listener,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Listener {
    /// What partners post to
    Gate,
    /// The admin API
    Admin,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    say(document(args.listener))?;
    Ok(ExitCode::SUCCESS)
}

/// The document as text, without a line end behind it.
pub(super) fn document(listener: Listener) -> String {
    match listener {
        Listener::Gate => format!("{:#}", postern_protocol::openapi::gate()),
        // Strings and maps always have a JSON form.
        Listener::Admin => admin::openapi().to_pretty_json().unwrap_or_default(),
    }
}
