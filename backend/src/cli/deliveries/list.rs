//! `postern deliveries list`.

use std::process::ExitCode;

use postern_protocol::id::PartnerId;

use super::super::failure::Failure;
use super::super::kind_args::KindArgs;
use super::super::output::say;
use super::super::request::as_it_came;
use crate::config::Settings;
use crate::ledger::Verdict;
use crate::partners::show_time;
use crate::report::period::{Day, Period};
use crate::report::sheet::printable;
use crate::store::{DeliveryFilter, DeliveryRecord, Slice, Span, Store};

/// Deliveries shown where nothing else is asked for.
const SHOWN_DEFAULT: u32 = 50;

/// Deliveries shown at most; `postern export` has no bound.
const SHOWN_MAX: i64 = 10_000;

/// Shows deliveries, newest first: verdict, form, key, and what was said about them.
///
/// `postern export deliveries` gives all of them, for programs.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The first day on which they were received, in UTC
    #[arg(long, value_name = "DAY", value_parser = Day::parse)]
    from: Option<Day>,
    /// The last day; it is part of the list
    #[arg(long, value_name = "DAY", value_parser = Day::parse)]
    to: Option<Day>,
    /// Only this partner's
    #[arg(long, value_parser = PartnerId::parse)]
    partner: Option<PartnerId>,
    /// Only those of which this became: accepted, duplicate, updated, flagged, quarantined, invalid
    #[arg(long, value_parser = verdict)]
    verdict: Option<Verdict>,
    #[command(flatten)]
    kind: KindArgs,
    /// How many at most
    #[arg(long, default_value_t = SHOWN_DEFAULT, value_parser = clap::value_parser!(u32).range(1..=SHOWN_MAX))]
    limit: u32,
    /// Show the raw requests too, with their signatures
    #[arg(long)]
    raw: bool,
}

fn verdict(word: &str) -> Result<Verdict, String> {
    Verdict::parse(word).ok_or_else(|| {
        let words: Vec<&str> = Verdict::ALL.iter().map(|it| it.name()).collect();
        format!("one of {}", words.join(", "))
    })
}

pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode, Failure> {
    let period = Period::of(args.from, args.to)?;
    let filter = DeliveryFilter {
        partner: args.partner.clone(),
        verdict: args.verdict,
        is_test: args.kind.is_test(),
        received: Span {
            from: period.starts_at(),
            until: period.ends_before(),
        },
    };
    let slice = Slice {
        after: None,
        limit: args.limit,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let deliveries = runtime.block_on(async {
        let store = Store::open(&settings.database).await?;
        let deliveries = store.list_deliveries(&filter, slice).await;
        store.close().await;
        deliveries
    })?;
    if deliveries.is_empty() {
        say("no delivery matches")?;
    }
    for delivery in &deliveries {
        say(lines(delivery, args.raw).join("\n    "))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Stands behind a test.
const TEST: &str = "  TEST, counts nowhere";

/// A line that tells what became of it, and below it what there is to say.
fn lines(delivery: &DeliveryRecord, raw: bool) -> Vec<String> {
    let DeliveryRecord {
        id,
        partner,
        verdict,
        form,
        key_id,
        address,
        ..
    } = delivery;
    let at = show_time(delivery.received_at);
    let test = if delivery.test.is_some() { TEST } else { "" };
    let mut lines = vec![
        format!("{at} {verdict} {partner}{test}"),
        format!("id {id}, click {:?}", delivery.clickid),
        format!("form {form}, key {key_id}, from {address}"),
    ];
    if let Some(first) = delivery.repeat_of {
        lines.push(format!("repeats {first}"));
    }
    if let Some(conversion) = delivery.conversion {
        lines.push(format!("conversion {conversion}"));
    }
    let said = [
        ("flags", &delivery.flags),
        ("warnings", &delivery.warnings),
        ("errors", &delivery.errors),
        ("would appear as", &delivery.test),
    ];
    for (what, said) in said {
        if let Some(said) = said {
            lines.push(format!("{what} {}", printable(said)));
        }
    }
    if raw {
        lines.extend(as_it_came(delivery));
    }
    lines
}
