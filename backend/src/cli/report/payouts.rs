//! `postern report payouts`.

use clap::ValueEnum;
use postern_protocol::currency::Currency;

use super::super::failure::Failure;
use super::{Scope, ask};
use crate::clock::Clock;
use crate::config::Settings;
use crate::rates::Rates;
use crate::report::payouts::Payouts;
use crate::report::period::{Day, Period};
use crate::store::{PayoutQuery, Stretch};

/// Sums up what partners are owed: booked, adjusted, clawed back, held and due, by currency.
///
/// Lines of money belong to the UTC day they were booked. What a hold has not released yet is held.
/// By month, shares that end below zero are carried to the next month or forgiven, as the terms
/// say; by day or as a whole they stand as they are.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    scope: Scope,
    /// How rows are told apart
    #[arg(long, value_enum, default_value_t = By::Month)]
    by: By,
    /// What is due until the end of this UTC day counts as due [default: until now]
    #[arg(long, value_name = "DAY", value_parser = Day::parse)]
    due: Option<Day>,
    /// Convert each row into this currency by the rates file, and say which rate it was
    #[arg(long = "in", value_name = "CURRENCY", value_parser = Currency::parse)]
    into: Option<Currency>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    /// Whole UTC months
    Month,
    /// UTC days
    Day,
    /// The period as a whole
    Whole,
}

pub(super) fn run(args: &Args, settings: &Settings) -> Result<(), Failure> {
    let asked = PayoutQuery {
        period: args.scope.period()?,
        partner: args.scope.partner.clone(),
        by: match args.by {
            By::Month => Stretch::Month,
            By::Day => Stretch::Day,
            By::Whole => Stretch::Whole,
        },
        now: args.due.map_or_else(
            || Clock::system().unix_seconds(),
            |day| postern_protocol::time::UnixSeconds(day.next().start().0 - 1),
        ),
    };
    if asked.by == Stretch::Month && !asked.period.is_of_whole_months() {
        return Err(split_month(asked.period));
    }
    let rates = Rates::load(&settings.rates)?;
    let rows = ask(settings, async |store| store.payout_sums(&asked).await)?;
    let payouts = Payouts::of(&asked, &rows, args.into.map(|into| (into, &rates)));
    args.scope.print(&payouts, || payouts.sheet())
}

fn split_month(period: Period) -> Failure {
    Failure::new(format!(
        "{period} is not made of whole months, and shares are balanced by month: begin on a first \
         and end on a last of a month, or take --by day or --by whole"
    ))
}
