//! `postern admin revoke`.

use std::process::ExitCode;

use super::super::failure::Failure;
use super::super::output::say;
use crate::admin::TokenName;
use crate::config::Settings;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Whose token ends
    name: TokenName,
}

pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode, Failure> {
    super::change(settings, |tokens| {
        if tokens.revoke(&args.name) {
            return Ok(());
        }
        Err(Failure::new(format!(
            "{} has no token; `postern admin list` shows who has",
            args.name
        )))
    })?;
    say(format!("{}'s token opens nothing any more", args.name))?;
    Ok(ExitCode::SUCCESS)
}
