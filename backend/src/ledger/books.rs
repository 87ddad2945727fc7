//! The money side of a snapshot: terms that are frozen, places that caps leave, payout entries to append.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use postern_protocol::id::PartnerId;
use postern_protocol::time::UnixSeconds;

use super::settle::PayoutEntry;
use crate::agreement::{CapReached, Terms, TermsVersion};

/// What money needs to know, and what it has decided.
#[derive(Debug, Default)]
pub struct Books {
    /// Terms by which conversions were paid that no agreement holds any more.
    kept_terms: HashMap<(PartnerId, TermsVersion), Arc<Terms>>,
    /// Terms that conversions were frozen to since the snapshot was loaded, with when first.
    frozen: BTreeMap<(PartnerId, TermsVersion), (Terms, UnixSeconds)>,
    /// Places taken, by partner and period.
    caps: BTreeMap<CapKey, Places>,
    /// Lines to append, in the order they were decided.
    payouts: Vec<PayoutEntry>,
}

/// A period whose CPA-paid conversions are counted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CapKey {
    /// To whom they are paid.
    pub partner: PartnerId,
    /// A UTC day such as `2026-01-31`, or a month such as `2026-01`.
    pub period: String,
}

impl CapKey {
    /// The day and the month in which something happened.
    #[must_use]
    pub fn day_and_month(partner: &PartnerId, occurred_at: UnixSeconds) -> [Self; 2] {
        // Times of events lie between 2015 and 2100, and those of receipt are the machine's.
        let moment = Timestamp::from_second(occurred_at.0).unwrap_or_default();
        let date = moment.to_zoned(TimeZone::UTC).date();
        let key = |period| Self {
            partner: partner.clone(),
            period,
        };
        [
            key(date.strftime("%Y-%m-%d").to_string()),
            key(date.strftime("%Y-%m").to_string()),
        ]
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Places {
    loaded: u32,
    taken: u32,
}

impl Books {
    /// Adds terms that were kept with the money booked by them.
    pub fn know_terms(&mut self, partner: PartnerId, terms: Terms) {
        let version = terms.version().clone();
        self.kept_terms.insert((partner, version), Arc::new(terms));
    }

    /// Adds how many places of a period are taken.
    pub fn know_cap(&mut self, key: CapKey, used: u32) {
        self.caps.entry(key).or_default().loaded = used;
    }

    /// The payout entries to append, in the order they were decided.
    #[must_use]
    pub fn payouts(&self) -> &[PayoutEntry] {
        &self.payouts
    }

    /// The terms that were frozen, with when first.
    pub fn frozen_terms(&self) -> impl Iterator<Item = (&PartnerId, &Terms, UnixSeconds)> {
        let each = self.frozen.iter();
        each.map(|((partner, _), (terms, first_at))| (partner, terms, *first_at))
    }

    /// How many more places were taken, by period.
    pub fn places_taken(&self) -> impl Iterator<Item = (&CapKey, u32)> {
        let taken = self.caps.iter().filter(|(_, places)| places.taken > 0);
        taken.map(|(key, places)| (key, places.taken))
    }

    pub(super) fn terms(&self, partner: &PartnerId, version: &TermsVersion) -> Option<Arc<Terms>> {
        let key = (partner.clone(), version.clone());
        self.kept_terms.get(&key).cloned()
    }

    /// What was frozen is known from here on: the next delivery of the batch may come under an
    /// agreement that holds these terms no more.
    pub(super) fn freeze(&mut self, partner: &PartnerId, terms: &Terms, at: UnixSeconds) {
        let key = (partner.clone(), terms.version().clone());
        let kept = self.kept_terms.entry(key.clone());
        kept.or_insert_with(|| Arc::new(terms.clone()));
        self.frozen
            .entry(key)
            .or_insert_with(|| (terms.clone(), at));
    }

    pub(super) fn append(&mut self, entry: PayoutEntry) {
        self.payouts.push(entry);
    }

    /// The cap that leaves no place in this day or month.
    pub(super) fn cap_reached(&self, terms: &Terms, keys: &[CapKey; 2]) -> Option<CapReached> {
        let [day, month] = keys.each_ref().map(|key| {
            let places = self.caps.get(key).copied().unwrap_or_default();
            places.loaded.saturating_add(places.taken)
        });
        terms.caps.reached(day, month)
    }

    pub(super) fn take_place(&mut self, keys: [CapKey; 2]) {
        for key in keys {
            self.caps.entry(key).or_default().taken += 1;
        }
    }
}
