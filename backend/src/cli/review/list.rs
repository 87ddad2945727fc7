//! `postern review list`.

use std::process::ExitCode;

use clap::ValueEnum;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{ContentArrangement, Table};
use postern_protocol::currency::Currency;
use postern_protocol::id::PartnerId;
use postern_protocol::money::{AmountUnit, Money};
use postern_protocol::time::UnixSeconds;
use serde_json::json;

use super::super::failure::Failure;
use super::super::output::say;
use super::super::span::seconds;
use crate::clock::Clock;
use crate::ledger::FlagReason;
use crate::partners::show_time;
use crate::store::{
    MAX_WAITING, Store, WAITING_DEFAULT, WaitingCursor, WaitingFilter, WaitingFlag, WaitingOrder,
};

/// Lists the flags that wait for a decision: those that fit all that is asked for.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Only flags raised for this reason, such as unknown_click
    #[arg(long, value_parser = reason)]
    reason: Option<FlagReason>,
    /// Only what this partner reports
    #[arg(long, value_parser = PartnerId::parse)]
    partner: Option<PartnerId>,
    /// Only flags that have waited so long, as 2d, 12h or 30m
    #[arg(long, value_name = "SPAN", value_parser = seconds)]
    older_than: Option<i64>,
    /// Only flags about at least so much of the currency
    #[arg(long, value_name = "AMOUNT", requires = "currency")]
    min: Option<String>,
    /// The currency of --min
    #[arg(long, value_name = "CODE", value_parser = Currency::parse, requires = "min")]
    currency: Option<Currency>,
    /// What comes first: the oldest, or currency by currency the largest amount
    #[arg(long, value_enum, default_value_t = By::Age)]
    by: By,
    /// How many at most
    #[arg(long, default_value_t = WAITING_DEFAULT, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_WAITING)))]
    limit: u32,
    /// Go on behind the place that the last list named
    #[arg(long, value_name = "CURSOR")]
    after: Option<WaitingCursor>,
    /// As JSON, for programs
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum By {
    Age,
    Amount,
}

impl From<By> for WaitingOrder {
    fn from(by: By) -> Self {
        match by {
            By::Age => Self::Age,
            By::Amount => Self::Amount,
        }
    }
}

fn reason(text: &str) -> Result<FlagReason, String> {
    FlagReason::parse(text).ok_or_else(|| {
        let all = FlagReason::ALL.map(FlagReason::name).join(", ");
        format!("must be one of {all}")
    })
}

pub(super) async fn run(args: &Args, store: &Store) -> Result<ExitCode, Failure> {
    let order = args.after.map_or(args.by.into(), |after| after.order());
    let waiting = store
        .waiting(&filter(args)?, order, args.after, args.limit)
        .await?;
    let is_full = waiting.len() == args.limit as usize;
    let next = waiting.last().filter(|_| is_full);
    let next = next.map(|last| last.cursor(order).to_string());
    if args.json {
        let flags: Vec<_> = waiting.iter().map(json_of).collect();
        say(json!({ "flags": flags, "next": next }))?;
    } else if waiting.is_empty() {
        say("no flag waits for a decision")?;
    } else {
        say(table(&waiting))?;
        if let Some(next) = next {
            say(format!("there may be more: --after {next}"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn filter(args: &Args) -> Result<WaitingFilter, Failure> {
    let now = Clock::system().unix_seconds();
    let before = |span| UnixSeconds(now.0.saturating_sub(span));
    let at_least = args.min.as_deref().zip(args.currency);
    let at_least = at_least.map(|(min, currency)| Money::parse(min, currency, AmountUnit::Major));
    Ok(WaitingFilter {
        reason: args.reason,
        partner: args.partner.clone(),
        raised_before: args.older_than.map(before),
        at_least: at_least
            .transpose()
            .map_err(|error| Failure::new(format!("--min must be {error}")))?,
    })
}

fn table(waiting: &[WaitingFlag]) -> Table {
    let mut table = Table::new();
    table
        .load_style(UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(["raised", "partner", "event", "amount", "click", "flag"]);
    for flag in waiting {
        table.add_row([
            show_time(flag.raised_at),
            flag.partner.clone(),
            format!("{} {}", flag.event, flag.state.status),
            flag.money()
                .map_or(String::new(), |money| money.to_string()),
            flag.clickid.clone(),
            flag.id.to_string(),
        ]);
    }
    table
}

fn json_of(flag: &WaitingFlag) -> serde_json::Value {
    let money = flag.money();
    json!({
        "flag": flag.id.to_string(),
        "delivery": flag.id.delivery,
        "reason": flag.id.reason.name(),
        "clickid": flag.clickid,
        "conversion": flag.conversion,
        "raised_at": flag.raised_at.0,
        "partner": flag.partner,
        "event": flag.event.name(),
        "status": flag.state.status.name(),
        "amount_minor": money.map(Money::minor),
        "currency": money.map(|money| money.currency().code()),
    })
}
