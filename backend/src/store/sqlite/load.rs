//! Loads the snapshot of all that a batch touches: three queries, whatever the batch's size.
//!
//! The keys go in as one JSON list; `CROSS JOIN` keeps SQLite from walking the table instead of the
//! keys.

use std::collections::HashSet;

use serde::Serialize;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use crate::delivery::Delivery;
use crate::ledger::{ConversionKey, Identity, MAX_ALIKE, Snapshot};
use crate::store::row::Cells;
use crate::store::{StoreError, decode};

const CONTENTS: &str = "
    SELECT c.fingerprint, c.delivery, c.verdict, c.conversion, c.opened_as
    FROM json_each(?1) AS k
    CROSS JOIN contents AS c
        ON c.clickid = k.value ->> 0 AND c.fingerprint = unhex(k.value ->> 1)";

const CLICKS: &str = "
    SELECT c.clickid, c.partner, c.clicked_at
    FROM json_each(?1) AS k
    CROSS JOIN clicks AS c ON c.clickid = k.value";

const CONVERSIONS: &str = "
    SELECT c.clickid, c.partner, c.identity, c.ordinal, c.id, c.status, c.amount_minor, c.currency,
        c.opened_as, c.opened_at, c.changed_at, c.transaction_id, c.revision, c.blocking_flags
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
        snapshot.know_content(row.fingerprint("fingerprint")?, decode::first(&row)?);
    }
    Ok(())
}

async fn load_clicks(
    connection: &mut SqliteConnection,
    keys: &HashSet<ConversionKey>,
    snapshot: &mut Snapshot,
) -> Result<(), StoreError> {
    let clickids: HashSet<&str> = keys.iter().map(|key| key.clickid.as_str()).collect();
    for row in fetch(connection, CLICKS, &clickids).await? {
        snapshot.know_click(row.owned("clickid")?, decode::logged_click(&row)?);
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
        snapshot.know_conversion(decode::conversion(&row)?);
    }
    Ok(())
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
