//! Books a batch: load, decide, write, all in one transaction.

use serde::Serialize;
use sqlx::sqlite::SqliteConnection;

use super::rows::Columns;
use super::{SqliteStore, load, rows};
use crate::delivery::Delivery;
use crate::ledger::{self, Change, Entry, FlagReason, Opening, Snapshot, State};
use crate::store::StoreError;
use postern_protocol::event::{Event, NotAnEvent};

/// A delivery with what was decided about it.
type Booked<'a> = (&'a Delivery, &'a Entry);

impl SqliteStore {
    pub(in crate::store) async fn book(
        &self,
        deliveries: &[Delivery],
    ) -> Result<Vec<Entry>, StoreError> {
        self.write(async |connection| {
            let mut snapshot = load::snapshot(connection, deliveries).await?;
            let entries: Vec<Entry> = deliveries
                .iter()
                .map(|delivery| ledger::decide(&mut snapshot, delivery))
                .collect();
            let booked: Vec<Booked<'_>> = deliveries.iter().zip(&entries).collect();
            write_deliveries(connection, &booked).await?;
            write_openings(connection, &booked, &snapshot).await?;
            write_changes(connection, &booked, &snapshot).await?;
            write_flags(connection, &booked).await?;
            Ok(entries)
        })
        .await
    }
}

