//! `postern review approve`, `postern review reject` and `postern review undo`.

use std::process::ExitCode;

use uuid::{Builder, Uuid};

use super::super::environment;
use super::super::failure::Failure;
use super::super::output::say;
use super::super::random::random_bytes;
use super::block;
use crate::agreement::Agreements;
use crate::clock::Clock;
use crate::explain::ruling_words;
use crate::ledger::{Answer, Decision, FlagId};
use crate::store::{ReviewError, Store};

/// Decides flags, each by itself: what is refused is told, the others are decided all the same. The
/// exit code is 1 if any was refused.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The flags, each as <delivery>/<reason>
    #[arg(required = true, value_name = "FLAG")]
    flags: Vec<FlagId>,
    /// Why, for whoever reads the history; to undo an answer takes one
    #[arg(long, default_value = "")]
    note: String,
    /// Who decides [default: $USER]
    #[arg(long)]
    name: Option<String>,
}

pub(super) async fn run(
    args: &Args,
    answer: Answer,
    store: &Store,
    agreements: &Agreements,
) -> Result<ExitCode, Failure> {
    let name = args.name.clone().or_else(|| environment("USER"));
    let name = name.unwrap_or_default();
    let mut refused = false;
    for flag in &args.flags {
        let decision = Decision::new(*flag, answer, &name, &args.note)
            .map_err(|error| Failure::new(format!("{error} (--name, --note)")))?;
        let (id, now) = (decision_id()?, Clock::system().unix_seconds());
        match store.review(&decision, agreements, id, now).await {
            Ok(ruling) => say(format!("{flag}\n  {}", block(&ruling_words(&ruling))))?,
            Err(ReviewError::Store(error)) => return Err(error.into()),
            Err(error) => {
                refused = true;
                eprintln!("postern: {flag}: {error}");
            }
        }
    }
    Ok(if refused {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// Ids of decisions sort by their time.
fn decision_id() -> Result<Uuid, Failure> {
    let random = random_bytes()?;
    let mut ten = [0; 10];
    ten.copy_from_slice(&random[..10]);
    let millis = Clock::system().now().as_millis();
    let millis = u64::try_from(millis).unwrap_or(u64::MAX);
    Ok(Builder::from_unix_timestamp_millis(millis, &ten).into_uuid())
}
