//! `postern admin token`.

use std::process::ExitCode;

use super::super::failure::Failure;
use super::super::output::say;
use super::super::random::random_bytes;
use crate::admin::TokenName;
use crate::config::Settings;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Whose it is, as ada or ada@example.com: it stands with every decision made by this token
    name: TokenName,
    /// End the token this name has now
    #[arg(long)]
    replace: bool,
}

pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode, Failure> {
    let random = random_bytes()?;
    let token = super::change(settings, |tokens| {
        if args.replace {
            tokens.revoke(&args.name);
        }
        Ok(tokens.issue(args.name.clone(), random)?)
    })?;
    say(token)?;
    eprintln!(
        "This is the only time it is shown. Send it as `Authorization: Bearer TOKEN` to http://{}/admin/…",
        settings.admin.listen
    );
    Ok(ExitCode::SUCCESS)
}
