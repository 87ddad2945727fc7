//! `postern partners apply`.

use std::process::ExitCode;

use postern_protocol::proof::ProofToken;

use super::super::environment;
use super::super::failure::Failure;
use super::super::output::say;
use super::store_file::{now, random_secret};
use crate::config::Settings;
use crate::partners::apply::Plan;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Only check and show what would change; write nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode, Failure> {
    let token = ProofToken::parse(&random_secret()?)?;
    let plan = Plan::make(settings, &environment, token, now())?;
    for warning in plan.warnings() {
        eprintln!("postern: note: {warning}");
    }
    match plan.difference().is_empty() {
        true => say("nothing changes")?,
        false => say(plan.difference().to_string().trim_end())?,
    }
    if args.dry_run {
        say("this was a dry run: nothing was written")?;
        return Ok(ExitCode::SUCCESS);
    }
    plan.carry_out(settings)?;
    if plan.makes_proof() {
        say(format!(
            "made a new proof token in {}",
            settings.proof_file.display()
        ))?;
    }
    say(format!("applied to {}", settings.edge.output.display()))?;
    Ok(ExitCode::SUCCESS)
}
