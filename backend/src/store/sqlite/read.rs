//! Reads records back, and the cells they are made of.

use postern_protocol::currency::Currency;
use postern_protocol::event::{EventKind, Status};
use postern_protocol::id::PartnerId;
use postern_protocol::money::Money;
use postern_protocol::time::UnixSeconds;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

use super::SqliteStore;
use crate::ledger::{Change, FlagReason, State, Verdict};
use crate::store::{ChangeRecord, ConversionRecord, DeliveryRecord, FlagRecord, StoreError};

impl SqliteStore {
    pub(in crate::store) async fn delivery(
        &self,
        id: Uuid,
    ) -> Result<Option<DeliveryRecord>, StoreError> {
        let row = sqlx::query("SELECT * FROM deliveries WHERE id = ?")
            .bind(id)
            .fetch_optional(&self.readers)
            .await?;
        row.map(|row| delivery(&row)).transpose()
    }

    pub(in crate::store) async fn conversions(
        &self,
        clickid: &str,
    ) -> Result<Vec<ConversionRecord>, StoreError> {
        let query = "SELECT * FROM conversions WHERE clickid = ? ORDER BY id";
        self.of_click(query, clickid, conversion).await
    }

    pub(in crate::store) async fn changes(
        &self,
        clickid: &str,
    ) -> Result<Vec<ChangeRecord>, StoreError> {
        let query = "SELECT * FROM changes WHERE clickid = ? ORDER BY delivery";
        self.of_click(query, clickid, change).await
    }

    pub(in crate::store) async fn flags(
        &self,
        clickid: &str,
    ) -> Result<Vec<FlagRecord>, StoreError> {
        let query = "SELECT * FROM flags WHERE clickid = ? ORDER BY delivery, reason";
        self.of_click(query, clickid, flag).await
    }

    async fn of_click<T>(
        &self,
        query: &'static str,
        clickid: &str,
        read: impl Fn(&SqliteRow) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let rows = sqlx::query(query)
            .bind(clickid.to_owned())
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(read).collect()
    }
}

fn delivery(row: &SqliteRow) -> Result<DeliveryRecord, StoreError> {
    Ok(DeliveryRecord {
        id: row.try_get("id")?,
        clickid: row.try_get("clickid")?,
        repeat_of: row.try_get("repeat_of")?,
        received_at: seconds(row, "received_at")?,
        partner: row.try_get("partner")?,
        key_id: row.try_get("key_id")?,
        form: row.try_get("form")?,
        address: row.try_get("address")?,
        request_id: row.try_get("request_id")?,
        method: row.try_get("method")?,
        content_type: row.try_get("content_type")?,
        query: row.try_get("query")?,
        body: row.try_get("body")?,
        verdict: verdict(row.try_get("verdict")?)?,
        conversion: row.try_get("conversion")?,
        flags: row.try_get("flags")?,
        warnings: row.try_get("warnings")?,
        errors: row.try_get("errors")?,
    })
}

fn conversion(row: &SqliteRow) -> Result<ConversionRecord, StoreError> {
    let state = state(
        row.try_get("status")?,
        row.try_get("amount_minor")?,
        row.try_get("currency")?,
    )?;
    let changed_at: Option<i64> = row.try_get("changed_at")?;
    Ok(ConversionRecord {
        id: row.try_get("id")?,
        partner: row.try_get("partner")?,
        identity: row.try_get("identity")?,
        ordinal: row.try_get("ordinal")?,
        event: known("the event", row.try_get("event")?, |word| {
            EventKind::parse(word).ok()
        })?,
        status: state.status,
        money: state.money,
        occurred_at: seconds(row, "occurred_at")?,
        changed_at: changed_at.map(UnixSeconds),
    })
}

fn change(row: &SqliteRow) -> Result<ChangeRecord, StoreError> {
    let from = state(
        row.try_get("from_status")?,
        row.try_get("from_amount_minor")?,
        row.try_get("from_currency")?,
    )?;
    let to = state(
        row.try_get("to_status")?,
        row.try_get("to_amount_minor")?,
        row.try_get("to_currency")?,
    )?;
    Ok(ChangeRecord {
        conversion: row.try_get("conversion")?,
        delivery: row.try_get("delivery")?,
        changed_at: seconds(row, "changed_at")?,
        change: Change { from, to },
        reason: row.try_get("reason")?,
    })
}

fn flag(row: &SqliteRow) -> Result<FlagRecord, StoreError> {
    Ok(FlagRecord {
        conversion: row.try_get("conversion")?,
        delivery: row.try_get("delivery")?,
        reason: known("the flag", row.try_get("reason")?, FlagReason::parse)?,
        raised_at: seconds(row, "raised_at")?,
    })
}

pub(super) fn seconds(row: &SqliteRow, column: &str) -> Result<UnixSeconds, StoreError> {
    Ok(UnixSeconds(row.try_get(column)?))
}

pub(super) fn verdict(text: &str) -> Result<Verdict, StoreError> {
    known("the verdict", text, Verdict::parse)
}

pub(super) fn partner(text: &str) -> Result<PartnerId, StoreError> {
    known("the partner id", text, |text| PartnerId::parse(text).ok())
}

pub(super) fn state(
    status: &str,
    minor: Option<i64>,
    currency: Option<&str>,
) -> Result<State, StoreError> {
    let currency = currency
        .map(|code| known("the currency", code, |code| Currency::parse(code).ok()))
        .transpose()?;
    Ok(State {
        status: known("the status", status, |word| Status::parse(word).ok())?,
        money: minor.zip(currency).map(money).transpose()?,
    })
}

fn money((minor, currency): (i64, Currency)) -> Result<Money, StoreError> {
    let unreadable = || StoreError::Unreadable(format!("the amount {minor} {currency}"));
    Money::of_minor(minor, currency).ok_or_else(unreadable)
}

/// A stored word as what it stands for.
fn known<T>(
    what: &str,
    text: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<T, StoreError> {
    parse(text).ok_or_else(|| StoreError::Unreadable(format!("{what} {text:?}")))
}
