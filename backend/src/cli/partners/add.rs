//! `postern partners add`.

use std::process::ExitCode;

use clap::ValueEnum;
use postern_protocol::id::PartnerId;

use super::super::failure::Failure;
use super::super::output::say;
use super::store_file::{lock_new, now, random_secret, store};
use crate::config::Settings;
use crate::files;
use crate::partners::edit::{self, NewPartner};

/// Enough for most, low enough that a runaway script is noticed.
const RATE_PER_SECOND_DEFAULT: &str = "100";

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// What the partner sends as X-RS-Source: letters, digits, `_`, `.`, `-`
    id: PartnerId,
    /// An address or network it posts from, as 203.0.113.7 or 2001:db8::/32; repeat for more
    #[arg(long = "network", required = true, value_name = "NETWORK")]
    networks: Vec<String>,
    /// What people call it
    #[arg(long)]
    brand: Option<String>,
    /// Verified postbacks a second
    #[arg(long, default_value = RATE_PER_SECOND_DEFAULT)]
    rate: u32,
    /// Verified postbacks at once [default: twice the rate]
    #[arg(long)]
    burst: Option<u32>,
    /// Whether its amounts are like 50.00 (major) or 5000 (minor); ask the partner
    #[arg(long, value_enum)]
    unit: Unit,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Unit {
    /// 50.00 means fifty dollars
    Major,
    /// 5000 means fifty dollars
    Minor,
}

pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode, Failure> {
    let _lock = lock_new(settings)?;
    let old = files::read_if_there(&settings.partners)?.unwrap_or_default();
    let secret = random_secret()?;
    let partner = NewPartner {
        id: &args.id,
        brand: args.brand.as_deref(),
        networks: &args.networks,
        rate_per_second: args.rate,
        burst: args.burst.unwrap_or(args.rate.saturating_mul(2)),
        amount_unit: match args.unit {
            Unit::Major => "major",
            Unit::Minor => "minor",
        },
    };
    store(settings, &edit::add(&old, &partner, &secret, now())?)?;
    say(format!(
        "added {} to {}\n\nsecret  {secret}\n\nGive it to the partner over a safe channel; it is \
         not shown again.\nThe partner can post after `postern partners apply`.",
        args.id,
        settings.partners.display()
    ))?;
    Ok(ExitCode::SUCCESS)
}
