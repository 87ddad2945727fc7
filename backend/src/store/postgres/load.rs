//! Loads the snapshot of all that a batch touches: three queries, whatever the batch's size, and
//! one for each thing money needs to know. New conversions by terms without caps need none.
//!
//! The keys go in as one array for each column; the writing connection's settings keep the planner
//! from anything but a look into an index for each.

use std::collections::{BTreeSet, HashSet};

use sqlx::postgres::{PgConnection, PgRow};
use uuid::Uuid;

use super::rows;
use crate::delivery::Delivery;
use crate::ledger::{
    Agreed, CapKey, ConversionKey, Flag, Identity, MAX_ALIKE, Snapshot, ToOpen, caps_needed,
    terms_needed, to_open,
};
use crate::store::row::Cells as _;
use crate::store::{StoreError, decode};

// A plan that was made while a table was empty is kept while it fills, and of an empty table any plan
// looks good, a walk through a whole index too. So `OFFSET 0` has each key looked up by itself.

const CONTENTS: &str = "
    SELECT c.*
    FROM unnest($1::text[], $2::bytea[]) AS k (clickid, fingerprint)
    CROSS JOIN LATERAL (
        SELECT fingerprint, delivery, verdict, conversion, opened_as FROM contents
        WHERE clickid = k.clickid AND fingerprint = k.fingerprint OFFSET 0) AS c";

const CLICKS: &str = "
    SELECT c.*
    FROM unnest($1::text[]) AS k (clickid)
    CROSS JOIN LATERAL (
        SELECT clickid, partner, clicked_at, geo, sub_id_1, sub_id_2 FROM clicks
        WHERE clickid = k.clickid OFFSET 0) AS c";

const CONVERSIONS: &str = "
    SELECT c.*
    FROM unnest($1::text[], $2::text[], $3::text[]) AS k (clickid, partner, identity)
    CROSS JOIN LATERAL (
        SELECT clickid, partner, identity, ordinal, id, status, amount_minor, currency, opened_as,
            opened_at, changed_at, transaction_id, revision, blocking_flags, event, geo,
            occurred_at, terms
        FROM conversions
        WHERE clickid = k.clickid AND partner = k.partner AND identity = k.identity
        ORDER BY ordinal DESC LIMIT $4) AS c
    ORDER BY c.ordinal";

/// The conversions that flags are about.
const FLAGGED: &str = "
    SELECT c.*
    FROM unnest($1::text[], $2::uuid[]) AS k (clickid, id)
    CROSS JOIN LATERAL (
        SELECT * FROM conversions WHERE clickid = k.clickid AND id = k.id OFFSET 0) AS c";

const BOOKED: &str = "
    SELECT p.conversion, p.kind, p.amount_minor, p.currency, p.due_at
    FROM unnest($1::text[], $2::uuid[]) AS k (clickid, conversion)
    CROSS JOIN LATERAL (
        SELECT * FROM payouts WHERE clickid = k.clickid AND conversion = k.conversion OFFSET 0) AS p
    ORDER BY p.number";

const TERMS: &str = "
    SELECT t.partner, t.version, t.body
    FROM unnest($1::text[], $2::text[]) AS k (partner, version)
    CROSS JOIN LATERAL (
        SELECT * FROM terms WHERE partner = k.partner AND version = k.version OFFSET 0) AS t";

/// A period that nothing counts yet gets its row, so that there is one to lock.
const NEW_CAPS: &str = "
    INSERT INTO caps (partner, period, used)
    SELECT partner, period, 0 FROM unnest($1::text[], $2::text[]) AS k (partner, period)
    ON CONFLICT (partner, period) DO NOTHING";

/// Whoever counts here waits until who counted before has committed.
const CAPS: &str = "
    SELECT c.partner, c.period, c.used
    FROM unnest($1::text[], $2::text[]) AS k (partner, period)
    JOIN caps AS c ON c.partner = k.partner AND c.period = k.period
    WHERE c.partner = ANY ($1)
    ORDER BY c.partner, c.period FOR UPDATE OF c";

/// The same for who only looks: a period that nothing counts yet has no row then.
const CAPS_SEEN: &str = "
    SELECT c.partner, c.period, c.used
    FROM unnest($1::text[], $2::text[]) AS k (partner, period)
    JOIN caps AS c ON c.partner = k.partner AND c.period = k.period
    WHERE c.partner = ANY ($1)";

/// What becomes of the caps' rows that are loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caps {
    /// Nobody else counts there until the transaction ends, which is a writing one.
    Locked,
    /// They are only looked at.
    Seen,
}

/// All of them, for the test that looks at their plans, with the types of their parameters.
#[cfg(test)]
pub(super) const QUERIES: [(&str, &[&str]); 8] = [
    (CONTENTS, &["text[]", "bytea[]"]),
    (CLICKS, &["text[]"]),
    (CONVERSIONS, &["text[]", "text[]", "text[]", "bigint"]),
    (FLAGGED, &["text[]", "uuid[]"]),
    (BOOKED, &["text[]", "uuid[]"]),
    (TERMS, &["text[]", "text[]"]),
    (CAPS, &["text[]", "text[]"]),
    (CAPS_SEEN, &["text[]", "text[]"]),
];

