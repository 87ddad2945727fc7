//! `postern admin list`.

use std::process::ExitCode;

use super::super::failure::Failure;
use super::super::output::say;
use crate::config::Settings;

pub(super) fn run(settings: &Settings) -> Result<ExitCode, Failure> {
    let tokens = super::read(settings)?;
    if tokens.is_empty() {
        eprintln!("nobody may use the admin API; `postern admin token NAME` makes the first token");
    }
    for holder in tokens.holders() {
        say(format!("{} {}", holder.name, holder.role))?;
    }
    Ok(ExitCode::SUCCESS)
}
