//! Explanations: from a delivery to each cent, for the person who asks.
//!
//! The store's [`History`] goes in; out comes an [`Explanation`] that says in order what happened
//! to the conversion, by whose word, and why each line of money is what it is. It is pure, so that
//! the command line and the admin API say the same: as text for people, as JSON for machines.

mod step;
mod money;
mod ruling;
mod sent;
mod text;
mod rehearsal;
#[cfg(test)]
mod tests;

use postern_protocol::time::UnixSeconds;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

pub use money::{CapText, LineText, MoneyText, SumText, TermsText};
pub use ruling::ruling_words;
pub use sent::sent_fields;
pub use step::Step;

use crate::partners::show_time;
use crate::payout::Amount;
use crate::store::{Click, ConversionHistory, ConversionRecord, DeliveryRecord, History};

/// The version of the JSON; it counts up when a name changes its meaning or goes away.
pub const EXPLANATION_VERSION: u32 = 1;

/// All that is known of what an id names, in words.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Explanation {
    /// [`EXPLANATION_VERSION`].
    pub version: u32,
    /// The delivery that was asked for; none where its request was removed.
    pub delivery: Option<DeliveryText>,
    /// The conversion it is about; none where it could not be booked.
    pub conversion: Option<ConversionText>,
    /// The click, where the click log has it.
    pub click: Option<ClickText>,
    /// What happened to the conversion, in its order.
    pub steps: Vec<Step>,
    /// What it earned, and why.
    pub money: Option<MoneyText>,
}

/// One delivery: who sent it, how, and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DeliveryText {
    /// Its id.
    pub id: Uuid,
    /// When it was received.
    pub received_at: String,
    /// Who sent it.
    pub partner: String,
    /// The click it names; empty where it names none.
    pub clickid: String,
    /// From where.
    pub address: String,
    /// `GET` or `POST`.
    pub method: String,
    /// The form its signature matched.
    pub form: String,
    /// The secret it was signed with, by its name.
    pub key: String,
    /// The request id in the edge's log; empty where there was none.
    pub request_id: String,
    /// What became of it.
    pub verdict: &'static str,
    /// The first delivery of the same content, if this is not it.
    pub repeat_of: Option<Uuid>,
    /// What it was warned of: a list of texts.
    #[schema(value_type = Vec<String>)]
    pub warnings: Value,
    /// What was wrong or doubtful in its fields: a list of objects.
    #[schema(value_type = Vec<Object>)]
    pub errors: Value,
    /// Where it is a test, how it would appear; a test counts nowhere. None: it is a live one.
    #[schema(value_type = Option<crate::sandbox::Outlook>)]
    pub test: Option<Value>,
}

/// A conversion as it is now.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ConversionText {
    /// The delivery that opened it.
    pub id: Uuid,
    /// Who reports it.
    pub partner: String,
    /// The click it belongs to.
    pub clickid: String,
    /// Its name inside the click.
    pub identity: String,
    /// What happened.
    pub event: &'static str,
    /// Its status.
    pub status: &'static str,
    /// Its amount.
    #[schema(value_type = Option<crate::report::Sum>)]
    pub amount: Option<Amount>,
    /// How many open flags keep it from earning anything.
    pub blocking_flags: u32,
    /// The visitor's country, as the partner says.
    pub geo: Option<String>,
    /// The partner's own id of the payment.
    pub transaction_id: Option<String>,
    /// When it happened.
    pub occurred_at: String,
}

/// A click of the click log.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ClickText {
    /// To whom the visitor was sent, where the log says so; so with all that follows.
    pub partner: Option<String>,
    /// When.
    pub clicked_at: Option<String>,
    /// What it cost.
    #[schema(value_type = Option<crate::report::Sum>)]
    pub cost: Option<Amount>,
    /// The visitor's country.
    pub geo: Option<String>,
    /// First sub id.
    pub sub_id_1: Option<String>,
    /// Second sub id.
    pub sub_id_2: Option<String>,
}

impl Explanation {
    /// Explains a history as of `now`, which only decides what is still held.
    #[must_use]
    pub fn of(history: &History, now: UnixSeconds) -> Self {
        let known = history.conversion.as_ref();
        Self {
            version: EXPLANATION_VERSION,
            delivery: history.delivery.as_ref().map(DeliveryText::of),
            conversion: known.map(|it| ConversionText::of(&it.conversion)),
            click: known.and_then(|it| it.click.as_ref().map(ClickText::of)),
            steps: known.map(step::steps).unwrap_or_default(),
            money: known.map(|it: &ConversionHistory| MoneyText::of(it, now)),
        }
    }

    /// The explanation as JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Texts and numbers always have a JSON form.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

impl DeliveryText {
    fn of(record: &DeliveryRecord) -> Self {
        // They were written as JSON; were a row damaged, its text is shown.
        let list = |text: &Option<String>| match text {
            None => Value::Array(Vec::new()),
            Some(text) => serde_json::from_str(text).unwrap_or(Value::String(text.clone())),
        };
        Self {
            id: record.id,
            received_at: show_time(record.received_at),
            partner: record.partner.clone(),
            clickid: record.clickid.clone(),
            address: record.address.clone(),
            method: record.method.clone(),
            form: record.form.clone(),
            key: record.key_id.clone(),
            request_id: record.request_id.clone(),
            verdict: record.verdict.name(),
            repeat_of: record.repeat_of,
            warnings: list(&record.warnings),
            errors: list(&record.errors),
            test: record.test.as_ref().map(|_| list(&record.test)),
        }
    }
}

impl ConversionText {
    fn of(record: &ConversionRecord) -> Self {
        Self {
            id: record.id,
            partner: record.partner.clone(),
            clickid: record.clickid.clone(),
            identity: record.identity.clone(),
            event: record.event.name(),
            status: record.status.name(),
            amount: record.money.map(Amount::from),
            blocking_flags: record.blocking_flags,
            geo: record.geo.clone(),
            transaction_id: record.transaction_id.clone(),
            occurred_at: show_time(record.occurred_at),
        }
    }
}

impl ClickText {
    fn of(click: &Click) -> Self {
        Self {
            partner: click.partner.as_ref().map(ToString::to_string),
            clicked_at: click.clicked_at.map(show_time),
            cost: click.cost.map(Amount::from),
            geo: click.geo.clone(),
            sub_id_1: click.sub_id_1.clone(),
            sub_id_2: click.sub_id_2.clone(),
        }
    }
}
