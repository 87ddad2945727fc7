//! `postern export`: everything of one sort, for other programs, page by page to stdout.

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::ValueEnum;
use postern_protocol::id::PartnerId;

use super::failure::Failure;
use super::kind_args::KindArgs;
use crate::config::Settings;
use crate::report::period::{Day, Period};
use crate::report::sheet::{LineFormat, Lines};
use crate::store::{ExportQuery, Exported, Store};

/// Writes all rows of one sort to stdout, as CSV or as a JSON object a line.
///
/// Rows are read a page at a time, so it takes little memory however many there are. What is
/// written meanwhile may or may not be among them. In CSV, a text from outside that begins as a
/// formula would in a spreadsheet (with = + - @) gets an apostrophe in front; NDJSON holds every
/// text as it is. Deliveries hold raw requests with their signatures: keep the output as safe as
/// the database.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What is exported
    #[arg(value_enum)]
    what: What,
    /// How it is written
    #[arg(long, value_enum, default_value_t = Format::Ndjson)]
    format: Format,
    /// The first day, in UTC: of receiving, happening, booking or deciding
    #[arg(long, value_name = "DAY", value_parser = Day::parse)]
    from: Option<Day>,
    /// The last day; it is part of the export
    #[arg(long, value_name = "DAY", value_parser = Day::parse)]
    to: Option<Day>,
    /// Only this partner's
    #[arg(long, value_parser = PartnerId::parse)]
    partner: Option<PartnerId>,
    #[command(flatten)]
    kind: KindArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// The delivery log, with raw requests
    Deliveries,
    /// Conversions in their present state
    Conversions,
    /// The lines of money
    Payouts,
    /// The click log; `postern clicks import` reads it back
    Clicks,
    /// The answers to flags
    Decisions,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A header, then a line a row
    Csv,
    /// A JSON object a line
    Ndjson,
}

pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode, Failure> {
    let asked = ExportQuery {
        what: match args.what {
            What::Deliveries => Exported::Deliveries,
            What::Conversions => Exported::Conversions,
            What::Payouts => Exported::Payouts,
            What::Clicks => Exported::Clicks,
            What::Decisions => Exported::Decisions,
        },
        period: Period::of(args.from, args.to)?,
        partner: args.partner.clone(),
        is_test: args.kind.is_test(),
    };
    if asked.is_test.is_some() && args.what != What::Deliveries {
        return Err(Failure::new(
            "only deliveries can be tests; nothing else ever holds one",
        ));
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let store = Store::open(&settings.database).await?;
        let format = match args.format {
            Format::Csv => LineFormat::Csv,
            Format::Ndjson => LineFormat::Ndjson,
        };
        let written = write(&store, &asked, format).await;
        store.close().await;
        written
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn write(store: &Store, asked: &ExportQuery, format: LineFormat) -> Result<(), Failure> {
    let lines = Lines::new(format, asked.names());
    let mut out = io::stdout().lock();
    out.write_all(&lines.head()?)?;
    let mut after = None;
    loop {
        let page = store.export(asked, after.as_ref()).await?;
        out.write_all(&lines.page(&page.rows)?)?;
        after = page.next;
        if after.is_none() {
            return Ok(out.flush()?);
        }
    }
}
