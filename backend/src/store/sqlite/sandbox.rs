//! Keeps tests.

use super::{SqliteStore, book, rows};
use crate::store::StoreError;
use crate::store::sandbox::Kept;

impl SqliteStore {
    pub(in crate::store) async fn keep_tests(&self, kept: &[Kept<'_>]) -> Result<(), StoreError> {
        let into = format!("deliveries ({}, test) ", book::DELIVERY_COLUMNS);
        self.write(async |connection| {
            let bind = |columns: &mut rows::Columns<'_>, (delivery, rehearsed): &Kept<'_>| {
                book::bind_delivery(columns, &(delivery, &rehearsed.entry));
                columns.push_bind(rehearsed.outlook.get());
            };
            rows::insert(connection, &into, kept, bind, "").await?;
            Ok(())
        })
        .await
    }
}
