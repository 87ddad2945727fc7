//! Books a batch: load, decide, write, all in one transaction.

use sqlx::postgres::PgConnection;

use super::{PostgresStore, load, rows, write};
use crate::delivery::Delivery;
use crate::ledger::{self, Entry};
use crate::store::StoreError;
use crate::store::writes::{Booked, Writes, errors_of, flags_of, warnings_of};

const DELIVERIES: &str = "
    INSERT INTO deliveries (id, clickid, fingerprint, repeat_of, received_at, partner, key_id, form,
        address, request_id, method, content_type, query, body, verdict, conversion, flags, warnings,
        errors)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::bytea[], $4::uuid[], $5::bigint[], $6::text[],
        $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::bytea[],
        $14::bytea[], $15::text[], $16::uuid[], $17::text[], $18::text[], $19::text[])";

impl PostgresStore {
    pub(in crate::store) async fn book(
        &self,
        deliveries: &[Delivery],
    ) -> Result<Vec<Entry>, StoreError> {
        self.writers
            .run(|| async {
                let mut transaction = self.writers.begin().await?;
                let done = book(&mut transaction, deliveries).await;
                transaction.end(done).await
            })
            .await
    }
}

async fn book(
    connection: &mut PgConnection,
    deliveries: &[Delivery],
) -> Result<Vec<Entry>, StoreError> {
    let mut snapshot = load::snapshot(connection, deliveries).await?;
    let entries: Vec<Entry> = deliveries
        .iter()
        .map(|delivery| ledger::decide(&mut snapshot, delivery))
        .collect();
    let booked: Vec<Booked<'_>> = deliveries.iter().zip(&entries).collect();
    // What may meet another transaction comes first, before work that would be undone.
    write::all(connection, &Writes::of(&booked, &snapshot)).await?;
    write_deliveries(connection, &booked).await?;
    Ok(entries)
}

async fn write_deliveries(
    connection: &mut PgConnection,
    booked: &[Booked<'_>],
) -> Result<u64, sqlx::Error> {
    rows::of(DELIVERIES, booked)
        .column(|(delivery, _)| delivery.id)
        .column(|(delivery, _)| &*delivery.clickid)
        .column(|(delivery, _)| &delivery.fingerprint.0[..])
        .column(|(_, entry)| entry.repeat_of)
        .column(|(delivery, _)| delivery.received_at.0)
        .column(|(delivery, _)| delivery.partner.as_str())
        .column(|(delivery, _)| delivery.key.as_str())
        .column(|(delivery, _)| delivery.form.name())
        .column(|(delivery, _)| delivery.address.to_string())
        .column(|(delivery, _)| &*delivery.request_id)
        .column(|(delivery, _)| delivery.method_name())
        .column(|(delivery, _)| delivery.content_type.as_deref())
        .column(|(delivery, _)| delivery.query.as_bytes())
        .column(|(delivery, _)| &delivery.body[..])
        .column(|(_, entry)| entry.verdict.name())
        .column(|(_, entry)| entry.conversion)
        .column(|(_, entry)| flags_of(entry))
        .column(|(delivery, _)| warnings_of(delivery))
        .column(|(delivery, _)| errors_of(delivery))
        .execute(connection)
        .await
}
