//! `postern review show`.

use std::process::ExitCode;

use postern_protocol::time::UnixSeconds;
use uuid::Uuid;

use super::super::failure::Failure;
use super::super::output::say;
use super::super::request::{as_it_came, fields};
use super::block;
use crate::agreement::Agreements;
use crate::clock::Clock;
use crate::explain::{Explanation, ruling_words};
use crate::ledger::{FlagId, Ruling, Unfit};
use crate::partners::show_time;
use crate::report::sheet::printable;
use crate::store::{DecisionRecord, DeliveryRecord, History, Preview, ReviewError, Store};

/// Shows a flag: what was reported and how it was sent, what is known of it, and what approval and
/// rejection would do, money included; of a flag that is answered, by whom, and what undoing that
/// would do. Nothing is changed.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The flag, as <delivery>/<reason>
    flag: FlagId,
    /// Show the raw request too, with its signature
    #[arg(long)]
    raw: bool,
}

pub(super) async fn run(
    args: &Args,
    store: &Store,
    agreements: &Agreements,
) -> Result<ExitCode, Failure> {
    let now = Clock::system().unix_seconds();
    match store.preview(args.flag, agreements, now).await {
        Ok(preview) => {
            let about = about(&preview);
            shown(args, store, about, preview.flag.conversion, now).await?;
            say(format!("\napprove\n  {}", would(&preview.approve)))?;
            say(format!("reject\n  {}", would(&preview.reject)))?;
        }
        Err(ReviewError::Decided(_)) => {
            let preview = store.preview_undo(args.flag, agreements, now).await?;
            let conversion = preview.answer.conversion;
            shown(args, store, answered(&preview.answer), conversion, now).await?;
            say(format!("\nundo\n  {}", would(&preview.undo)))?;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(ExitCode::SUCCESS)
}

/// The flag itself, what is known of its conversion, and its request.
async fn shown(
    args: &Args,
    store: &Store,
    mut lines: Vec<String>,
    conversion: Uuid,
    now: UnixSeconds,
) -> Result<(), Failure> {
    if let Some(history) = store.history(conversion).await? {
        lines.extend(known(&history, now));
        lines.extend(request(&history, args.flag.delivery, args.raw));
    }
    for line in lines {
        say(printable(&line))?;
    }
    Ok(())
}

/// The answer to a flag.
fn answered(answer: &DecisionRecord) -> Vec<String> {
    let (outcome, by) = (answer.outcome.name(), &answer.decided_by);
    vec![
        format!("flag        {}", answer.flag),
        format!("{outcome:10}  {} by {by}", show_time(answer.decided_at)),
        format!("note        {}", answer.note),
        format!("click       {}", answer.clickid),
        format!("conversion  {}", answer.conversion),
    ]
}

/// What is known of the conversion: its click, what happened to it, what it has earned.
fn known(history: &History, now: UnixSeconds) -> Vec<String> {
    let Explanation {
        click,
        steps,
        money,
        ..
    } = Explanation::of(history, now);
    let click = click.map_or("not in the click log".to_owned(), |it| it.to_string());
    let mut lines = vec![format!("            {click}")];
    for sum in money.iter().flat_map(|it| &it.sums) {
        lines.push(format!(
            "booked      {}: due {}, held {}",
            sum.earned, sum.due, sum.held
        ));
    }
    lines.push("history".to_owned());
    let step = |it: crate::explain::Step| format!("  {}  {}", it.at, it.text);
    lines.extend(steps.into_iter().map(step));
    lines
}

/// The request that raised the flag.
fn request(history: &History, id: Uuid, raw: bool) -> Vec<String> {
    let deliveries = history.conversion.iter().flat_map(|it| &it.deliveries);
    let Some(delivery) = deliveries.into_iter().find(|it| it.id == id) else {
        return vec!["request     was removed".to_owned()];
    };
    let DeliveryRecord {
        method,
        address,
        form,
        key_id,
        ..
    } = delivery;
    let at = show_time(delivery.received_at);
    let mut lines = vec![format!(
        "request     {at}: {method} from {address}, form {form}, key {key_id}"
    )];
    lines.extend(fields(delivery));
    if raw {
        lines.extend(as_it_came(delivery));
    }
    lines[1..].iter_mut().for_each(|it| it.insert_str(0, "  "));
    lines
}

fn about(preview: &Preview) -> Vec<String> {
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
    lines
}

fn would(ruling: &Result<Ruling, Unfit>) -> String {
    match ruling {
        Ok(ruling) => block(&ruling_words(ruling)),
        Err(unfit) => format!("is refused: {unfit}"),
    }
}
