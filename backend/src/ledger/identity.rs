//! What makes two events speak of the same conversion: its name inside the click.

use postern_protocol::event::{Event, EventKind};

use super::fingerprint::Fingerprint;

/// What an identity rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The kind of event alone: a click registers, leads and deposits first only once.
    Kind,
    /// The partner's transaction id.
    Transaction,
    /// The event's own timestamp with its amount and currency.
    Moment,
    /// Nothing but the content: a retry and a second event look alike.
    Content,
}

/// A conversion's name inside (clickid, partner).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The name as it stands in the store, such as `ftd` or `redeposit/transaction/T-1`.
    pub text: String,
    /// What it rests on.
    pub basis: Basis,
}

impl Basis {
    /// What the event's identity rests on: the strongest it offers.
    #[must_use]
    pub fn of(event: &Event) -> Self {
        match (event.kind, &event.transaction_id, event.timestamp) {
            (EventKind::Registration | EventKind::Lead | EventKind::Ftd, _, _) => Self::Kind,
            (_, Some(_), _) => Self::Transaction,
            (_, None, Some(_)) => Self::Moment,
            (_, None, None) => Self::Content,
        }
    }
}

impl Identity {
    /// The strongest identity the event offers.
    #[must_use]
    pub fn of(event: &Event) -> Self {
        let kind = event.kind.name();
        let basis = Basis::of(event);
        let text = match basis {
            Basis::Kind => kind.to_owned(),
            Basis::Transaction => {
                let id = event.transaction_id.as_ref();
                format!("{kind}/transaction/{}", id.map_or("", |id| id.as_str()))
            }
            Basis::Moment => {
                let seconds = event.timestamp.map_or(0, |moment| moment.0);
                let paid = event.money.map_or(String::new(), |money| {
                    format!("{}{}", money.minor(), money.currency().code())
                });
                format!("{kind}/moment/{seconds}/{paid}")
            }
            Basis::Content => {
                format!("{kind}/content/{}", Fingerprint::of_event(event).to_hex())
            }
        };
        Self { text, basis }
    }
}
