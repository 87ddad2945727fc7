//! What a postback means by itself.

use super::super::story::Sent;
use super::Paid;

impl Sent {
    pub(super) fn unfit(&self) -> Option<&'static str> {
        match (self.amount, self.currency) {
            ("{amount}", _) => Some("quarantined"),
            (_, "XXX") => Some("invalid"),
            _ => None,
        }
    }

    pub(super) fn is_nameless(&self) -> bool {
        let may_recur = matches!(self.event, "redeposit" | "cashout" | "rejected");
        may_recur
            && self.transaction.is_empty()
            && self.timestamp.is_none()
            && self.unfit().is_none()
    }

    pub(super) fn paid(&self) -> Option<Paid> {
        let minor = match self.amount {
            "10" => 1_000,
            "20" => 2_000,
            "0.06" => 6,
            "0.10" => 10,
            _ => return None,
        };
        Some((minor, self.currency))
    }

    /// What it is known by inside its click.
    pub(super) fn identity(&self) -> String {
        let Self {
            event,
            transaction,
            amount,
            currency,
            ..
        } = self;
        match (*event, *transaction, self.timestamp) {
            ("registration" | "lead" | "ftd", _, _) => (*event).to_owned(),
            (_, "", None) => format!("{event} like {amount} {currency}"),
            (_, "", Some(at)) => format!("{event} at {at} of {amount} {currency}"),
            (_, id, _) => format!("{event} number {id}"),
        }
    }
}
