//! One showing: one of each kind is sent, and a table says what became of it.

use std::time::SystemTime;

use postern_stand::StandError;

use super::send::{self, Gate};
use super::{samples, say, table};

/// Sends the demo's postbacks and shows them. Gives whether each was answered as it should be.
pub(crate) async fn show(gate: &Gate, run: &str) -> Result<bool, StandError> {
    let mut table = table::table();
    let mut all_right = true;
    for sample in samples::singles(run) {
        let reply = send::one(gate, &sample).await?;
        all_right &= table::add(&mut table, &sample, &reply);
    }
    let burst = samples::burst(run);
    let replies = send::at_once(gate, &burst).await?;
    all_right &= table::add_burst(&mut table, &burst, &replies);
    say(format!("\n{table}\n"));
    if !all_right {
        say("✗ marks what was not answered as it should be.\n");
    }
    Ok(all_right)
}

/// Click ids of one showing are its own, so that a second one is not a row of duplicates.
#[expect(
    clippy::disallowed_methods,
    reason = "the demo's click ids are the only thing that hangs on it"
)]
pub(crate) fn run_name() -> String {
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    format!("{:x}", now.as_secs())
}