/// What is known of all the batch's contents, clicks and conversions.
pub(super) async fn snapshot(
    connection: &mut PgConnection,
    deliveries: &[Delivery],
) -> Result<Snapshot, StoreError> {
    let mut snapshot = Snapshot::default();
    load_contents(connection, deliveries, &mut snapshot).await?;
    let keys: HashSet<ConversionKey> = deliveries.iter().filter_map(conversion_key).collect();
    let keys: Vec<ConversionKey> = keys.into_iter().collect();
    if keys.is_empty() {
        return Ok(snapshot);
    }
    let clickids: HashSet<&str> = keys.iter().map(|key| key.clickid.as_str()).collect();
    let clickids: Vec<&str> = clickids.into_iter().collect();
    load_clicks(connection, &clickids, &mut snapshot).await?;
    load_conversions(connection, &keys, &mut snapshot).await?;
    let agreed = Agreed::of(deliveries);
    let openings = to_open(deliveries);
    money(connection, &mut snapshot, &agreed, openings, Caps::Locked).await?;
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
    connection: &mut PgConnection,
    deliveries: &[Delivery],
    snapshot: &mut Snapshot,
) -> Result<(), StoreError> {
    let contents = rows::of(CONTENTS, deliveries)
        .column(|it| &*it.clickid)
        .column(|it| &it.fingerprint.0[..])
        .fetch(connection)
        .await?;
    for row in contents {
        snapshot.know_content(row.fingerprint("fingerprint")?, decode::first(&row)?);
    }
    Ok(())
}

pub(super) async fn load_clicks(
    connection: &mut PgConnection,
    clickids: &[&str],
    snapshot: &mut Snapshot,
) -> Result<(), StoreError> {
    let clicks = rows::of(CLICKS, clickids)
        .column(|it| *it)
        .fetch(connection)
        .await?;
    for row in clicks {
        snapshot.know_click(row.owned("clickid")?, decode::logged_click(&row)?);
    }
    Ok(())
}

pub(super) async fn load_conversions(
    connection: &mut PgConnection,
    keys: &[ConversionKey],
    snapshot: &mut Snapshot,
) -> Result<(), StoreError> {
    let conversions = rows::of(CONVERSIONS, keys)
        .column(|it| &*it.clickid)
        .column(|it| it.partner.as_str())
        .column(|it| &*it.identity)
        .value(i64::from(MAX_ALIKE))
        .fetch(connection)
        .await?;
    for row in conversions {
        snapshot.know_conversion(decode::conversion(&row)?);
    }
    Ok(())
}

/// What money needs to know of the snapshot's conversions, and of those that may be opened.
pub(super) async fn money(
    connection: &mut PgConnection,
    snapshot: &mut Snapshot,
    agreed: &Agreed<'_>,
    openings: impl Iterator<Item = ToOpen<'_>>,
    caps: Caps,
) -> Result<(), StoreError> {
    let paid: Vec<_> = snapshot.paid().map(|it| (it.key.clone(), it.id)).collect();
    let booked = rows::of(BOOKED, &paid)
        .column(|(key, _)| &*key.clickid)
        .column(|(_, id)| *id)
        .fetch(connection)
        .await?;
    for row in booked {
        snapshot.know_booked(row.id("conversion")?, decode::booked(&row)?);
    }
    let needed: Vec<_> = terms_needed(snapshot, agreed).into_iter().collect();
    let terms = rows::of(TERMS, &needed)
        .column(|(partner, _)| partner.as_str())
        .column(|(_, version)| version.as_str())
        .fetch(connection)
        .await?;
    if terms.len() != needed.len() {
        return Err(StoreError::terms_missing(&needed.into_iter().collect()));
    }
    for row in terms {
        snapshot
            .books
            .know_terms(row.partner("partner")?, decode::terms(&row)?);
    }
    let needed: Vec<CapKey> = caps_needed(snapshot, agreed, openings)
        .into_iter()
        .collect();
    for row in load_caps(connection, &needed, caps).await? {
        snapshot
            .books
            .know_cap(decode::cap(&row)?, row.count("used")?);
    }
    Ok(())
}

/// They come sorted, and are taken in one order everywhere: two who need the same ones never wait
/// for each other in a circle.
async fn load_caps(
    connection: &mut PgConnection,
    needed: &[CapKey],
    caps: Caps,
) -> Result<Vec<PgRow>, sqlx::Error> {
    let keys = |statement| {
        rows::of(statement, needed)
            .column(|it: &CapKey| it.partner.as_str())
            .column(|it| &*it.period)
    };
    if caps == Caps::Seen {
        return keys(CAPS_SEEN).fetch(connection).await;
    }
    keys(NEW_CAPS).execute(connection).await?;
    keys(CAPS).fetch(connection).await
}

/// The conversions that flags are about, all by one statement.
pub(super) async fn load_flagged(
    connection: &mut PgConnection,
    flags: &[Flag],
    snapshot: &mut Snapshot,
) -> Result<(), StoreError> {
    let mut missing: BTreeSet<Uuid> = flags.iter().map(|flag| flag.conversion).collect();
    let rows = rows::of(FLAGGED, flags)
        .column(|it| &*it.clickid)
        .column(|it| it.conversion)
        .fetch(connection)
        .await?;
    for row in rows {
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
