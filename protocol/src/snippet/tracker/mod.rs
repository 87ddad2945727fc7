//! Postback URLs with the macros of trackers, and the relay that signs for them.
//!
//! A tracker fills its macros into a URL and calls it. None of those here can make an HMAC, and a sign
//! that stands in the URL from the beginning covers no value that is filled in later; a form that took
//! it would let everybody write the rest. So the URL leads to a relay of the partner's own, a few lines
//! that sign what the tracker sent, as it was sent, and pass it on.
//!
//! Macros stand here only where the tracker's own documentation has them; what it leaves open is left
//! out and said.

use crate::event::EventKind;
use crate::snippet::Place;

/// A tracker whose macros are documented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Tracker {
    Keitaro,
    Binom,
    Voluum,
    BeMob,
}

/// A parameter of a postback and what the tracker fills in.
type Filled = (&'static str, &'static str);

/// What a partner is given for a tracker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackerUrl {
    /// The URL to be put into the tracker.
    pub url: String,
    /// Where in the tracker it goes.
    pub place: &'static str,
    /// What is to be known about it.
    pub notes: Vec<&'static str>,
    /// Where the macros are documented.
    pub documented: &'static str,
}

/// What the URL is about.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// The relay, as `https://relay.partner.example/`, without a query.
    pub relay: &'a str,
    /// The event that the tracker's conversion stands for.
    pub event: EventKind,
    /// The currency of its amounts; stands in the URL only where the event moves money.
    pub currency: &'a str,
}

const BY_STATUS: &str =
    "one such URL for each status that the tracker can be told to send: change `status`";
const AMOUNT: &str = "`amount` is what the tracker holds as the conversion's payout: have it be the money \
    that moved. Without an amount above zero the gate answers 422";
const APPROVED_ALONE: &str =
    "it sends 0 as the payout of what is not approved: have it send approved conversions alone";
const AGAIN: &str = "two of them on one click are told apart by `transaction_id`: add it where your tracker \
    shows a macro for it";

impl Tracker {
    /// Every one of them.
    pub const ALL: [Self; 4] = [Self::Keitaro, Self::Binom, Self::Voluum, Self::BeMob];

    /// The name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Keitaro => "keitaro",
            Self::Binom => "binom",
            Self::Voluum => "voluum",
            Self::BeMob => "bemob",
        }
    }

    /// What it fills in, besides an amount. The click id is the one of our link, which the tracker was
    /// sent as its external id.
    const fn filled(self) -> &'static [Filled] {
        match self {
            Self::Keitaro => &[
                ("clickid", "{external_id}"),
                (
                    "status",
                    "{status:lead=pending sale=approved rejected=rejected}",
                ),
                ("transaction_id", "{tid}"),
            ],
            Self::Binom | Self::Voluum => &[("clickid", "{externalid}"), ("status", "approved")],
            Self::BeMob => &[("clickid", "{externalId}"), ("status", "approved")],
        }
    }

    /// What it fills in for the money that moved.
    const fn amount(self) -> &'static str {
        match self {
            Self::Keitaro => "{revenue}",
            Self::Binom | Self::Voluum | Self::BeMob => "{payout}",
        }
    }

    /// What is to be known about its URL for an event.
    fn notes(self, event: EventKind) -> Vec<&'static str> {
        let has_one_status = !matches!(self, Self::Keitaro);
        let is_repeated = matches!(
            event,
            EventKind::Redeposit | EventKind::Cashout | EventKind::Rejected
        );
        let is_zero_otherwise = matches!(self, Self::BeMob) && event.needs_money();
        let notes = [
            (is_zero_otherwise, APPROVED_ALONE),
            (has_one_status && !is_zero_otherwise, BY_STATUS),
            (event.needs_money(), AMOUNT),
            (has_one_status && is_repeated, AGAIN),
        ];
        let said = notes.into_iter().filter(|(is_so, _)| *is_so);
        said.map(|(_, note)| note).collect()
    }

    const fn place(self) -> &'static str {
        match self {
            Self::Keitaro => "Campaign, S2S postbacks, or Traffic source, Postback URL; method GET",
            Self::Binom => {
                "Traffic source, Postback URL, or Campaign, Advanced settings, S2S postback"
            }
            Self::Voluum => "Traffic source, Postback URL",
            Self::BeMob => "Traffic source, Postback URL",
        }
    }

    const fn documented(self) -> &'static str {
        match self {
            Self::Keitaro => {
                "https://docs.keitaro.io/en/campaigns-and-streams/s2s-postback-placeholders.html"
            }
            Self::Binom => "https://docs.binom.org/conv-to-source-v2.php",
            Self::Voluum => "https://doc.voluum.com/en/traffic_source_postback_url.html",
            Self::BeMob => "https://docs.bemob.com/en/postback-settings-of-traffic-source",
        }
    }

    /// The URL for the tracker, with all that the gate asks of the event. `currency` stands first:
    /// behind an `&` a page of HTML would make `¤cy` of it. No other name here begins as an entity does.
    #[must_use]
    pub fn url(self, told: &Told<'_>) -> TrackerUrl {
        let money = [("currency", told.currency), ("amount", self.amount())];
        let (first, last) = match told.event.needs_money() {
            true => money.split_at(1),
            false => (&[][..], &[][..]),
        };
        let event = [("event", told.event.name())];
        let pairs = first.iter().chain(&event).chain(self.filled()).chain(last);
        let pairs: Vec<String> = pairs
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        TrackerUrl {
            url: format!("{}?{}", told.relay, pairs.join("&")),
            place: self.place(),
            notes: self.notes(told.event),
            documented: self.documented(),
        }
    }
}

/// The relay, a program of Python's own library: signs what it is sent and passes it on.
#[must_use]
pub fn relay(place: &Place) -> String {
    include_str!("relay.py")
        .replace("@URL@", place.url())
        .replace("@PARTNER@", place.partner())
}

#[cfg(test)]
mod tests;
