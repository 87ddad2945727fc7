//! `postern tracker`: a postback URL with a tracker's macros, and the relay that signs for it.

use std::process::ExitCode;

use clap::ValueEnum;
use postern_protocol::currency::Currency;
use postern_protocol::event::EventKind;
use postern_protocol::id::PartnerId;
use postern_protocol::snippet::Place;
use postern_protocol::snippet::tracker::{Told, Tracker, TrackerUrl, relay};

use super::failure::Failure;
use super::output::say;
use crate::sending::RELAY_EXAMPLE;

/// Prints what to put into a tracker so that its conversions arrive as postbacks.
///
/// No tracker here can sign, and no sign made beforehand can cover what is filled in later. So the URL
/// leads to a relay of the partner's own, which signs what comes and passes it on: `postern tracker
/// relay` prints it, a program of Python's own library.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The tracker, or the relay
    #[arg(value_enum)]
    tracker: TrackerArg,
    /// The partner
    partner: PartnerId,
    /// Where the gate is, as https://postbacks.example.com/v1/event
    #[arg(long)]
    url: String,
    /// Where the relay is, with its key in the path
    #[arg(
        long,
        default_value = RELAY_EXAMPLE,
        value_name = "URL"
    )]
    relay: String,
    /// The event that a conversion of the tracker stands for
    #[arg(long, default_value = "ftd", value_parser = EventKind::parse)]
    event: EventKind,
    /// The currency of its amounts
    #[arg(long, default_value = "USD", value_parser = Currency::parse)]
    currency: Currency,
}

const EXAMPLES: &str = "\
Examples:
  postern tracker keitaro acme --url https://postbacks.example.com/v1/event --event ftd
  postern tracker relay acme --url https://postbacks.example.com/v1/event > relay.py";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum TrackerArg {
    Keitaro,
    Binom,
    Voluum,
    Bemob,
    /// The program that signs for any of them
    Relay,
}

impl TrackerArg {
    const fn tracker(self) -> Option<Tracker> {
        match self {
            Self::Keitaro => Some(Tracker::Keitaro),
            Self::Binom => Some(Tracker::Binom),
            Self::Voluum => Some(Tracker::Voluum),
            Self::Bemob => Some(Tracker::BeMob),
            Self::Relay => None,
        }
    }
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let place = Place::of_url(&args.url, &args.partner)?;
    let Some(tracker) = args.tracker.tracker() else {
        say(relay(&place).trim_end())?;
        return Ok(ExitCode::SUCCESS);
    };
    // Only what may stand in a URL goes into one.
    Place::of_url(&args.relay, &args.partner)
        .map_err(|_| Failure::new("--relay is a URL without a query, as the relay prints it"))?;
    let TrackerUrl {
        url,
        place,
        notes,
        documented,
    } = tracker.url(&Told {
        relay: &args.relay,
        event: args.event,
        currency: args.currency.code(),
    });
    say(url)?;
    say(format!("\nwhere     {place}"))?;
    for note in notes {
        say(format!("note      {note}"))?;
    }
    say(format!("macros    {documented}"))?;
    say(
        "signing   the tracker cannot; the URL leads to your relay, which signs and passes on: \
         `postern tracker relay`",
    )?;
    Ok(ExitCode::SUCCESS)
}
