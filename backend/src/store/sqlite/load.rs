//! Loads the snapshot of all that a batch touches: three queries, whatever the batch's size, and
//! one for each thing money needs to know. New conversions by terms without caps need none.
//!
//! The keys go in as one JSON list; `CROSS JOIN` keeps SQLite from walking the table instead of the
//! keys.

use std::collections::{BTreeSet, HashSet};

use serde::Serialize;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use uuid::Uuid;

use crate::delivery::Delivery;
use crate::ledger::{
    Agreed, ConversionKey, Flag, Identity, MAX_ALIKE, Snapshot, ToOpen, caps_needed, terms_needed,
    to_open,
};
use crate::store::row::Cells;
use crate::store::{StoreError, decode};

const CONTENTS: &str = "
    SELECT n.name AS fingerprint, n.id AS delivery, n.verdict, n.conversion, n.opened_as
    FROM json_each(?1) AS k
    CROSS JOIN known AS n
        ON n.clickid = k.value ->> 0 AND n.partner = '' AND n.name = unhex(k.value ->> 1)";

/// All in one row: nearly every delivery has a click, and each row would wake who reads it.
const CLICKS: &str = "
    SELECT json_group_array(json_array(c.clickid, c.partner, c.clicked_at, c.geo, c.sub_id_1,
        c.sub_id_2)) AS clicks
    FROM json_each(?1) AS k
    CROSS JOIN clicks AS c ON c.clickid = k.value";

const CONVERSIONS: &str = "
    SELECT c.clickid, c.partner, c.identity, c.ordinal, c.id, c.status, c.amount_minor, c.currency,
        c.opened_as, c.opened_at, c.changed_at, c.transaction_id, c.revision, c.blocking_flags,
        c.event, c.geo, c.occurred_at, c.terms
    FROM json_each(?1) AS k
    CROSS JOIN known AS n
        ON n.clickid = k.value ->> 0 AND n.partner = k.value ->> 1
        AND n.name = CAST(k.value ->> 2 AS BLOB)
        AND n.number > (
            SELECT max(m.number) FROM known AS m
            WHERE m.clickid = k.value ->> 0 AND m.partner = k.value ->> 1
                AND m.name = CAST(k.value ->> 2 AS BLOB)) - (k.value ->> 3)
    CROSS JOIN conversions AS c ON c.id = n.id
    ORDER BY c.ordinal";

/// The conversions that flags are about.
const FLAGGED: &str = "
    SELECT c.*
    FROM json_each(?1) AS k
    CROSS JOIN conversions AS c ON c.clickid = k.value ->> 0 AND c.id = unhex(k.value ->> 1)";

const BOOKED: &str = "
    SELECT p.conversion, p.kind, p.amount_minor, p.currency, p.due_at
    FROM json_each(?1) AS k
    CROSS JOIN payouts AS p ON p.conversion = unhex(k.value)
    ORDER BY p.number";

const TERMS: &str = "
    SELECT t.partner, t.version, t.body
    FROM json_each(?1) AS k
    CROSS JOIN terms AS t ON t.partner = k.value ->> 0 AND t.version = k.value ->> 1";

const CAPS: &str = "
    SELECT c.partner, c.period, c.used
    FROM json_each(?1) AS k
    CROSS JOIN caps AS c ON c.partner = k.value ->> 0 AND c.period = k.value ->> 1";

/// All of them, for the test that looks at their plans.
#[cfg(test)]
pub(super) const QUERIES: [&str; 7] = [CONTENTS, CLICKS, CONVERSIONS, FLAGGED, BOOKED, TERMS, CAPS];

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
    let clickids: HashSet<&str> = keys.iter().map(|key| key.clickid.as_str()).collect();
    load_clicks(connection, &clickids, &mut snapshot).await?;
    load_conversions(connection, &keys, &mut snapshot).await?;
    let agreed = Agreed::of(deliveries);
    money(connection, &mut snapshot, &agreed, to_open(deliveries)).await?;
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

pub(super) async fn load_clicks(
    connection: &mut SqliteConnection,
    clickids: &HashSet<&str>,
    snapshot: &mut Snapshot,
) -> Result<(), StoreError> {
    for row in fetch(connection, CLICKS, clickids).await? {
        for (clickid, click) in decode::listed_clicks(row.text("clicks")?)? {
            snapshot.know_click(clickid, click);
        }
    }
    Ok(())
}

pub(super) async fn load_conversions(
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

/// What money needs to know of the snapshot's conversions, and of those that may be opened.
pub(super) async fn money(
    connection: &mut SqliteConnection,
    snapshot: &mut Snapshot,
    agreed: &Agreed<'_>,
    openings: impl Iterator<Item = ToOpen<'_>>,
) -> Result<(), StoreError> {
    let paid: Vec<_> = snapshot
        .paid()
        .map(|it| it.id.simple().to_string())
        .collect();
    for row in fetch_some(connection, BOOKED, &paid).await? {
        snapshot.know_booked(row.id("conversion")?, decode::booked(&row)?);
    }
    let needed = terms_needed(snapshot, agreed);
    let keys: Vec<_> = needed
        .iter()
        .map(|(partner, it)| (partner, it.as_str()))
        .collect();
    let rows = fetch_some(connection, TERMS, &keys).await?;
    if rows.len() != keys.len() {
        return Err(StoreError::terms_missing(&needed));
    }
    for row in rows {
        snapshot
            .books
            .know_terms(row.partner("partner")?, decode::terms(&row)?);
    }
    let needed = caps_needed(snapshot, agreed, openings);
    let keys: Vec<_> = needed.iter().map(|it| (&it.partner, &it.period)).collect();
    for row in fetch_some(connection, CAPS, &keys).await? {
        snapshot
            .books
            .know_cap(decode::cap(&row)?, row.count("used")?);
    }
    Ok(())
}

/// Asks nothing where there is nothing to ask for.
async fn fetch_some(
    connection: &mut SqliteConnection,
    query: &'static str,
    keys: &[impl Serialize],
) -> Result<Vec<SqliteRow>, sqlx::Error> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    fetch(connection, query, &keys).await
}

/// The conversions that flags are about, all by one statement.
pub(super) async fn load_flagged(
    connection: &mut SqliteConnection,
    flags: &[Flag],
    snapshot: &mut Snapshot,
) -> Result<(), StoreError> {
    let mut missing: BTreeSet<Uuid> = flags.iter().map(|flag| flag.conversion).collect();
    let keys: Vec<_> = flags
        .iter()
        .map(|flag| (&flag.clickid, flag.conversion.simple().to_string()))
        .collect();
    for row in fetch_some(connection, FLAGGED, &keys).await? {
        let conversion = decode::conversion(&row)?;
        if missing.remove(&conversion.id) {
            snapshot.know_conversion(conversion);
        }
    }
    match missing.first() {
        Some(id) => Err(StoreError::conversion_missing(*id)),
        None => Ok(()),
    }
}

pub(super) async fn fetch(
    connection: &mut SqliteConnection,
    query: &'static str,
    keys: &impl Serialize,
) -> Result<Vec<SqliteRow>, sqlx::Error> {
    sqlx::query(query)
        .bind(list(keys))
        .fetch_all(connection)
        .await
}

/// Keys as the one list that a statement takes.
pub(super) fn list(keys: &impl Serialize) -> String {
    // Lists of texts always serialise; were one ever not to, SQLite would refuse the empty text.
    serde_json::to_string(keys).unwrap_or_default()
}
