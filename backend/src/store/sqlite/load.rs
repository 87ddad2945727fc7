//! Loads the snapshot of all that a batch touches: three queries, whatever the batch's size.
//!
//! The keys go in as one JSON list; `CROSS JOIN` keeps SQLite from walking the table instead of the
//! keys.

use std::collections::HashSet;

use serde::Serialize;
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use uuid::Uuid;

use super::read::verdict;
use crate::delivery::Delivery;
use crate::ledger::{
    Conversion, ConversionKey, Fingerprint, First, Identity, MAX_ALIKE, Original, Snapshot,
};
use crate::store::StoreError;

const CONTENTS: &str = "
    SELECT d.fingerprint, d.id, d.verdict, c.id AS original, c.opened_as
    FROM json_each(?1) AS k
    CROSS JOIN deliveries AS d
        ON d.clickid = k.value ->> 0 AND d.fingerprint = unhex(k.value ->> 1)
    LEFT JOIN conversions AS c
        ON d.verdict = 'duplicate' AND c.clickid = d.clickid AND c.id = d.conversion
    WHERE d.repeat_of IS NULL";

const CLICKS: &str = "
    SELECT c.clickid, c.partner
    FROM json_each(?1) AS k
    CROSS JOIN clicks AS c ON c.clickid = k.value";

const CONVERSIONS: &str = "
    SELECT c.clickid, c.partner, c.identity, c.ordinal, c.id, c.status, c.amount_minor, c.currency,
        c.opened_as, coalesce(c.changed_at, c.opened_at) AS touched_at, c.transaction_id
    FROM json_each(?1) AS k
    CROSS JOIN conversions AS c
        ON c.clickid = k.value ->> 0 AND c.partner = k.value ->> 1 AND c.identity = k.value ->> 2
        AND c.ordinal > (
            SELECT max(m.ordinal) FROM conversions AS m
            WHERE m.clickid = k.value ->> 0 AND m.partner = k.value ->> 1
                AND m.identity = k.value ->> 2) - (k.value ->> 3)
    ORDER BY c.ordinal";

/// All of them, for the test that looks at their plans.
#[cfg(test)]
pub(super) const QUERIES: [&str; 3] = [CONTENTS, CLICKS, CONVERSIONS];

/// What is known of all the batch's contents, clicks and conversions.
pub(super) async fn snapshot(
    connection: &mut SqliteConnection,
    deliveries: &[Delivery],
) -> Result<Snapshot, StoreError> {
    let mut snapshot = Snapshot::default();
    load_contents(connection, deliveries, &mut snapshot).await?;
    let keys: HashSet<ConversionKey> = deliveries.iter().filter_map(conversion_key).collect();
    if keys.is_empty() {
        return Ok(snapshot);
    }
    load_clicks(connection, &keys, &mut snapshot).await?;
    load_conversions(connection, &keys, &mut snapshot).await?;
    Ok(snapshot)
}

fn conversion_key(delivery: &Delivery) -> Option<ConversionKey> {
    let event = delivery.event.as_ref().ok()?;
    Some(ConversionKey {
        clickid: event.clickid.as_str().to_owned(),
        partner: delivery.partner.clone(),
        identity: Identity::of(event).text,
    })
}

async fn load_contents(
    connection: &mut SqliteConnection,
    deliveries: &[Delivery],
    snapshot: &mut Snapshot,
) -> Result<(), StoreError> {
    let keys: Vec<_> = deliveries
        .iter()
        .map(|delivery| (&delivery.clickid, delivery.fingerprint.to_hex()))
        .collect();
    for row in fetch(connection, CONTENTS, &keys).await? {
        let first = First {
            id: row.try_get("id")?,
            verdict: verdict(row.try_get("verdict")?)?,
            original: original(&row)?,
        };
        snapshot.know_content(fingerprint(row.try_get("fingerprint")?)?, first);
    }
    Ok(())
}

fn original(row: &SqliteRow) -> Result<Option<Original>, StoreError> {
    let Some(id) = row.try_get("original")? else {
        return Ok(None);
    };
    let opened_as = verdict(row.try_get("opened_as")?)?;
    Ok(Some(Original { id, opened_as }))
}

async fn load_clicks(
    connection: &mut SqliteConnection,
    keys: &HashSet<ConversionKey>,
    snapshot: &mut Snapshot,
) -> Result<(), StoreError> {
    let clickids: HashSet<&str> = keys.iter().map(|key| key.clickid.as_str()).collect();
    for row in fetch(connection, CLICKS, &clickids).await? {
        let partner: Option<&str> = row.try_get(1)?;
        snapshot.know_click(
            row.try_get(0)?,
            partner.map(super::read::partner).transpose()?,
        );
    }
    Ok(())
}

async fn load_conversions(
    connection: &mut SqliteConnection,
    keys: &HashSet<ConversionKey>,
    snapshot: &mut Snapshot,
) -> Result<(), StoreError> {
    let keys: Vec<_> = keys
        .iter()
        .map(|key| {
            let partner = key.partner.as_str();
            (&key.clickid, partner, &key.identity, MAX_ALIKE)
        })
        .collect();
    for row in fetch(connection, CONVERSIONS, &keys).await? {
        let key = ConversionKey {
            clickid: row.try_get("clickid")?,
            partner: super::read::partner(row.try_get("partner")?)?,
            identity: row.try_get("identity")?,
        };
        snapshot.know_conversion(key, conversion(&row)?);
    }
    Ok(())
}

fn conversion(row: &SqliteRow) -> Result<Conversion, StoreError> {
    Ok(Conversion {
        id: row.try_get::<Uuid, _>("id")?,
        ordinal: row.try_get("ordinal")?,
        state: super::read::state(
            row.try_get("status")?,
            row.try_get("amount_minor")?,
            row.try_get("currency")?,
        )?,
        opened_as: verdict(row.try_get("opened_as")?)?,
        touched_at: super::read::seconds(row, "touched_at")?,
        transaction_id: row.try_get("transaction_id")?,
    })
}

async fn fetch(
    connection: &mut SqliteConnection,
    query: &'static str,
    keys: &impl Serialize,
) -> Result<Vec<SqliteRow>, sqlx::Error> {
    // Lists of texts always serialise; were one ever not to, SQLite would refuse the empty text.
    let keys = serde_json::to_string(keys).unwrap_or_default();
    sqlx::query(query).bind(keys).fetch_all(connection).await
}

fn fingerprint(bytes: &[u8]) -> Result<Fingerprint, StoreError> {
    <[u8; 32]>::try_from(bytes)
        .map(Fingerprint)
        .map_err(|_| StoreError::Unreadable("a fingerprint that is not 32 bytes".to_owned()))
}
