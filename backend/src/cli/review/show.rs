//! `postern review show`.

use std::process::ExitCode;

use super::super::failure::Failure;
use super::super::output::say;
use super::words::{ruling_words, short};
use crate::agreement::Agreements;
use crate::clock::Clock;
use crate::ledger::{FlagId, Ruling, Unfit};
use crate::partners::show_time;
use crate::store::{Preview, Store};

/// Shows a flag: what was reported, what is known of it, and what approval and rejection would do,
/// money included. Nothing is changed.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The flag, as <delivery>/<reason>
    flag: FlagId,
}

pub(super) async fn run(
    args: &Args,
    store: &Store,
    agreements: &Agreements,
) -> Result<ExitCode, Failure> {
    let now = Clock::system().unix_seconds();
    let preview = store.preview(args.flag, agreements, now).await?;
    say(about(&preview))?;
    for change in store.changes(&preview.flag.clickid).await? {
        if change.conversion == preview.flag.conversion {
            let at = show_time(change.changed_at);
            let (from, to) = (change.change.from.status, change.change.to.status);
            say(format!(
                "changed     {at}: {from} to {to}, by {}",
                change.delivery
            ))?;
        }
    }
    for decision in store.decisions(&preview.flag.clickid).await? {
        let at = show_time(decision.decided_at);
        let (outcome, by) = (decision.outcome.name(), &decision.decided_by);
        say(format!(
            "decided     {at}: {} {outcome} by {by}",
            decision.flag
        ))?;
    }
    say(format!("\napprove\n  {}", would(&preview.approve)))?;
    say(format!("reject\n  {}", would(&preview.reject)))?;
    Ok(ExitCode::SUCCESS)
}

fn about(preview: &Preview) -> String {
    let flag = &preview.flag;
    let status = flag.state.status;
    let money = flag
        .state
        .money
        .map_or(String::new(), |it| format!(" {it}"));
    let mut lines = vec![
        format!("flag        {}", flag.id),
        format!("raised      {}", show_time(flag.raised_at)),
        format!("partner     {}", flag.partner),
        format!("click       {}", flag.clickid),
        format!(
            "conversion  {}: {} {status}{money}",
            flag.conversion, flag.event
        ),
    ];
    if let Some(reported) = &flag.reported {
        let money = reported
            .state
            .money
            .map_or(String::new(), |it| format!(" {it}"));
        let status = reported.state.status;
        let transaction = reported.transaction_id.as_ref();
        let transaction = transaction.map_or(String::new(), |id| format!(", transaction {id}"));
        lines.push(format!(
            "reported    {} {status}{money}{transaction}",
            reported.kind
        ));
    }
    if preview.others > 0 {
        lines.push(format!(
            "also open   {} more on this conversion",
            preview.others
        ));
    }
    lines.join("\n")
}

fn would(ruling: &Result<Ruling, Unfit>) -> String {
    match ruling {
        Ok(ruling) => short(&ruling_words(ruling)),
        Err(unfit) => format!("is refused: {unfit}"),
    }
}
