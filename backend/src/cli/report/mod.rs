//! `postern report`: what happened, as a table for people, CSV for spreadsheets, or JSON for
//! programs.

mod funnel;
mod payouts;
mod sources;

use std::process::ExitCode;

use clap::{Subcommand, ValueEnum};
use postern_protocol::id::PartnerId;
use serde::Serialize;

use super::failure::Failure;
use super::output::say;
use crate::config::Settings;
use crate::report::period::{Day, Period};
use crate::report::sheet::Sheet;
use crate::store::{Store, StoreError};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// From clicks to deposits, step by step
    Funnel(funnel::Args),
    /// What partners are owed: booked, held, clawed back, due
    Payouts(payouts::Args),
    /// What sources of clicks cost and earned, how sure that is, and what to do
    Sources(sources::Args),
}

/// Over what a report goes, and how it is written.
#[derive(Debug, clap::Args)]
struct Scope {
    /// The first day, in UTC
    #[arg(long, value_name = "DAY", value_parser = Day::parse)]
    from: Option<Day>,
    /// The last day; it is part of the report
    #[arg(long, value_name = "DAY", value_parser = Day::parse)]
    to: Option<Day>,
    /// Only this partner
    #[arg(long, value_parser = PartnerId::parse)]
    partner: Option<PartnerId>,
    /// For whom it is written
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// For spreadsheets: a header, then a line a row
    Csv,
    /// For programs: one object with stable names
    Json,
}

pub(super) fn run(command: &Command, settings: &Settings) -> Result<ExitCode, Failure> {
    match command {
        Command::Funnel(args) => funnel::run(args, settings)?,
        Command::Payouts(args) => payouts::run(args, settings)?,
        Command::Sources(args) => sources::run(args, settings)?,
    }
    Ok(ExitCode::SUCCESS)
}

impl Scope {
    fn period(&self) -> Result<Period, Failure> {
        Ok(Period::of(self.from, self.to)?)
    }

    /// Prints a report: itself as JSON, or as a sheet.
    fn print(&self, report: &impl Serialize, sheet: impl FnOnce() -> Sheet) -> Result<(), Failure> {
        match self.format {
            Format::Table => say(sheet().to_table())?,
            // Its last line ends already.
            Format::Csv => say(sheet().to_csv()?.trim_end())?,
            Format::Json => say(serde_json::to_string_pretty(report)?)?,
        }
        Ok(())
    }
}

/// Opens the store, asks it, and closes it again.
fn ask<T>(
    settings: &Settings,
    question: impl AsyncFnOnce(&Store) -> Result<T, StoreError>,
) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let store = Store::open(&settings.database).await?;
        let answer = question(&store).await;
        store.close().await;
        Ok(answer?)
    })
}
