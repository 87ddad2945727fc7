//! What the store must load before money can be decided. Conversions that are new, by terms without
//! caps, need nothing.

use std::collections::{BTreeSet, HashMap};

use postern_protocol::id::PartnerId;
use postern_protocol::time::UnixSeconds;

use super::books::CapKey;
use super::snapshot::{Conversion, Snapshot};
use crate::agreement::{Agreement, DAY_SECONDS, TermsVersion};
use crate::delivery::Delivery;

/// The agreements by which decisions may be made: mostly one for each partner, two where it changes
/// just then.
#[derive(Debug, Default)]
pub struct Agreed<'a>(HashMap<&'a PartnerId, Vec<&'a Agreement>>);

/// A conversion that may be opened: by whom, and when it happened.
pub type ToOpen<'a> = (&'a PartnerId, UnixSeconds);

/// The conversions that deliveries may open.
pub fn to_open(deliveries: &[Delivery]) -> impl Iterator<Item = ToOpen<'_>> {
    deliveries.iter().filter_map(|delivery| {
        let event = delivery.event.as_ref().ok()?;
        let occurred_at = event.timestamp.unwrap_or(delivery.received_at);
        Some((&delivery.partner, occurred_at))
    })
}

impl<'a> Agreed<'a> {
    /// Those that deliveries carry.
    #[must_use]
    pub fn of(deliveries: &'a [Delivery]) -> Self {
        let mut agreed = Self::default();
        for delivery in deliveries {
            agreed.add(&delivery.partner, &delivery.agreement);
        }
        agreed
    }

    /// Adds an agreement with a partner.
    pub fn add(&mut self, partner: &'a PartnerId, agreement: &'a Agreement) {
        let known = self.0.entry(partner).or_default();
        if !known.iter().any(|it| std::ptr::eq(*it, agreement)) {
            known.push(agreement);
        }
    }

    fn with(&self, partner: &PartnerId) -> &[&'a Agreement] {
        self.0.get(partner).map_or(&[], Vec::as_slice)
    }

    fn has_caps(&self, partner: &PartnerId) -> bool {
        let mut terms = self.with(partner).iter().flat_map(|it| &it.terms);
        terms.any(|terms| !terms.caps.is_none())
    }

    fn is_missing(&self, partner: &PartnerId, version: &TermsVersion) -> bool {
        let agreements = self.with(partner);
        agreements.is_empty() || agreements.iter().any(|it| it.terms_of(version).is_none())
    }
}

/// Which frozen terms must be loaded: those that conversions are paid by and some agreement does
/// not hold.
#[must_use]
pub fn terms_needed(
    snapshot: &Snapshot,
    agreed: &Agreed<'_>,
) -> BTreeSet<(PartnerId, TermsVersion)> {
    let frozen = |it: &Conversion| Some((it.key.partner.clone(), it.terms.clone()?));
    let is_missing =
        |(partner, version): &(PartnerId, TermsVersion)| agreed.is_missing(partner, version);
    snapshot
        .paid()
        .filter_map(frozen)
        .filter(is_missing)
        .collect()
}

/// Which periods must be loaded before anything is decided: those of conversions that are there,
/// and of those that may be opened, given by partner and time. The frozen terms must be there.
#[must_use]
pub fn caps_needed<'a>(
    snapshot: &Snapshot,
    agreed: &Agreed<'_>,
    openings: impl Iterator<Item = ToOpen<'a>>,
) -> BTreeSet<CapKey> {
    let has_frozen_caps = |it: &Conversion| {
        let version = it.terms.as_ref();
        let kept = version.and_then(|version| snapshot.books.terms(&it.key.partner, version));
        kept.is_some_and(|terms| !terms.caps.is_none())
    };
    let known = snapshot
        .conversions()
        .filter(|it| agreed.has_caps(&it.key.partner) || has_frozen_caps(it));
    let mut needed: BTreeSet<CapKey> = known
        .flat_map(|it| CapKey::day_and_month(&it.key.partner, it.occurred_at))
        .collect();
    // Most of a batch happens on one day.
    let days: BTreeSet<(&PartnerId, i64)> = openings
        .filter(|(partner, _)| agreed.has_caps(partner))
        .map(|(partner, at)| (partner, at.0.div_euclid(DAY_SECONDS)))
        .collect();
    needed.extend(days.into_iter().flat_map(|(partner, day)| {
        CapKey::day_and_month(partner, UnixSeconds(day.saturating_mul(DAY_SECONDS)))
    }));
    needed
}
