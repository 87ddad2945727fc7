//! `postern report sources`.

use clap::ValueEnum;
use postern_protocol::currency::Currency;

use super::super::failure::Failure;
use super::{Scope, ask};
use crate::clock::Clock;
use crate::config::Settings;
use crate::rates::Rates;
use crate::report::sources::Sources;
use crate::store::{Dimension, SourceQuery};

/// Judges sources by the clicks of a period: what they cost and earned, how sure that is, and what
/// to do.
///
/// The FTD rate and the return on the cost (ROI) stand with their 95 % intervals, and the advice
/// looks at those: scale where ROI is hardly below what `[sources]` in the configuration asks for,
/// cut where it is hardly above, too_early where it may be either, else hold. ROI counts the clicks
/// with a known cost.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    scope: Scope,
    /// What sources are told apart by, as source,geo
    #[arg(long, value_enum, value_delimiter = ',', default_value = "source")]
    by: Vec<By>,
    /// Compute ROI in this currency by the rates file
    #[arg(long = "in", value_name = "CURRENCY", value_parser = Currency::parse)]
    into: Option<Currency>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    /// To whom the clicks were sent
    Partner,
    /// The two sub ids of the tracking link
    Source,
    /// The visitor's country
    Geo,
}

impl By {
    const fn dimension(self) -> Dimension {
        match self {
            Self::Partner => Dimension::Partner,
            Self::Source => Dimension::Source,
            Self::Geo => Dimension::Geo,
        }
    }
}

pub(super) fn run(args: &Args, settings: &Settings) -> Result<(), Failure> {
    let asked = SourceQuery {
        period: args.scope.period()?,
        partner: args.scope.partner.clone(),
        by: args.by.iter().map(|by| by.dimension()).collect(),
        first: None,
        now: Clock::system().unix_seconds(),
    };
    let rates = Rates::load(&settings.rates)?;
    let rows = ask(settings, async |store| store.sources(&asked).await)?;
    let into = args.into.map(|into| (into, &rates));
    let sources = Sources::of(&asked, &rows, settings.sources, into);
    args.scope.print(&sources, || sources.sheet())
}
