//! Lists rows, newest first, a page at a time.

use sqlx::QueryBuilder;
use sqlx::sqlite::Sqlite;

use super::SqliteStore;
use crate::store::{
    ConversionFilter, ConversionRecord, DeliveryFilter, DeliveryRecord, Slice, Span, StoreError,
    decode,
};

impl SqliteStore {
    pub(in crate::store) async fn list_deliveries(
        &self,
        filter: &DeliveryFilter,
        slice: Slice,
    ) -> Result<Vec<DeliveryRecord>, StoreError> {
        let mut query = QueryBuilder::new("SELECT * FROM deliveries WHERE 1 = 1");
        if let Some(partner) = &filter.partner {
            query.push(" AND partner = ").push_bind(partner.as_str());
        }
        if let Some(verdict) = filter.verdict {
            query.push(" AND verdict = ").push_bind(verdict.name());
        }
        page(&mut query, filter.received, slice);
        let rows = query.build().fetch_all(&self.readers).await?;
        rows.iter().map(decode::delivery).collect()
    }

    pub(in crate::store) async fn list_conversions(
        &self,
        filter: &ConversionFilter,
        slice: Slice,
    ) -> Result<Vec<ConversionRecord>, StoreError> {
        let mut query = conversions(filter, slice);
        let rows = query.build().fetch_all(&self.readers).await?;
        rows.iter().map(decode::conversion_record).collect()
    }
}

pub(super) fn conversions(filter: &ConversionFilter, slice: Slice) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new("SELECT * FROM conversions WHERE 1 = 1");
    if let Some(partner) = &filter.partner {
        query
            .push(" AND partner = ")
            .push_bind(partner.as_str().to_owned());
    }
    if let Some(clickid) = &filter.clickid {
        query.push(" AND clickid = ").push_bind(clickid.clone());
    }
    if let Some(event) = filter.event {
        query.push(" AND event = ").push_bind(event.name());
    }
    if let Some(status) = filter.status {
        query.push(" AND status = ").push_bind(status.name());
    }
    match filter.is_blocked {
        Some(true) => _ = query.push(" AND blocking_flags > 0"),
        Some(false) => _ = query.push(" AND blocking_flags = 0"),
        None => {}
    }
    page(&mut query, filter.opened, slice);
    query
}

/// The rows of a time and behind the last page, newest first.
fn page(query: &mut QueryBuilder<Sqlite>, span: Span, slice: Slice) {
    let (from, until) = span.ids();
    if let Some(from) = from {
        query.push(" AND id >= ").push_bind(from);
    }
    if let Some(until) = until {
        query.push(" AND id < ").push_bind(until);
    }
    if let Some(after) = slice.after {
        query.push(" AND id < ").push_bind(after);
    }
    query
        .push(" ORDER BY id DESC LIMIT ")
        .push_bind(slice.limit);
}
