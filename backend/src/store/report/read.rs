//! Runs the statements of reports, all of one report in one snapshot.

use super::{
    FunnelQuery, FunnelRows, GROUPS_MAX, PayoutQuery, PayoutRows, SourceQuery, SourceRows,
    booked_terms, counted, payout_sum, span,
};
use crate::store::reads::Reads;
use crate::store::statement::Statement;
use crate::store::{Store, StoreError};

impl Store {
    /// Counts clicks and conversions for a funnel.
    ///
    /// # Errors
    /// The store does not answer, or there are too many groups.
    pub async fn funnel(&self, asked: &FunnelQuery) -> Result<FunnelRows, StoreError> {
        match self {
            Self::Sqlite(store) => funnel(&mut *store.snapshot().await?, asked).await,
            Self::Postgres(store) => funnel(&mut *store.snapshot().await?, asked).await,
        }
    }

    /// Sums up lines of money.
    ///
    /// # Errors
    /// The store does not answer, or there are too many groups.
    pub async fn payout_sums(&self, asked: &PayoutQuery) -> Result<PayoutRows, StoreError> {
        match self {
            Self::Sqlite(store) => payout_sums(&mut *store.snapshot().await?, asked).await,
            Self::Postgres(store) => payout_sums(&mut *store.snapshot().await?, asked).await,
        }
    }

    /// Sums up what sources of clicks cost and earned.
    ///
    /// # Errors
    /// The store does not answer, or there are too many groups.
    pub async fn sources(&self, asked: &SourceQuery) -> Result<SourceRows, StoreError> {
        match self {
            Self::Sqlite(store) => sources(&mut *store.snapshot().await?, asked).await,
            Self::Postgres(store) => sources(&mut *store.snapshot().await?, asked).await,
        }
    }
}

async fn funnel<R: Reads>(snapshot: &mut R, asked: &FunnelQuery) -> Result<FunnelRows, StoreError> {
    let undated = groups(snapshot, asked.undated_clicks(), counted).await?;
    let conversion = |row: &_| asked.conversion_count(row);
    Ok(FunnelRows {
        clicks: groups(snapshot, asked.clicks(), |row| asked.click_count(row)).await?,
        conversions: groups(snapshot, asked.conversions(), conversion).await?,
        undated_clicks: undated.into_iter().sum(),
    })
}

async fn payout_sums<R: Reads>(
    snapshot: &mut R,
    asked: &PayoutQuery,
) -> Result<PayoutRows, StoreError> {
    let spans = groups(snapshot, asked.span(), span).await?;
    let Some((first, last)) = spans.into_iter().flatten().next() else {
        return Ok(PayoutRows::default());
    };
    Ok(PayoutRows {
        sums: groups(snapshot, asked.sums(first, last), payout_sum).await?,
        terms: groups(snapshot, asked.terms(), booked_terms).await?,
    })
}

async fn sources<R: Reads>(
    snapshot: &mut R,
    asked: &SourceQuery,
) -> Result<SourceRows, StoreError> {
    let mut rows = SourceRows {
        clicks: groups(snapshot, asked.clicks(), |row| asked.source_clicks(row)).await?,
        ..SourceRows::default()
    };
    let outcome = |row: &_| asked.source_outcome(row);
    for outcome in groups(snapshot, asked.outcomes(), outcome).await? {
        rows.add(outcome);
    }
    Ok(rows)
}

async fn groups<R: Reads, T: Send>(
    snapshot: &mut R,
    statement: Statement,
    read: impl FnMut(&R::Row) -> Result<T, StoreError> + Send,
) -> Result<Vec<T>, StoreError> {
    let groups = snapshot.all(statement, read).await?;
    if groups.len() > GROUPS_MAX {
        return Err(StoreError::TooManyGroups);
    }
    Ok(groups)
}
