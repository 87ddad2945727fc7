//! `postern explain`: from a delivery to each cent.

use std::process::ExitCode;

use postern_protocol::time::UnixSeconds;
use uuid::Uuid;

use super::failure::Failure;
use super::output::say;
use crate::clock::{Clock, whole_seconds};
use crate::config::Settings;
use crate::explain::Explanation;
use crate::store::Store;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The id of a delivery, as it was answered, or of a conversion
    id: Uuid,
    /// As JSON, for machines
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Runtime::new()?;
    let now = whole_seconds(Clock::system().now());
    let explanation = runtime.block_on(explain(args.id, settings, now))?;
    match args.json {
        true => say(explanation.to_json())?,
        false => say(explanation)?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn explain(id: Uuid, settings: &Settings, now: UnixSeconds) -> Result<Explanation, Failure> {
    let store = Store::open(&settings.database).await?;
    let history = store.history(id).await;
    store.close().await;
    let history = history?.ok_or_else(|| {
        Failure::new(format!(
            "there is no delivery and no conversion {id}; the id stands in the answer to the \
             delivery and in the lists"
        ))
    })?;
    Ok(Explanation::of(&history, now))
}
