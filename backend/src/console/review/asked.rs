//! Which flags the queue is asked for: the filters of the form above it, as a link carries them.

use form_urlencoded::Serializer;
use postern_protocol::currency::Currency;
use postern_protocol::id::PartnerId;
use postern_protocol::money::{AmountUnit, Money};
use postern_protocol::time::UnixSeconds;

use crate::admin::query::{FromQuery, Parameters};
use crate::admin::shape;
use crate::ledger::FlagReason;
use crate::store::{WaitingCursor, WaitingFilter, WaitingOrder};

/// Where the queue is.
pub(in crate::console) const PATH: &str = "/console/review";

/// Ages that can be asked for: the word in a link, the seconds, the words on the page.
pub(super) const AGES: [(&str, i64, &str); 4] = [
    ("1h", 3_600, "an hour"),
    ("1d", 86_400, "a day"),
    ("3d", 259_200, "three days"),
    ("7d", 604_800, "a week"),
];

/// What the form says. A field that is left empty asks for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::console) struct Asked {
    pub(super) reason: Option<FlagReason>,
    pub(super) partner: Option<PartnerId>,
    pub(super) older: Option<&'static str>,
    /// The least amount as it was written, to be shown again.
    pub(super) min: String,
    /// Its currency as it was written.
    pub(super) currency: String,
    at_least: Option<Money>,
    pub(super) order: WaitingOrder,
    pub(super) after: Option<WaitingCursor>,
}

impl FromQuery for Asked {
    fn read(query: &mut Parameters<'_>) -> Option<Self> {
        let min = query.take("min", kept).unwrap_or_default();
        let currency = query.take("currency", kept).unwrap_or_default();
        let orders = [WaitingOrder::Age, WaitingOrder::Amount];
        Some(Self {
            reason: query.take("reason", |text| {
                shape::word(text, &FlagReason::ALL, FlagReason::name)
            }),
            partner: query.take("partner", |text| {
                PartnerId::parse(text).map_err(|error| error.to_string())
            }),
            older: query
                .take("older", |text| shape::word(text, &AGES, |(word, ..)| word))
                .map(|(word, ..)| word),
            at_least: at_least(query, &min, &currency),
            min,
            currency,
            order: query
                .take("order", |text| shape::word(text, &orders, order_name))
                .unwrap_or_default(),
            after: query.take("after", |text| {
                text.parse::<WaitingCursor>()
                    .map_err(|error| error.to_string())
            }),
        })
    }
}

fn kept(text: &str) -> Result<String, String> {
    Ok(text.trim().to_owned())
}

const fn order_name(order: WaitingOrder) -> &'static str {
    match order {
        WaitingOrder::Age => "age",
        WaitingOrder::Amount => "amount",
    }
}

/// An amount without a currency says nothing, and the other way round.
fn at_least(query: &mut Parameters<'_>, min: &str, currency: &str) -> Option<Money> {
    match (min, currency) {
        ("", "") => None,
        (_, "") => {
            query.wrong("currency", "is missing: at least how much of what?");
            None
        }
        ("", _) => {
            query.wrong("min", "is missing: at least how much of that currency?");
            None
        }
        (min, code) => {
            let currency = Currency::parse(code)
                .map_err(|error| query.wrong("currency", error.to_string()))
                .ok()?;
            Money::parse(min, currency, AmountUnit::Major)
                .map_err(|error| query.wrong("min", error.to_string()))
                .ok()
        }
    }
}

impl Asked {
    /// What the store is asked.
    pub(super) fn filter(&self, now: UnixSeconds) -> WaitingFilter {
        let older = AGES.iter().find(|(word, ..)| Some(*word) == self.older);
        WaitingFilter {
            reason: self.reason,
            partner: self.partner.clone(),
            raised_before: older.map(|(_, age, _)| UnixSeconds(now.0.saturating_sub(*age))),
            at_least: self.at_least,
        }
    }

    /// Whether this partner is asked for.
    pub(super) fn is_partner(&self, partner: &str) -> bool {
        self.partner
            .as_ref()
            .is_some_and(|it| it.as_str() == partner)
    }

