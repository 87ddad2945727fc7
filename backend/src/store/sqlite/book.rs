//! Books a batch: load, decide, write, all in one transaction.

use serde::Serialize;
use sqlx::sqlite::SqliteConnection;

use super::rows::Columns;
use super::{SqliteStore, load, rows, write};
use crate::delivery::Delivery;
use crate::ledger::{self, Entry};
use crate::store::StoreError;
use crate::store::writes::{Booked, Writes};
use postern_protocol::event::NotAnEvent;

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
            write::all(connection, &Writes::of(&booked, &snapshot)).await?;
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
