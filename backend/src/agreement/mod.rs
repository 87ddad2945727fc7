//! Agreements: all the backend knows of a partner.
//!
//! A person writes them into `partners.toml`; `partners apply` hands them on; each delivery carries
//! the one of its partner, so that every decision about it rests on the same words. What is paid
//! stands in dated [`Terms`], named by their content: money that was booked names the very terms it
//! was booked by, and a later edit of the file cannot change what it meant.

mod terms;
mod cpa;
mod revshare;
mod shape;
mod words;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use postern_protocol::id::PartnerId;
use postern_protocol::money::AmountUnit;
use postern_protocol::time::UnixSeconds;

pub use cpa::{CPA_KINDS, Cpa, Pay};
pub use revshare::{BasisPoints, RevShare, SHARED_KINDS};
pub use shape::DamagedTerms;
pub(crate) use shape::{TermsShape, money_of};
pub use terms::{CapReached, Caps, MAX_TERMS_PER_PARTNER, Rules, Terms, TermsVersion};

/// Seconds of a day, as windows and holds count them.
pub const DAY_SECONDS: i64 = 86_400;

/// How old a click may be at most when the event happens, where the partner agreed nothing else.
pub const ATTRIBUTION_DAYS_DEFAULT: u32 = 90;

/// The longest window a partner may have: ten years.
pub const MAX_ATTRIBUTION_DAYS: u32 = 3_650;

/// All the backend knows of one partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// What people call it.
    pub brand: Option<String>,
    /// Whether its amounts are dollars or cents.
    pub amount_unit: AmountUnit,
    /// How old a click may be when the event happens.
    pub attribution_seconds: i64,
    /// What is paid, by the day from which it holds, ascending; each holds until the next begins.
    pub terms: Vec<Terms>,
}

impl Default for Agreement {
    /// Main units, the usual window, nothing paid.
    fn default() -> Self {
        Self {
            brand: None,
            amount_unit: AmountUnit::Major,
            attribution_seconds: i64::from(ATTRIBUTION_DAYS_DEFAULT) * DAY_SECONDS,
            terms: Vec::new(),
        }
    }
}

impl Agreement {
    /// The terms that hold for what happens at this time; `None` before the first.
    #[must_use]
    pub fn terms_at(&self, at: UnixSeconds) -> Option<&Terms> {
        let begun = self.terms.partition_point(|terms| terms.from <= at);
        self.terms.get(begun.checked_sub(1)?)
    }

    /// The terms of this version, while the agreement still holds them. Those that were edited away
    /// since are kept by the store, with the first money booked by them.
    #[must_use]
    pub fn terms_of(&self, version: &TermsVersion) -> Option<&Terms> {
        self.terms.iter().find(|terms| terms.version() == version)
    }

    /// The attribution window in days.
    #[must_use]
    pub const fn attribution_days(&self) -> i64 {
        self.attribution_seconds / DAY_SECONDS
    }
}

/// The agreements with all partners.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Agreements(BTreeMap<PartnerId, Arc<Agreement>>);

impl Agreements {
    /// The agreement with this partner.
    #[must_use]
    pub fn get(&self, partner: &PartnerId) -> Option<&Arc<Agreement>> {
        self.0.get(partner)
    }

    /// All of them, by partner.
    pub fn iter(&self) -> impl Iterator<Item = (&PartnerId, &Arc<Agreement>)> {
        self.0.iter()
    }

    /// How many partners there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no partner.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(PartnerId, Agreement)> for Agreements {
    fn from_iter<I: IntoIterator<Item = (PartnerId, Agreement)>>(agreements: I) -> Self {
        let shared = |(id, agreement)| (id, Arc::new(agreement));
        Self(agreements.into_iter().map(shared).collect())
    }
}
