//! `postern report funnel`.

use clap::ValueEnum;

use super::super::failure::Failure;
use super::{Scope, ask};
use crate::config::Settings;
use crate::report::funnel::Funnel;
use crate::store::{Dimension, FunnelQuery};

/// Counts clicks, registrations, leads, deposits and withdrawals, with the rates between them.
///
/// A conversion counts where it is approved and no open flag keeps it back; what is pending,
/// flagged or taken back stands apart. Clicks belong to the day they were made, conversions to the
/// day they happened, in UTC. Source and country are those of the click where the click log has
/// them, else those of the event.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    scope: Scope,
    /// What rows are told apart by, as partner,day
    #[arg(long, value_enum, value_delimiter = ',', default_value = "partner")]
    by: Vec<By>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    /// Who reports it
    Partner,
    /// The two sub ids of the tracking link
    Source,
    /// The visitor's country
    Geo,
    /// The UTC day
    Day,
    /// Everything in one row
    None,
}

impl By {
    const fn dimension(self) -> Option<Dimension> {
        match self {
            Self::Partner => Some(Dimension::Partner),
            Self::Source => Some(Dimension::Source),
            Self::Geo => Some(Dimension::Geo),
            Self::Day => Some(Dimension::Day),
            Self::None => None,
        }
    }
}

pub(super) fn run(args: &Args, settings: &Settings) -> Result<(), Failure> {
    let asked = FunnelQuery {
        period: args.scope.period()?,
        partner: args.scope.partner.clone(),
        by: args.by.iter().filter_map(|by| by.dimension()).collect(),
        first: None,
    };
    let counted = ask(settings, async |store| store.funnel(&asked).await)?;
    let funnel = Funnel::of(&asked, &counted);
    args.scope.print(&funnel, || funnel.sheet())
}
