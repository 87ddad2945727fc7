//! Books a batch: load, decide, write, all in one transaction.

use sqlx::sqlite::SqliteConnection;

use super::rows::Columns;
use super::{SqliteStore, load, rows, write};
use crate::delivery::Delivery;
use crate::ledger::{self, Entry};
use crate::store::StoreError;
use crate::store::writes::{Booked, Writes, errors_of, flags_of, warnings_of};

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

/// The columns that [`bind_delivery`] binds, in its order.
pub(super) const DELIVERY_COLUMNS: &str = "id, clickid, fingerprint, repeat_of, received_at, \
    partner, key_id, form, address, request_id, method, content_type, query, body, verdict, \
    conversion, flags, warnings, errors";

async fn write_deliveries(
    connection: &mut SqliteConnection,
    booked: &[Booked<'_>],
) -> Result<(), StoreError> {
    let into = format!("deliveries ({DELIVERY_COLUMNS}) ");
    rows::insert(connection, &into, booked, bind_delivery, "").await?;
    Ok(())
}

pub(super) fn bind_delivery(columns: &mut Columns<'_>, (delivery, entry): &Booked<'_>) {
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
        .push_bind(flags_of(entry))
        .push_bind(warnings_of(delivery))
        .push_bind(errors_of(delivery));
}
