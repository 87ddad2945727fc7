//! Books a batch: load, decide, write, all in one transaction.

use sqlx::postgres::PgConnection;

use super::{PostgresStore, load, write};
use crate::delivery::Delivery;
use crate::ledger::{self, Entry};
use crate::store::StoreError;
use crate::store::writes::{Booked, Writes};

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
    write::all(connection, &booked, &Writes::of(&booked, &snapshot)).await?;
    Ok(entries)
}
