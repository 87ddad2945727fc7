//! `postern admin token`.

use std::process::ExitCode;

use super::super::failure::Failure;
use super::super::output::say;
use super::super::random::random_bytes;
use crate::admin::{Role, TokenName};
use crate::config::Settings;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Whose it is, as ada or ada@example.com: it stands with every decision made by this token
    name: TokenName,
    /// What it is good for: viewer reads, reviewer also decides, admin also imports and prunes
    #[arg(long, default_value = "admin")]
    role: Role,
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
        Ok(tokens.issue(args.name.clone(), args.role, random)?)
    })?;
    say(token)?;
    let listen = settings.admin.listen;
    eprintln!(
        "This is the only time it is shown. Log in with it at http://{listen}/console, or send it as `Authorization: Bearer TOKEN` to http://{listen}/admin/…"
    );
    Ok(ExitCode::SUCCESS)
}
