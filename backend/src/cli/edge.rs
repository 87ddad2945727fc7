//! `postern edge …`: for those who write the filter's configuration themselves, or carry it elsewhere.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use postern_protocol::edge::EdgeConfig;

use super::failure::Failure;
use super::output::say;
use crate::partners::edge::configuration_in;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Print the JSON Schema of the filter's configuration
    Schema,
    /// Say whether the filter takes a configuration
    Check {
        /// The configuration in JSON, or the file Envoy watches
        file: PathBuf,
    },
}

pub(super) fn run(command: &Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Schema => say(format!("{:#}", EdgeConfig::schema()))?,
        Command::Check { file } => say(check(file)?)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// What the filter's own reader makes of it.
fn check(file: &Path) -> Result<String, Failure> {
    let shown = file.display();
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::new(format!("cannot read {shown}: {error}")))?;
    let configuration = configuration_in(&text).unwrap_or(text);
    let config = EdgeConfig::parse(configuration.as_bytes()).map_err(|mistakes| {
        Failure::new(format!("the filter does not take {shown}:\n{mistakes}"))
    })?;
    Ok(format!(
        "The filter takes {shown}: {} partners, replicas {}.",
        config.partners.len(),
        config.replicas
    ))
}
