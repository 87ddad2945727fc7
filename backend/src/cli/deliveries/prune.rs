//! `postern deliveries prune`: removes what nobody needs to be shown any more.

use std::process::ExitCode;

use crate::cli::failure::Failure;
use crate::cli::output::say;
use crate::clock::Clock;
use crate::config::Settings;
use crate::report::period::Day;
use crate::store::{Pruned, PrunedPart, Store};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
What is removed: the requests as they came, with their signatures and addresses.
What stays: conversions, payouts, flags and decisions; and the name of each content, so that even a
late retry is answered as the first time.
On PostgreSQL months go as a whole: the month of the day itself is kept.")]
pub(in crate::cli) struct Args {
    /// Remove what was received before this day, in UTC; today at the latest
    #[arg(long, value_name = "DAY", value_parser = Day::parse)]
    before: Day,
    /// Only say what would be removed
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let pruned = runtime.block_on(async {
        let store = Store::open(&settings.database).await?;
        let today = Day::of(Clock::system().unix_seconds());
        let pruned = if args.dry_run {
            store.count_older(args.before, today).await
        } else {
            store.prune(args.before, today).await
        };
        store.close().await;
        pruned
    })?;
    tell(&pruned, args)?;
    Ok(ExitCode::SUCCESS)
}

fn tell(pruned: &Pruned, args: &Args) -> std::io::Result<()> {
    let done = if args.dry_run {
        "would remove"
    } else {
        "removed"
    };
    for part in &pruned.parts {
        say(format!("{done} {}", in_words(part, args.before)))?;
    }
    if pruned.parts.is_empty() {
        say(format!("nothing was received before {}", args.before))?;
    }
    if let Some(kept) = pruned.kept {
        say(format!(
            "{kept} is kept as a whole: it goes once the day is in a later month"
        ))?;
    }
    Ok(())
}

fn in_words(part: &PrunedPart, before: Day) -> String {
    let deliveries = part.deliveries;
    match part.month {
        Some(month) => format!("{month}: {deliveries} deliveries"),
        None => format!("{deliveries} deliveries received before {before}"),
    }
}
