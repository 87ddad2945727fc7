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

impl Identity {
    /// The strongest identity the event offers.
    #[must_use]
    pub fn of(event: &Event) -> Self {
        let kind = event.kind.name();
        let (text, basis) = match (event.kind, &event.transaction_id, event.timestamp) {
            (EventKind::Registration | EventKind::Lead | EventKind::Ftd, _, _) => {
                (kind.to_owned(), Basis::Kind)
            }
            (_, Some(id), _) => (format!("{kind}/transaction/{id}"), Basis::Transaction),
            (_, None, Some(moment)) => {
                let paid = event.money.map_or(String::new(), |money| {
                    format!("{}{}", money.minor, money.currency.code())
                });
                (format!("{kind}/moment/{}/{paid}", moment.0), Basis::Moment)
            }
            (_, None, None) => {
                let content = Fingerprint::of_event(event).to_hex();
                (format!("{kind}/content/{content}"), Basis::Content)
            }
        };
        Self { text, basis }
    }
}
