//! What a flagged delivery reported, kept beside its flag.
//!
//! A person may decide long after the delivery came, and raw requests are removed in time. So the
//! flag itself keeps all that a decision needs.

use postern_protocol::currency::Currency;
use postern_protocol::event::{
    ClickId, Event, EventKind, PaymentMethod, Reason, Status, SubId, TransactionId,
};
use postern_protocol::geo::Geo;
use postern_protocol::money::Money;
use postern_protocol::time::UnixSeconds;
use serde::{Deserialize, Serialize};

use super::transition::State;

/// An event as its delivery reported it, without the click it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    /// What happened.
    pub kind: EventKind,
    /// The status and the amount.
    pub state: State,
    /// Where the visitor is.
    pub geo: Option<Geo>,
    /// The funnel or creative.
    pub sub_id_1: Option<SubId>,
    /// A second parameter of that kind.
    pub sub_id_2: Option<SubId>,
    /// How it was paid.
    pub payment_method: Option<PaymentMethod>,
    /// The partner's own id of the payment.
    pub transaction_id: Option<TransactionId>,
    /// Why it was rejected, in the partner's words.
    pub reason: Option<Reason>,
    /// When it happened: the event's timestamp, else when it was received.
    pub occurred_at: UnixSeconds,
}

/// The words of the store; what is open is left out.
#[derive(Serialize, Deserialize)]
struct Shape<'a> {
    event: &'a str,
    status: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount_minor: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    geo: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub_id_1: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub_id_2: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_method: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    occurred_at: i64,
}

impl Reported {
    /// What an event reported that was received at this time.
    #[must_use]
    pub fn of(event: &Event, received_at: UnixSeconds) -> Self {
        Self {
            kind: event.kind,
            state: State {
                status: event.status,
                money: event.money,
            },
            geo: event.geo,
            sub_id_1: event.sub_id_1.clone(),
            sub_id_2: event.sub_id_2.clone(),
            payment_method: event.payment_method,
            transaction_id: event.transaction_id.clone(),
            reason: event.reason.clone(),
            occurred_at: event.timestamp.unwrap_or(received_at),
        }
    }

    /// The same as an event of this kind on this click; `None` for what is no click id.
    #[must_use]
    pub fn event(&self, kind: EventKind, clickid: &str) -> Option<Event> {
        Some(Event {
            clickid: ClickId::parse(clickid).ok()?,
            kind,
            status: self.state.status,
            money: self.state.money,
            geo: self.geo,
            sub_id_1: self.sub_id_1.clone(),
            sub_id_2: self.sub_id_2.clone(),
            payment_method: self.payment_method,
            reason: self.reason.clone(),
            timestamp: Some(self.occurred_at),
            transaction_id: self.transaction_id.clone(),
        })
    }

    /// The text beside the flag.
    #[must_use]
    pub fn to_json(&self) -> String {
        let money = self.state.money;
        let shape = Shape {
            event: self.kind.name(),
            status: self.state.status.name(),
            amount_minor: money.map(Money::minor),
            currency: money.map(|money| money.currency().code()),
            geo: self.geo.map(Geo::code),
            sub_id_1: self.sub_id_1.as_ref().map(ToString::to_string),
            sub_id_2: self.sub_id_2.as_ref().map(ToString::to_string),
            payment_method: self.payment_method.map(PaymentMethod::name),
            transaction_id: self.transaction_id.as_ref().map(ToString::to_string),
            reason: self.reason.as_ref().map(ToString::to_string),
            occurred_at: self.occurred_at.0,
        };
        // Texts and numbers always have a JSON form.
        serde_json::to_string(&shape).unwrap_or_default()
    }

    /// Reads the text beside a flag; `None` for what [`Reported::to_json`] never writes.
    #[must_use]
    pub fn from_json(text: &str) -> Option<Self> {
        serde_json::from_str::<Shape<'_>>(text).ok()?.read()
    }
}

impl Shape<'_> {
    fn read(self) -> Option<Reported> {
        let money = match (self.amount_minor, self.currency) {
            (Some(minor), Some(code)) => Some(Money::of_minor(minor, Currency::parse(code).ok()?)?),
            (None, None) => None,
            _ => return None,
        };
        let sub_id = |id: Option<String>| id.map(|id| SubId::parse(&id)).transpose().ok();
        let transaction_id = self.transaction_id.map(|id| TransactionId::parse(&id));
        Some(Reported {
            kind: EventKind::parse(self.event).ok()?,
            state: State {
                status: Status::parse(self.status).ok()?,
                money,
            },
            geo: self.geo.map(Geo::parse).transpose().ok()?,
            sub_id_1: sub_id(self.sub_id_1)?,
            sub_id_2: sub_id(self.sub_id_2)?,
            payment_method: self
                .payment_method
                .map(PaymentMethod::parse)
                .transpose()
                .ok()?,
            transaction_id: transaction_id.transpose().ok()?,
            reason: self
                .reason
                .map(|text| Reason::parse(&text))
                .transpose()
                .ok()?,
            occurred_at: UnixSeconds(self.occurred_at),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{START, delivery};

    fn reported(words: &str) -> Reported {
        let delivery = delivery(7, words);
        Reported::of(&delivery.event.unwrap(), delivery.received_at)
    }

    #[test]
    fn everything_reads_back_as_it_was_reported() {
        let full = "cashout approved 50.01USD geo=DE sub_id_1=a%22b sub_id_2=c payment_method=crypto \
            transaction_id=T-1 reason=why timestamp=1716999000";
        for words in [full, "lead pending", "ftd rejected 1BTC"] {
            let reported = reported(words);
            assert_eq!(
                Reported::from_json(&reported.to_json()),
                Some(reported),
                "{words}"
            );
        }
    }

    #[test]
    fn without_a_timestamp_it_happened_when_it_was_received() {
        assert_eq!(reported("lead pending").occurred_at.0, START.0 + 7);
        let told = reported("lead pending timestamp=1716999000");
        assert_eq!(told.occurred_at.0, 1_716_999_000);
    }

    #[test]
    fn half_an_amount_and_unknown_words_are_not_guessed() {
        let good = reported("ftd approved 50USD").to_json();
        for (is, was) in [
            ("\"event\":\"gift\"", "\"event\":\"ftd\""),
            ("\"currency\":\"XXQ\"", "\"currency\":\"USD\""),
            ("\"amount_minor\":-1", "\"amount_minor\":5000"),
            ("", "\"currency\":\"USD\","),
        ] {
            let bad = good.replace(was, is);
            assert_ne!(bad, good);
            assert_eq!(Reported::from_json(&bad), None, "{bad}");
        }
        assert_eq!(Reported::from_json("no JSON"), None);
    }
}
