//! What reports are made of: rows that the database has grouped and counted, never one row for each
//! click or conversion.
//!
//! The statements are the same for every database; a store only runs them, all of one report in one
//! snapshot, on a connection that reads. Sums come in two halves, so that no database has to hold
//! one that passes 64 bits.

mod read;
mod group;
mod funnel;
mod payouts;
mod sources;

pub use funnel::{ConversionCount, FunnelQuery, FunnelRows, Standing};
pub use group::{Dimension, Key};
pub use payouts::{BookedTerms, PayoutQuery, PayoutRows, PayoutSum, Stretch};
pub use sources::{SourceClicks, SourceEarnings, SourceQuery, SourceRows};

use funnel::counted;
use payouts::{booked_terms, payout_sum, span};

/// Groups in one report at most. Whoever reads more than this reads an export.
pub const GROUPS_MAX: usize = 50_000;
