//! Keeps tests.

use super::{PostgresStore, append, rows};
use crate::store::StoreError;
use crate::store::sandbox::Kept;
use crate::store::writes::Booked;

const TESTS: &str = "
    INSERT INTO deliveries (id, clickid, fingerprint, repeat_of, received_at, partner, key_id, form,
        address, request_id, method, content_type, query, body, verdict, conversion, flags, warnings,
        errors, test)
    SELECT unnest($1::uuid[]), unnest($2::text[]), unnest($3::bytea[]), unnest($4::uuid[]),
        unnest($5::bigint[]), unnest($6::text[]), unnest($7::text[]), unnest($8::text[]),
        unnest($9::text[]), unnest($10::text[]), unnest($11::text[]), unnest($12::text[]),
        unnest($13::bytea[]), unnest($14::bytea[]), unnest($15::text[]), unnest($16::uuid[]),
        unnest($17::text[]), unnest($18::text[]), unnest($19::text[]), unnest($20::text[])";

impl PostgresStore {
    /// No flag is raised, so no healing need wait for it.
    pub(in crate::store) async fn keep_tests(&self, kept: &[Kept<'_>]) -> Result<(), StoreError> {
        let booked = kept.iter().map(|(delivery, it)| (*delivery, &it.entry));
        let booked: Vec<Booked<'_>> = booked.collect();
        self.writers
            .run(|| async {
                let mut transaction = self.writers.begin_aside().await?;
                let rows = append::deliveries(rows::of(TESTS, &booked)).and(kept);
                let rows = rows.column(|(_, it)| it.outlook.get());
                let done = rows.execute(&mut transaction).await;
                transaction.end(done.map_err(StoreError::from)).await
            })
            .await?;
        Ok(())
    }
}
