//! `postern sample`: a file to start from.

use std::process::ExitCode;

use clap::ValueEnum;

use super::failure::Failure;
use super::output::say;
use crate::{config, partners, rates};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which file
    #[arg(value_enum, default_value = "postern")]
    file: File,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum File {
    /// postern.toml: how a backend is set up
    Postern,
    /// partners.toml: who may post, and what is agreed with them
    Partners,
    /// rates.toml: exchange rates for reports
    Rates,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let text = match args.file {
        File::Postern => config::SAMPLE,
        File::Partners => partners::SAMPLE,
        File::Rates => rates::SAMPLE,
    };
    say(text.trim_end())?;
    Ok(ExitCode::SUCCESS)
}
