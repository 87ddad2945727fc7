//! CPA: a fixed amount for an event, where a country may have its own.

use std::collections::BTreeMap;

use postern_protocol::event::EventKind;
use postern_protocol::geo::Geo;
use postern_protocol::money::Money;

/// The events a fixed amount can be paid for. A cashout or a refused deposit brings nobody anything.
pub const CPA_KINDS: [EventKind; 4] = [
    EventKind::Registration,
    EventKind::Lead,
    EventKind::Ftd,
    EventKind::Redeposit,
];

/// What is paid for an event of each kind; nothing for a kind that is not there.
pub type Pay = BTreeMap<EventKind, Money>;

/// Fixed amounts for events.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cpa {
    /// What is paid wherever the visitor is.
    pub pay: Pay,
    /// What is paid instead for visitors of a country.
    pub by_geo: BTreeMap<Geo, Pay>,
}

impl Cpa {
    /// What an event of this kind earns, and the country whose own amount that is.
    #[must_use]
    pub fn amount(&self, kind: EventKind, geo: Option<Geo>) -> Option<(Money, Option<Geo>)> {
        let own = geo.and_then(|geo| {
            let pay = self.by_geo.get(&geo)?;
            Some((*pay.get(&kind)?, Some(geo)))
        });
        own.or_else(|| Some((*self.pay.get(&kind)?, None)))
    }

    /// Whether any visitor's event of this kind earns something.
    #[must_use]
    pub fn pays_for(&self, kind: EventKind) -> bool {
        let tables = std::iter::once(&self.pay).chain(self.by_geo.values());
        tables.into_iter().any(|pay| pay.contains_key(&kind))
    }
}
