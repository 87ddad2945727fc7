//! The command line: one file for each command.
//!
//! A command reads its arguments and the configuration, calls the library, and prints what
//! happened. Exit codes: 0 it is done, 1 it is not (the reason is on stderr), 2 the command line
//! was wrong.

mod failure;
mod output;
mod random;
mod request;
mod span;

mod serve;
mod open_files;
mod partners;
mod clicks;
mod deliveries;
mod report;
mod review;
mod export;
mod admin;
mod explain;
mod doctor;
mod edge;
mod openapi;
mod key_arg;
mod kind_args;
mod payload_args;
mod sign;
mod send;
mod verify;
mod snippet;
mod tracker;
mod sample;
#[cfg(test)]
mod documents;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use self::failure::Failure;
use crate::config::Settings;

/// Where the configuration is looked for when nothing else is said.
const CONFIG_DEFAULT: &str = "postern.toml";

/// Takes S2S postbacks from partners at an Envoy edge, lets in only what is provably theirs, and
/// turns each into exactly one booked conversion.
#[derive(Debug, Parser)]
#[command(name = "postern", version, arg_required_else_help = true, after_help = EXAMPLES)]
struct Cli {
    /// The configuration; may be missing, then the defaults hold [default: postern.toml]
    #[arg(long, global = true, env = "POSTERN_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
A first partner, from nothing:
  postern partners add acme --network 203.0.113.7 --unit major
  postern partners apply
  postern serve

Try it out:
  postern sign --secret-env SECRET clickid=abc event=lead status=approved
  postern send https://localhost:8443/v1/event --insecure --source acme \\
      --secret-env SECRET clickid=abc event=lead status=approved

`postern COMMAND --help` tells more about each command.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the backend behind the edge
    Serve,
    /// Show, change and apply who may post
    #[command(subcommand)]
    Partners(partners::Command),
    /// Work with click logs
    #[command(subcommand)]
    Clicks(clicks::Command),
    /// Show the delivery log, and let old ones go
    #[command(subcommand)]
    Deliveries(deliveries::Command),
    /// What happened, as table, CSV or JSON
    #[command(subcommand)]
    Report(report::Command),
    /// Decide what was flagged for a person
    #[command(subcommand)]
    Review(review::Command),
    /// Write everything of one sort as CSV or NDJSON
    Export(export::Args),
    /// Say who may use the admin API
    #[command(subcommand)]
    Admin(admin::Command),
    /// Say all that is known of a delivery or a conversion, down to each cent
    Explain(explain::Args),
    /// Say whether this installation is in order, and what to do where it is not
    Doctor(doctor::Args),
    /// What the edge must be told
    #[command(subcommand)]
    Edge(edge::Command),
    /// Print the OpenAPI document of what partners post to, or of the admin API
    Openapi(openapi::Args),
    /// Print the signature of a postback
    Sign(sign::Args),
    /// Post a signed postback and print the answer
    Send(send::Args),
    /// Say why a pasted request's signature does not fit, and what to change
    Verify(verify::Args),
    /// Print a program that posts as one partner, in its developer's language
    Snippet(snippet::Args),
    /// Print a postback URL with a tracker's macros, and the relay that signs for it
    Tracker(tracker::Args),
    /// Print a file to start from, with every key and its reason
    Sample(sample::Args),
}

/// Runs the program's command line.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match cli.run() {
        Ok(code) => code,
        Err(failure) => failure.report(),
    }
}

impl Cli {
    fn run(self) -> Result<ExitCode, Failure> {
        let config = Config(self.config);
        match self.command {
            Command::Serve => serve::run(&config.load()?),
            Command::Partners(command) => partners::run(command, &config.load()?),
            Command::Clicks(command) => clicks::run(&command, &config.load()?),
            Command::Deliveries(command) => deliveries::run(&command, &config.load()?),
            Command::Report(command) => report::run(&command, &config.load()?),
            Command::Review(command) => review::run(&command, &config.load()?),
            Command::Export(args) => export::run(&args, &config.load()?),
            Command::Admin(command) => admin::run(&command, &config.load()?),
            Command::Explain(args) => explain::run(&args, &config.load()?),
            Command::Doctor(args) => doctor::run(&args, &config.load()?),
            Command::Edge(command) => edge::run(&command),
            Command::Openapi(args) => openapi::run(&args),
            Command::Sign(args) => sign::run(&args),
            Command::Send(args) => send::run(&args),
            Command::Verify(args) => verify::run(&args, &config.load()?),
            Command::Snippet(args) => snippet::run(&args, &config.load()?),
            Command::Tracker(args) => tracker::run(&args),
            Command::Sample(args) => sample::run(&args),
        }
    }
}

/// The configuration's place, as far as it was given.
struct Config(Option<PathBuf>);

impl Config {
    /// The settings. A file that was asked for by name must be there.
    fn load(&self) -> Result<Settings, Failure> {
        if let Some(path) = self.0.as_ref().filter(|path| !path.exists()) {
            return Err(Failure::new(format!(
                "there is no {}; `postern sample` prints a configuration to start from",
                path.display()
            )));
        }
        let path = self.0.as_deref().unwrap_or(Path::new(CONFIG_DEFAULT));
        Ok(Settings::load(
            path,
            std::env::vars_os().filter_map(utf8_variable),
        )?)
    }
}

/// What is not UTF-8 is none of our variables.
fn utf8_variable(
    (name, value): (std::ffi::OsString, std::ffi::OsString),
) -> Option<(String, String)> {
    Some((name.into_string().ok()?, value.into_string().ok()?))
}

/// A variable of the environment, for secrets that come from there.
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::Cli;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