    /// Whether this age is asked for.
    pub(super) fn is_older(&self, word: &str) -> bool {
        self.older == Some(word)
    }

    /// The order as a link has it.
    pub(super) const fn order_name(&self) -> &'static str {
        order_name(self.order)
    }

    /// Whether anything narrows the list.
    pub(super) fn is_narrowed(&self) -> bool {
        let reason = self.reason.is_some() || self.partner.is_some();
        reason || self.older.is_some() || self.at_least.is_some()
    }

    /// All that waits for a reason, in the same order: as many as the reason's count says.
    pub(super) fn with_reason(&self, reason: Option<FlagReason>) -> String {
        let asked = Self {
            reason,
            order: self.order,
            ..Self::default()
        };
        asked.link(None)
    }

    /// The same list behind a place.
    pub(super) fn link(&self, after: Option<WaitingCursor>) -> String {
        let mut query = Serializer::new(String::new());
        let after = after.map(|it| it.to_string()).unwrap_or_default();
        for (name, value) in [
            ("reason", self.reason.map_or("", FlagReason::name)),
            (
                "partner",
                self.partner.as_ref().map_or("", PartnerId::as_str),
            ),
            ("older", self.older.unwrap_or_default()),
            ("min", &self.min),
            ("currency", &self.currency),
            (
                "order",
                if self.order == WaitingOrder::Age {
                    ""
                } else {
                    "amount"
                },
            ),
            ("after", &after),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        match query.finish().as_str() {
            "" => PATH.to_owned(),
            query => format!("{PATH}?{query}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use postern_protocol::mistakes::Mistakes;

    use super::*;

    const NOW: UnixSeconds = UnixSeconds(1_000_000);

    fn read(text: &str) -> Result<Asked, Mistakes> {
        let mut query = Parameters::of_form(PATH, text);
        let asked = Asked::read(&mut query);
        query.finish(asked)
    }

    fn mistakes(query: &str) -> Vec<String> {
        let refused = read(query).unwrap_err();
        let paths = refused.list().iter().map(|it| it.path.clone());
        paths.collect()
    }

    #[test]
    fn an_empty_form_asks_for_everything() {
        let form = "reason=&partner=&older=&min=&currency=&order=age";
        let asked = read(form).unwrap();
        assert_eq!(asked, Asked::default());
        assert_eq!(asked.filter(NOW), WaitingFilter::default());
        assert!(!asked.is_narrowed());
    }

    #[test]
    fn each_filter_is_read_and_links_back() {
        let flag = "00000000-0000-0000-0000-000000000007/double_ftd";
        let query = format!(
            "reason=double_ftd&partner=acme&older=1d&min=99.50&currency=USD&order=amount&after=none/{flag}"
        );
        let asked = read(&query).unwrap();
        let filter = asked.filter(NOW);
        assert_eq!(filter.reason, Some(FlagReason::DoubleFtd));
        assert_eq!(filter.raised_before, Some(UnixSeconds(NOW.0 - 86_400)));
        assert_eq!(filter.at_least.unwrap().minor(), 9_950);
        assert_eq!(asked.order, WaitingOrder::Amount);
        assert!(asked.is_narrowed() && asked.after.is_some());
        let link = asked.link(asked.after);
        let again = read(link.strip_prefix("/console/review?").unwrap());
        assert_eq!(again.unwrap(), asked);
        assert_eq!(asked.with_reason(None), "/console/review?order=amount");
    }

    #[test]
    fn every_mistake_is_named() {
        assert_eq!(
            mistakes("reason=ugly&older=5y&order=up"),
            ["reason", "older", "order"]
        );
        assert_eq!(mistakes("min=5"), ["currency"]);
        assert_eq!(mistakes("currency=USD"), ["min"]);
        assert_eq!(mistakes("min=x&currency=USD"), ["min"]);
        assert_eq!(mistakes("resaon=double_ftd"), ["resaon"]);
        assert_eq!(mistakes("after=x"), ["after"]);
    }
}
