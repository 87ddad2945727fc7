//! `postern send --suite`: a partner's self-check.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::ValueEnum;
use postern_protocol::money::AmountUnit;
use postern_protocol::request::Encoding;

use super::super::failure::Failure;
use super::super::output::say;
use super::super::payload_args::EncodingArg;
use super::super::random::random_bytes;
use super::{Args, MethodArg, client, is_sign_in_header};
use crate::clock::Clock;
use crate::files;
use crate::sending::suite::{Runner, SuiteSettings, certificate};

/// Random bytes that name a run, in hex: enough that two runs hardly ever share their clicks.
const RUN_BYTES: usize = 6;

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Self-check")]
pub(super) struct SuiteArgs {
    /// Send the whole self-check instead of one postback; everything in it is a test
    #[arg(long, conflicts_with_all = ["fields", "body", "query", "repeat", "with_time"])]
    suite: bool,
    /// Write a page that tells of it, to keep and to show to the operator
    #[arg(long, requires = "suite", value_name = "FILE.html")]
    certificate: Option<PathBuf>,
    /// Print all of it as JSON at the end, instead of each step
    #[arg(long, requires = "suite")]
    json: bool,
    /// The unit your amounts are sent in, as agreed: 50.00 is major, 5000 is minor
    #[arg(long, requires = "suite", value_enum, default_value_t = UnitArg::Major)]
    unit: UnitArg,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum UnitArg {
    Major,
    Minor,
}

impl SuiteArgs {
    pub(super) fn is_asked_for(&self) -> bool {
        self.suite
    }
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let settings = settings(args)?;
    let client = client(args)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut written = Ok(());
    let told = runtime.block_on(Runner::new(settings, &client).run(|step| {
        if !args.suite.json && written.is_ok() {
            written = say(step);
        }
    }))?;
    written?;
    if let Some(path) = &args.suite.certificate {
        files::replace(path, certificate(&told)?.as_bytes())?;
    }
    match args.suite.json {
        true => say(told.to_json())?,
        false => say(&told)?,
    }
    Ok(match told.ok {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

fn settings(args: &Args) -> Result<SuiteSettings, Failure> {
    let partner = args.source.clone();
    let partner = partner.ok_or_else(|| Failure::new("--suite needs --source: who posts"))?;
    let by_query = args.method == Some(MethodArg::Get);
    let otherwise = match by_query {
        true => Encoding::Query,
        false => Encoding::Json,
    };
    let asked = args.payload.encoding().map(EncodingArg::encoding);
    let encoding = asked.unwrap_or(otherwise);
    if args.method.is_some() && by_query != (encoding == Encoding::Query) {
        return Err(Failure::new(
            "GET goes with --encoding query, POST with json or form",
        ));
    }
    let form = args.payload.form_in(encoding);
    let random = random_bytes()?;
    let run = random[..RUN_BYTES].iter().map(|byte| format!("{byte:02x}"));
    Ok(SuiteSettings {
        gate: args.url.clone(),
        partner,
        secret: args.key.read()?,
        form,
        encoding,
        sign_in_header: is_sign_in_header(args, form)?,
        unit: match args.suite.unit {
            UnitArg::Major => AmountUnit::Major,
            UnitArg::Minor => AmountUnit::Minor,
        },
        run: run.collect(),
        now: Clock::system().unix_seconds(),
    })
}
