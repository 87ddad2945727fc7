//! What is read back from the store.

use postern_protocol::event::{EventKind, Status};
use postern_protocol::money::Money;
use postern_protocol::time::UnixSeconds;
use uuid::Uuid;

use super::{Store, StoreError};
use crate::agreement::TermsVersion;
use crate::ledger::{Cause, Change, FlagReason, Reported, Verdict};
use crate::payout::{Amount, PayoutKind, PayoutStep};

impl Store {
    /// The delivery with this id, if there is one.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn delivery(&self, id: Uuid) -> Result<Option<DeliveryRecord>, StoreError> {
        match self {
            Self::Sqlite(store) => store.delivery(id).await,
            Self::Postgres(store) => store.delivery(id).await,
        }
    }

    /// The conversion with this id, if there is one.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn conversion(&self, id: Uuid) -> Result<Option<ConversionRecord>, StoreError> {
        match self {
            Self::Sqlite(store) => store.conversion(id).await,
            Self::Postgres(store) => store.conversion(id).await,
        }
    }

    /// The conversions of a click, oldest first.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn conversions(&self, clickid: &str) -> Result<Vec<ConversionRecord>, StoreError> {
        match self {
            Self::Sqlite(store) => store.conversions(clickid).await,
            Self::Postgres(store) => store.conversions(clickid).await,
        }
    }

    /// The changes of a click's conversions, oldest first within each.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn changes(&self, clickid: &str) -> Result<Vec<ChangeRecord>, StoreError> {
        match self {
            Self::Sqlite(store) => store.changes(clickid).await,
            Self::Postgres(store) => store.changes(clickid).await,
        }
    }

    /// The flags on a click's conversions, oldest first.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn flags(&self, clickid: &str) -> Result<Vec<FlagRecord>, StoreError> {
        match self {
            Self::Sqlite(store) => store.flags(clickid).await,
            Self::Postgres(store) => store.flags(clickid).await,
        }
    }

    /// The payout entries of a click's conversions, oldest first within each.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn payouts(&self, clickid: &str) -> Result<Vec<PayoutRecord>, StoreError> {
        match self {
            Self::Sqlite(store) => store.payouts(clickid).await,
            Self::Postgres(store) => store.payouts(clickid).await,
        }
    }
}

/// A delivery as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRecord {
    /// Its id.
    pub id: Uuid,
    /// The click it names; empty where it names none.
    pub clickid: String,
    /// The first delivery of the same content, if this is not it.
    pub repeat_of: Option<Uuid>,
    /// When it was received.
    pub received_at: UnixSeconds,
    /// Who sent it.
    pub partner: String,
    /// Which secret signed it.
    pub key_id: String,
    /// Which form the signature matched.
    pub form: String,
    /// From where it came.
    pub address: String,
    /// The request id it came with; empty where there was none.
    pub request_id: String,
    /// `GET` or `POST`.
    pub method: String,
    /// The `Content-Type` it came with.
    pub content_type: Option<String>,
    /// The raw query.
    pub query: Vec<u8>,
    /// The raw body.
    pub body: Vec<u8>,
    /// What became of it.
    pub verdict: Verdict,
    /// The conversion it is about.
    pub conversion: Option<Uuid>,
    /// The flags it raised: a JSON list of words.
    pub flags: Option<String>,
    /// The warnings it was answered with: a JSON list of texts.
    pub warnings: Option<String>,
    /// What was wrong or doubtful in its fields: a JSON list of objects.
    pub errors: Option<String>,
    /// How it would appear, as JSON, where it is a test; `None`: it is a live one.
    pub test: Option<String>,
}

/// A conversion in its current state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversionRecord {
    /// The delivery that opened it.
    pub id: Uuid,
    /// The click it belongs to.
    pub clickid: String,
    /// Who reports it.
    pub partner: String,
    /// Its identity inside the click.
    pub identity: String,
    /// 0, or how many conversions of the same content came before it.
    pub ordinal: u32,
    /// What happened.
    pub event: EventKind,
    /// The current status.
    pub status: Status,
    /// The current amount.
    pub money: Option<Money>,
    /// The country, as the delivery that opened it says; so is all down to the transaction id.
    pub geo: Option<String>,
    /// First sub id.
    pub sub_id_1: Option<String>,
    /// Second sub id.
    pub sub_id_2: Option<String>,
    /// How the user paid.
    pub payment_method: Option<String>,
    /// The partner's own id of it.
    pub transaction_id: Option<String>,
    /// When it happened: the event's timestamp, else when it was received.
    pub occurred_at: UnixSeconds,
    /// When the delivery that opened it was received.
    pub opened_at: UnixSeconds,
    /// When it last changed.
    pub changed_at: Option<UnixSeconds>,
    /// How often it has changed, in any column.
    pub revision: u32,
    /// Open flags of the delivery that opened it. While there are any, it earns nothing.
    pub blocking_flags: u32,
}

/// A change of a conversion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeRecord {
    /// The conversion.
    pub conversion: Uuid,
    /// The delivery that made the change, or whose flag was decided.
    pub delivery: Uuid,
    /// The decision that made the change, if not the delivery did by itself.
    pub decision: Option<Uuid>,
    /// When.
    pub changed_at: UnixSeconds,
    /// From which state to which.
    pub change: Change,
    /// The change it takes back, by its revision.
    pub undoes: Option<u32>,
    /// The partner's reason.
    pub reason: Option<String>,
}

/// A flag on a conversion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlagRecord {
    /// The conversion.
    pub conversion: Uuid,
    /// The delivery that raised it.
    pub delivery: Uuid,
    /// Why.
    pub reason: FlagReason,
    /// When.
    pub raised_at: UnixSeconds,
    /// Whether it waits for a decision.
    pub is_open: bool,
    /// What its delivery reported, where the flag is not about the opening of the conversion.
    pub reported: Option<Reported>,
}

/// A payout entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutRecord {
    /// The conversion.
    pub conversion: Uuid,
    /// 0, 1, … inside the conversion.
    pub number: u32,
    /// To whom it is owed.
    pub partner: String,
    /// What it is earned by.
    pub kind: PayoutKind,
    /// What it does.
    pub step: PayoutStep,
    /// How much, below zero where it takes back.
    pub amount: Amount,
    /// The terms it is computed by.
    pub terms: TermsVersion,
    /// Why this amount, in plain words.
    pub rule: String,
    /// What made it necessary.
    pub cause: Cause,
    /// When the conversion happened.
    pub earned_at: UnixSeconds,
    /// When it was written.
    pub booked_at: UnixSeconds,
    /// From when on it may be paid out.
    pub due_at: UnixSeconds,
}
