//! Runs the statements of reports, all of one report in one snapshot.

use futures_util::TryStreamExt as _;
use sqlx::AssertSqlSafe;
use sqlx::query::Query;
use sqlx::sqlite::{Sqlite, SqliteArguments, SqliteConnection, SqliteRow};

use super::SqliteStore;
use crate::store::report::{
    Argument, FunnelQuery, FunnelRows, GROUPS_MAX, PayoutQuery, PayoutRows, SourceEarnings,
    SourceQuery, SourceRows, Statement, booked_terms, counted, payout_sum, span,
};
use crate::store::{ExportCursor, ExportPage, ExportQuery, StoreError};

impl SqliteStore {
    pub(in crate::store) async fn funnel(
        &self,
        asked: &FunnelQuery,
    ) -> Result<FunnelRows, StoreError> {
        let mut snapshot = self.readers.begin().await?;
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
        let mut snapshot = self.readers.begin().await?;
        let spans = rows(&mut snapshot, asked.span(), span).await?;
        let Some((first, last)) = spans.into_iter().flatten().next() else {
            return Ok(PayoutRows::default());
        };
        Ok(PayoutRows {
            sums: rows(&mut snapshot, asked.sums(first, last), payout_sum).await?,
            terms: rows(&mut snapshot, asked.terms(), booked_terms).await?,
        })
    }

    pub(in crate::store) async fn sources(
        &self,
        asked: &SourceQuery,
    ) -> Result<SourceRows, StoreError> {
        let mut snapshot = self.readers.begin().await?;
        Ok(SourceRows {
            clicks: rows(&mut snapshot, asked.clicks(), |row| {
                asked.source_clicks(row)
            })
            .await?,
            ftds: rows(&mut snapshot, asked.ftds(), |row| asked.source_ftds(row)).await?,
            earnings: earnings(&mut snapshot, asked).await?,
        })
    }
}

impl SqliteStore {
    pub(in crate::store) async fn export(
        &self,
        asked: &ExportQuery,
        after: Option<&ExportCursor>,
    ) -> Result<ExportPage, StoreError> {
        let rows = query(asked.page(after)).fetch_all(&self.readers).await?;
        asked.read(&rows)
    }
}

/// Row by row: there may be as many as there are clicks that earned something.
async fn earnings(
    connection: &mut SqliteConnection,
    asked: &SourceQuery,
) -> Result<SourceEarnings, StoreError> {
    let mut all = SourceEarnings::new();
    let mut earned = query(asked.earnings()).fetch(connection);
    while let Some(row) = earned.try_next().await? {
        asked.earned(&row)?.add_to(&mut all);
    }
    Ok(all)
}

async fn rows<T>(
    connection: &mut SqliteConnection,
    statement: Statement,
    read: impl Fn(&SqliteRow) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let rows = query(statement).fetch_all(connection).await?;
    if rows.len() > GROUPS_MAX {
        return Err(StoreError::TooManyGroups);
    }
    rows.iter().map(read).collect()
}

fn query(statement: Statement) -> Query<'static, Sqlite, SqliteArguments> {
    let (text, arguments) = statement.into_parts();
    // The text is ours alone: what comes from outside is bound.
    let query = sqlx::query(AssertSqlSafe(text));
    arguments
        .into_iter()
        .fold(query, |query, argument| match argument {
            Argument::Number(number) => query.bind(number),
            Argument::Text(text) => query.bind(text),
            Argument::Id(id) => query.bind(id),
        })
}
