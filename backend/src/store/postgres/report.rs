//! Runs the statements of reports, all of one report in one snapshot.

use sqlx::AssertSqlSafe;
use sqlx::postgres::{PgConnection, PgRow};

use super::PostgresStore;
use crate::store::StoreError;
use crate::store::report::{
    Argument, FunnelQuery, FunnelRows, GROUPS_MAX, PayoutQuery, PayoutRows, Statement,
    booked_terms, counted, payout_sum, span,
};

/// Each statement of the transaction sees the same moment.
pub(super) const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

impl PostgresStore {
    pub(in crate::store) async fn funnel(
        &self,
        asked: &FunnelQuery,
    ) -> Result<FunnelRows, StoreError> {
        let mut snapshot = self.readers.begin_with(SNAPSHOT).await?;
        let undated = rows(&mut snapshot, asked.undated_clicks(), counted).await?;
        Ok(FunnelRows {
            clicks: rows(&mut snapshot, asked.clicks(), |row| asked.click_count(row)).await?,
            conversions: rows(&mut snapshot, asked.conversions(), |row| {
                asked.conversion_count(row)
            })
            .await?,
            undated_clicks: undated.into_iter().sum(),
        })
    }

    pub(in crate::store) async fn payout_sums(
        &self,
        asked: &PayoutQuery,
    ) -> Result<PayoutRows, StoreError> {
        let mut snapshot = self.readers.begin_with(SNAPSHOT).await?;
        let spans = rows(&mut snapshot, asked.span(), span).await?;
        let Some((first, last)) = spans.into_iter().flatten().next() else {
            return Ok(PayoutRows::default());
        };
        Ok(PayoutRows {
            sums: rows(&mut snapshot, asked.sums(first, last), payout_sum).await?,
            terms: rows(&mut snapshot, asked.terms(), booked_terms).await?,
        })
    }
}

async fn rows<T>(
    connection: &mut PgConnection,
    statement: Statement,
    read: impl Fn(&PgRow) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let (text, arguments) = statement.into_parts();
    // The text is ours alone: what comes from outside is bound.
    let mut query = sqlx::query(AssertSqlSafe(text));
    for argument in arguments {
        query = match argument {
            Argument::Number(number) => query.bind(number),
            Argument::Text(text) => query.bind(text),
        };
    }
    let rows = query.fetch_all(connection).await?;
    if rows.len() > GROUPS_MAX {
        return Err(StoreError::TooManyGroups);
    }
    rows.iter().map(read).collect()
}
