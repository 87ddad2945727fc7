//! `postern clicks import`: a file, or stdin, into the click log, chunk by chunk.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::ValueEnum;
use indicatif::ProgressBar;
use jiff::Timestamp;

use super::super::failure::Failure;
use super::super::output::say;
use super::input::{self, Input};
use super::rejects::Rejects;
use crate::agreement::Agreements;
use crate::clicks::{ClickLog, Format, Import, ImportError, LogError, Refused, Report, Step};
use crate::clock::Clock;
use crate::config::Settings;
use crate::partners::applied;
use crate::store::{ImportRecord, Store};

/// Refused lines that are printed; the rest is counted.
const SHOWN_REFUSED_LINES: u64 = 20;

/// Adds clicks to the click log.
///
/// Columns: clickid is required; partner, clicked_at (RFC 3339 or unix seconds), cost, currency,
/// geo, sub_id_1 and sub_id_2 may be there; others are passed over. The same click again changes
/// nothing; what a later line leaves open stays. A line that cannot be read is refused with its
/// number and the reason, the others are imported all the same; the exit code is then 1.
///
/// An import that was broken off goes on where it stopped when the same file is imported again. A
/// file that has grown is imported from where it ended; one that has changed, from its first line.
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
    /// Under which name to keep how far it came [default: the file's path; none for stdin]
    #[arg(long)]
    name: Option<String>,
    /// Import from the first line, whatever was imported before
    #[arg(long)]
    again: bool,
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
    say(format!("imported         {}", report.imported.new))?;
    say(format!("filled in        {}", report.imported.filled_in))?;
    say(format!("already known    {}", report.imported.known))?;
    say(format!("imported before  {}", report.before))?;
    say(format!("flags healed     {}", report.healed))?;
    say(format!("refused          {}", report.refused))?;
    Ok(if report.refused == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Where clicks go, and by what it is settled what they heal.
type Ledger<'a> = (&'a Store, &'a Arc<Agreements>);

async fn import(args: &Args, settings: &Settings) -> Result<Report, Failure> {
    let input = Input::open(&args.file)?;
    let agreements = Arc::new(applied::load(&settings.applied)?.unwrap_or_default());
    let store = Store::open(&settings.database).await?;
    let result = import_into((&store, &agreements), args, input).await;
    store.close().await;
    result
}

async fn import_into(ledger: Ledger<'_>, args: &Args, input: Input) -> Result<Report, Failure> {
    let (store, _) = ledger;
    let name = args.name.clone().or_else(|| input::name(&args.file));
    let before = match &name {
        Some(name) if !args.again => store.import_record(name).await?,
        _ => None,
    };
    if let Some(before) = &before {
        note(format!(
            "{} lines were imported {}",
            before.mark.lines,
            when(before)
        ));
    }
    match fill(ledger, args, input, name.clone(), before.as_ref()).await {
        Err(Ended::Changed) if input::is_stdin(&args.file) => Err(Failure::new(
            "this is not what was imported under this name before: give another --name, or --again \
             to import it from its first line",
        )),
        Err(Ended::Changed) => {
            note("the file has changed since: importing it from its first line");
            let input = Input::open(&args.file)?;
            let filled = fill(ledger, args, input, name, None).await;
            filled.map_err(Ended::into_failure)
        }
        filled => filled.map_err(Ended::into_failure),
    }
}

/// Imports all clicks; what was imported before an error stays.
async fn fill(
    (store, agreements): Ledger<'_>,
    args: &Args,
    mut input: Input,
    name: Option<String>,
    before: Option<&ImportRecord>,
) -> Result<Report, Ended> {
    let format = match args.format {
        Some(FormatArg::Csv) => Format::Csv,
        Some(FormatArg::Ndjson) => Format::Ndjson,
        None => input.guess(&args.file).map_err(Failure::from)?,
    };
    let create = |path| Rejects::create(path, &args.file);
    let rejects = args.rejects.as_deref().map(create).transpose()?;
    let log = ClickLog::new(format, before.map(|before| &before.mark));
    let mut import = Import::begin(
        store.clone(),
        agreements.clone(),
        Clock::system(),
        name,
        log,
        input.bytes,
    );
    let mut teller = Teller {
        rejects,
        refused: 0,
        bar: input.bar,
    };
    let mut report = Report::default();
    while let Some(step) = import.step().await? {
        report = step.report;
        teller.tell(step)?;
    }
    teller.end()?;
    Ok(report)
}

/// Why an import did not come to its end.
enum Ended {
    /// What was imported before is not how the log begins.
    Changed,
    Failed(Failure),
}

impl Ended {
    fn into_failure(self) -> Failure {
        match self {
            Self::Changed => Failure::new("the file changes while it is read: import it again"),
            Self::Failed(failure) => failure,
        }
    }
}

impl From<ImportError> for Ended {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Log(LogError::Changed) => Self::Changed,
            ImportError::Store(error) => Self::Failed(Failure::new(format!(
                "{error}\nWhat was imported so far stays; the same command goes on from there."
            ))),
            error => Self::Failed(error.into()),
        }
    }
}

impl From<Failure> for Ended {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// Tells how the import goes on.
struct Teller {
    rejects: Option<Rejects>,
    refused: u64,
    bar: ProgressBar,
}

impl Teller {
    fn tell(&mut self, step: Step) -> Result<(), Failure> {
        if let Some(header) = step.header {
            if !header.ignored_columns.is_empty() {
                let ignored = header.ignored_columns.join(", ");
                self.bar
                    .suspend(|| note(format!("columns passed over: {ignored}")));
            }
            if let Some(rejects) = &mut self.rejects {
                rejects.begin_with(header.text);
            }
        }
        for refused in &step.refused {
            self.refuse(refused)?;
        }
        let imported = step.report.imported;
        let clicks = imported.new + imported.filled_in + imported.known + step.report.before;
        self.bar.set_position(step.report.bytes);
        self.bar.set_message(format!("{clicks} clicks"));
        Ok(())
    }

    fn refuse(&mut self, refused: &Refused) -> Result<(), Failure> {
        self.refused += 1;
        if self.refused <= SHOWN_REFUSED_LINES {
            let Refused { line, reason, .. } = refused;
            self.bar
                .suspend(|| eprintln!("postern: line {line}: {reason}"));
        }
        if let Some(rejects) = &mut self.rejects {
            rejects.write(&refused.text)?;
        }
        Ok(())
    }

    fn end(&self) -> Result<(), Failure> {
        self.bar.finish_and_clear();
        if self.refused > SHOWN_REFUSED_LINES {
            eprintln!("postern: and {} more", self.refused - SHOWN_REFUSED_LINES);
        }
        let rejects = self.rejects.as_ref();
        Ok(rejects.map_or(Ok(()), Rejects::end)?)
    }
}

fn note(text: impl std::fmt::Display) {
    eprintln!("postern: note: {text}");
}

fn when(record: &ImportRecord) -> String {
    Timestamp::from_second(record.imported_at.0)
        .map_or_else(|_| "before".to_owned(), |time| format!("on {time}"))
}
