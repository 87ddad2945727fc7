//! `postern partners apply`.

use std::process::ExitCode;

use postern_protocol::proof::ProofToken;

use super::super::environment;
use super::super::failure::Failure;
use super::super::output::say;
use super::store_file::{lock, now, random_secret};
use crate::config::Settings;
use crate::partners::apply::Plan;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Only check and show what would change; write nothing
    #[arg(long)]
    dry_run: bool,
    /// Take away the last partner as well: without this, a file without partners is a mistake
    #[arg(long)]
    remove_all: bool,
}

pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode, Failure> {
    // What is only shown may be out of date a moment later anyway.
    let _lock = (!args.dry_run).then(|| lock(settings)).transpose()?;
    let token = ProofToken::parse(&random_secret()?)?;
    let plan = Plan::make(settings, &environment, token, now())?;
    for warning in plan.warnings() {
        eprintln!("postern: note: {warning}");
    }
    match plan.difference().is_empty() {
        true => say("nothing changes")?,
        false => say(plan.difference().to_string().trim_end())?,
    }
    if plan.removes_all() && !args.remove_all {
        return Err(Failure::new(format!(
            "{} holds no partners: nobody could post any more. Nothing was changed; say \
             --remove-all if that is meant",
            settings.partners.display()
        )));
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
    if plan.keeps_old_proof() {
        say("its second line is what the edge sends until it has the new one; remove it then")?;
    }
    say(format!("applied to {}", settings.edge.output.display()))?;
    Ok(ExitCode::SUCCESS)
}
