//! `postern partners rotate`.

use std::process::ExitCode;

use postern_protocol::id::PartnerId;
use postern_protocol::time::UnixSeconds;

use super::super::failure::Failure;
use super::super::output::say;
use super::super::span::seconds;
use super::store_file::{lock, now, random_secret, store};
use crate::config::Settings;
use crate::files;
use crate::partners::edit::{self, KeyKind, Rotated};
use crate::partners::show_time;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The partner
    id: PartnerId,
    /// How long the old secrets still count, as 7d, 12h or 30m; 0s ends them now
    #[arg(long, default_value = "7d", value_parser = seconds)]
    overlap: i64,
    /// Make a test secret: whatever it signs is a test, which counts nowhere. Live ones stay as they
    /// are
    #[arg(long)]
    test: bool,
}

pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode, Failure> {
    let _lock = lock(settings)?;
    let old = files::read(&settings.partners)?;
    let secret = random_secret()?;
    let now = now();
    // The last second in which the old ones count.
    let until = UnixSeconds(now.0.saturating_add(args.overlap));
    let (kind, called) = match args.test {
        true => (KeyKind::Test, "test secret"),
        false => (KeyKind::Live, "secret"),
    };
    let new = (kind, secret.as_str());
    let Rotated { text, key, dropped } = edit::rotate(&old, &args.id, new, now, until)?;
    store(settings, &text)?;
    if !dropped.is_empty() {
        say(format!("took out what had run out: {}", dropped.join(", ")))?;
    }
    say(format!(
        "gave {} the {called} {key}; its other {called}s count until {}\n\nsecret  {secret}\n\nGive it to \
         the partner over a safe channel; it is not shown again.\nIt counts after `postern \
         partners apply`.",
        args.id,
        show_time(until)
    ))?;
    Ok(ExitCode::SUCCESS)
}