async fn write_deliveries(
    connection: &mut SqliteConnection,
    booked: &[Booked<'_>],
) -> Result<(), StoreError> {
    let head = "INSERT INTO deliveries (id, clickid, fingerprint, repeat_of, received_at, partner, \
        key_id, form, address, request_id, method, content_type, query, body, verdict, conversion, \
        flags, warnings, errors) ";
    rows::insert(connection, head, booked, bind_delivery, "").await?;
    Ok(())
}

fn bind_delivery(columns: &mut Columns<'_>, (delivery, entry): &Booked<'_>) {
    let flags: Vec<&str> = entry.flags.iter().map(|flag| flag.name()).collect();
    columns
        .push_bind(delivery.id)
        .push_bind(&*delivery.clickid)
        .push_bind(&delivery.fingerprint.0[..])
        .push_bind(entry.repeat_of)
        .push_bind(delivery.received_at.0)
        .push_bind(delivery.partner.as_str())
        .push_bind(delivery.key.as_str())
        .push_bind(delivery.form.name())
        .push_bind(delivery.address.to_string())
        .push_bind(&*delivery.request_id)
        .push_bind(delivery.method_name())
        .push_bind(delivery.content_type.as_deref())
        .push_bind(delivery.query.as_bytes())
        .push_bind(&delivery.body[..])
        .push_bind(entry.verdict.name())
        .push_bind(entry.conversion)
        .push_bind(json_list(&flags))
        .push_bind(json_list(&delivery.warnings))
        .push_bind(errors_of(delivery));
}

/// What was wrong or doubtful, as a JSON list; `None` for an event.
fn errors_of(delivery: &Delivery) -> Option<String> {
    match &delivery.event {
        Ok(_) => None,
        Err(NotAnEvent::Invalid(errors)) => json_list(errors),
        Err(NotAnEvent::Doubtful(doubts)) => json_list(doubts),
    }
}

fn json_list<T: Serialize>(items: &[T]) -> Option<String> {
    // Texts and structs of texts always serialise.
    (!items.is_empty()).then(|| serde_json::to_string(items).unwrap_or_default())
}

/// Opened conversions go in as the batch leaves them: a later delivery in it may have moved them.
async fn write_openings(
    connection: &mut SqliteConnection,
    booked: &[Booked<'_>],
    snapshot: &Snapshot,
) -> Result<(), StoreError> {
    let opened: Vec<Opened<'_>> = booked
        .iter()
        .filter_map(|booked| Opened::of(booked, snapshot))
        .collect();
    let head = "INSERT INTO conversions (id, clickid, partner, identity, ordinal, event, status, \
        amount_minor, currency, geo, sub_id_1, sub_id_2, payment_method, transaction_id, reason, \
        occurred_at, opened_as, opened_at) ";
    rows::insert(connection, head, &opened, Opened::bind, "").await?;
    Ok(())
}

/// A conversion that a delivery opened.
struct Opened<'a> {
    delivery: &'a Delivery,
    event: &'a Event,
    entry: &'a Entry,
    opening: &'a Opening,
    state: State,
}

impl<'a> Opened<'a> {
    fn of(&(delivery, entry): &Booked<'a>, snapshot: &Snapshot) -> Option<Self> {
        Some(Self {
            delivery,
            event: delivery.event.as_ref().ok()?,
            entry,
            opening: entry.opens.as_ref()?,
            state: snapshot.conversion(delivery.id)?.state,
        })
    }

    fn bind(columns: &mut Columns<'_>, opened: &Self) {
        let event = opened.event;
        columns
            .push_bind(opened.delivery.id)
            .push_bind(event.clickid.as_str())
            .push_bind(opened.delivery.partner.as_str())
            .push_bind(&*opened.opening.identity)
            .push_bind(opened.opening.ordinal)
            .push_bind(event.kind.name());
        bind_state(columns, opened.state);
        columns
            .push_bind(event.geo.as_ref().map(|geo| geo.code()))
            .push_bind(event.sub_id_1.as_ref().map(|id| id.as_str()))
            .push_bind(event.sub_id_2.as_ref().map(|id| id.as_str()))
            .push_bind(event.payment_method.map(|method| method.name()))
            .push_bind(event.transaction_id.as_ref().map(|id| id.as_str()))
            .push_bind(event.reason.as_ref().map(|it| it.as_str()))
            .push_bind(event.timestamp.unwrap_or(opened.delivery.received_at).0)
            .push_bind(opened.entry.verdict.name())
            .push_bind(opened.delivery.received_at.0);
    }
}

fn bind_state(columns: &mut Columns<'_>, state: State) {
    columns
        .push_bind(state.status.name())
        .push_bind(state.money.map(|money| money.minor()))
        .push_bind(state.money.map(|money| money.currency().code()));
}

/// Appends the changes and brings the conversions they touch up to date.
async fn write_changes(
    connection: &mut SqliteConnection,
    booked: &[Booked<'_>],
    snapshot: &Snapshot,
) -> Result<(), StoreError> {
    let changed: Vec<(&Booked<'_>, Change)> = booked
        .iter()
        .filter_map(|booked| Some((booked, booked.1.change?)))
        .collect();
    let head = "INSERT INTO changes (clickid, conversion, delivery, changed_at, from_status, \
        from_amount_minor, from_currency, to_status, to_amount_minor, to_currency, reason) ";
    rows::insert(connection, head, &changed, bind_change, "").await?;
    for ((delivery, entry), _) in changed {
        update_conversion(connection, delivery, entry, snapshot).await?;
    }
    Ok(())
}

fn bind_change(columns: &mut Columns<'_>, ((delivery, entry), change): &(&Booked<'_>, Change)) {
    let event = delivery.event.as_ref().ok();
    columns
        .push_bind(&*delivery.clickid)
        .push_bind(entry.conversion)
        .push_bind(delivery.id)
        .push_bind(delivery.received_at.0);
    bind_state(columns, change.from);
    bind_state(columns, change.to);
    columns.push_bind(event.and_then(|event| event.reason.as_ref().map(|it| it.as_str())));
}

/// Changes are few beside deliveries, so each is a statement of its own.
async fn update_conversion(
    connection: &mut SqliteConnection,
    delivery: &Delivery,
    entry: &Entry,
    snapshot: &Snapshot,
) -> Result<(), StoreError> {
    let Some(conversion) = entry.conversion.and_then(|id| snapshot.conversion(id)) else {
        return Ok(());
    };
    let money = conversion.state.money;
    sqlx::query(
        "UPDATE conversions SET status = ?, amount_minor = ?, currency = ?, changed_at = ? \
        WHERE clickid = ? AND id = ?",
    )
    .bind(conversion.state.status.name())
    .bind(money.map(|money| money.minor()))
    .bind(money.map(|money| money.currency().code().to_owned()))
    .bind(delivery.received_at.0)
    .bind(delivery.clickid.clone())
    .bind(conversion.id)
    .execute(connection)
    .await?;
    Ok(())
}

async fn write_flags(
    connection: &mut SqliteConnection,
    booked: &[Booked<'_>],
) -> Result<(), StoreError> {
    let raised: Vec<(&Booked<'_>, FlagReason)> = booked
        .iter()
        .flat_map(|booked| booked.1.flags.iter().map(move |flag| (booked, *flag)))
        .collect();
    let head = "INSERT INTO flags (clickid, conversion, delivery, reason, raised_at) ";
    let bind = |columns: &mut Columns<'_>,
                ((delivery, entry), reason): &(&Booked<'_>, FlagReason)| {
        columns
            .push_bind(&*delivery.clickid)
            .push_bind(entry.conversion)
            .push_bind(delivery.id)
            .push_bind(reason.name())
            .push_bind(delivery.received_at.0);
    };
    rows::insert(connection, head, &raised, bind, "").await?;
    Ok(())
}
