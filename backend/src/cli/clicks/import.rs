//! `postern clicks import`: a file, or stdin, into the click log, batch by batch.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};

use super::super::failure::Failure;
use super::super::output::say;
use super::rejects::Rejects;
use crate::clicks::{Clicks, Format, Refused, guess};
use crate::config::Settings;
use crate::store::{Click, Imported, Store};

/// Clicks in one transaction: large enough to be fast, small enough that a running backend does
/// not wait long for its turn.
const BATCH_CLICKS: usize = 1_000;
/// Refused lines that are printed; the rest is counted.
const SHOWN_REFUSED_LINES: u64 = 20;
const BUFFER_BYTES: usize = 1 << 16;

/// Adds clicks to the click log.
///
/// Columns: clickid is required; partner, clicked_at (RFC 3339 or unix seconds), cost, currency,
/// geo, sub_id_1 and sub_id_2 may be there; others are passed over. The same click again changes
/// nothing. A line that cannot be read is refused with its number and the reason, the others are
/// imported all the same; the exit code is then 1.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The file, or - for stdin
    file: PathBuf,
    /// How it is written [default: by the file's ending, else by its first byte]
    #[arg(long, value_enum)]
    format: Option<FormatArg>,
    /// Write the refused lines to this file, as they were, below a CSV's header
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FormatArg {
    /// A header, then a click a line, split by comma, semicolon or tab
    Csv,
    /// A JSON object a line
    Ndjson,
}

pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let report = runtime.block_on(import(args, settings))?;
    say(format!("imported       {}", report.imported.new))?;
    say(format!("already known  {}", report.imported.known))?;
    say(format!("refused        {}", report.refused))?;
    Ok(if report.refused == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn import(args: &Args, settings: &Settings) -> Result<Report, Failure> {
    let (input, progress) = open(&args.file)?;
    let mut input = BufReader::with_capacity(BUFFER_BYTES, progress.wrap_read(input));
    let format = format(args, &mut input)?;
    let clicks = Clicks::new(input, format)?;
    if !clicks.ignored_columns().is_empty() {
        eprintln!(
            "postern: note: columns passed over: {}",
            clicks.ignored_columns().join(", ")
        );
    }
    let create = |path| Rejects::create(path, &args.file, clicks.header());
    let rejects = args.rejects.as_deref().map(create).transpose()?;
    let mut report = Report {
        imported: Imported::default(),
        refused: 0,
        rejects,
        progress,
    };
    let store = Store::open(&settings.database).await?;
    let result = fill(&store, clicks, &mut report).await;
    report.progress.finish_and_clear();
    store.close().await;
    result?;
    report.end()?;
    Ok(report)
}

/// Imports all clicks; what was imported before an error stays, and the same file can be
/// imported again.
async fn fill<R: BufRead>(
    store: &Store,
    clicks: Clicks<R>,
    report: &mut Report,
) -> Result<(), Failure> {
    let mut batch = Vec::with_capacity(BATCH_CLICKS);
    for click in clicks {
        match click? {
            Ok(click) => batch.push(click),
            Err(refused) => report.refuse(&refused)?,
        }
        if batch.len() == BATCH_CLICKS {
            report.add(store, &mut batch).await?;
        }
    }
    report.add(store, &mut batch).await
}

/// The input, and a progress bar that is hidden when nobody watches.
fn open(path: &Path) -> Result<(Box<dyn Read>, ProgressBar), Failure> {
    if path == Path::new("-") {
        let bar = ProgressBar::new_spinner();
        return Ok((
            Box::new(io::stdin()),
            styled(bar, "{spinner} {binary_bytes} {msg}"),
        ));
    }
    let unread = |error| Failure::new(format!("cannot read {}: {error}", path.display()));
    let file = File::open(path).map_err(unread)?;
    let bar = ProgressBar::new(file.metadata().map_err(unread)?.len());
    Ok((
        Box::new(file),
        styled(bar, "{wide_bar} {percent}% {msg}, {eta} left"),
    ))
}

fn styled(bar: ProgressBar, template: &str) -> ProgressBar {
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn format(args: &Args, input: &mut impl BufRead) -> io::Result<Format> {
    let asked = args.format.map(|format| match format {
        FormatArg::Csv => Format::Csv,
        FormatArg::Ndjson => Format::Ndjson,
    });
    Ok(match asked {
        Some(format) => format,
        None => guess(Some(&args.file), input.fill_buf()?),
    })
}

/// What became of the lines so far.
struct Report {
    imported: Imported,
    refused: u64,
    rejects: Option<Rejects>,
    progress: ProgressBar,
}

impl Report {
    async fn add(&mut self, store: &Store, batch: &mut Vec<Click>) -> Result<(), Failure> {
        if batch.is_empty() {
            return Ok(());
        }
        let imported = store.import_clicks(batch).await?;
        self.imported.new += imported.new;
        self.imported.known += imported.known;
        self.progress.set_message(format!(
            "{} clicks",
            self.imported.new + self.imported.known
        ));
        batch.clear();
        Ok(())
    }

    fn refuse(&mut self, refused: &Refused) -> Result<(), Failure> {
        self.refused += 1;
        if self.refused <= SHOWN_REFUSED_LINES {
            let Refused { line, reason, .. } = refused;
            self.progress
                .suspend(|| eprintln!("postern: line {line}: {reason}"));
        }
        if let Some(rejects) = &mut self.rejects {
            rejects.write(&refused.text)?;
        }
        Ok(())
    }

    fn end(&self) -> io::Result<()> {
        if self.refused > SHOWN_REFUSED_LINES {
            eprintln!("postern: and {} more", self.refused - SHOWN_REFUSED_LINES);
        }
        let rejects = self.rejects.as_ref();
        rejects.map_or(Ok(()), Rejects::end)
    }
}
