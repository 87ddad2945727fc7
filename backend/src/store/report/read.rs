//! Runs the statements of reports, all of one report in one snapshot.

use std::collections::BTreeSet;

use super::group::Until;
use super::{
    FunnelQuery, FunnelRows, GROUPS_MAX, Key, PayoutQuery, PayoutRows, SourceClicks, SourceQuery,
    SourceRows, booked_terms, counted, payout_sum, span,
};
use crate::store::reads::Reads;
use crate::store::statement::Statement;
use crate::store::{Store, StoreError};

/// Clicks that a small group is taken to have, at first: with too few of them for the groups asked for,
/// so many times more are looked at.
const CLICKS_IN_A_GROUP: u64 = 8;

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
    let Some((first, leading)) = asked.first.zip(asked.by_leading()) else {
        return whole_funnel(snapshot, asked).await;
    };
    let clicks = first_groups(
        snapshot,
        &leading,
        first,
        |until| asked.first_clicks(first, until, R::BYTE_ORDER),
        |row| asked.click_count(row),
        |(key, _)| key,
    );
    let clicks = clicks.await?;
    // The group behind the last that can be among the first: conversions only add some between.
    let until = clicks.get(first).map(|(key, _)| (key, R::BYTE_ORDER));
    let conversion = |row: &_| asked.conversion_count(row);
    let conversions = groups(snapshot, asked.conversions(until), conversion).await?;
    let undated = groups(snapshot, asked.undated_clicks(), counted).await?;
    // Where none are left out, those that are there say it all.
    let together = match until {
        Some(_) => Some(Box::new(whole_funnel(snapshot, &asked.together()).await?)),
        None => None,
    };
    Ok(FunnelRows {
        clicks,
        conversions,
        undated_clicks: undated.into_iter().sum(),
        together,
    })
}

async fn whole_funnel<R: Reads>(
    snapshot: &mut R,
    asked: &FunnelQuery,
) -> Result<FunnelRows, StoreError> {
    let undated = groups(snapshot, asked.undated_clicks(), counted).await?;
    let conversion = |row: &_| asked.conversion_count(row);
    Ok(FunnelRows {
        clicks: groups(snapshot, asked.clicks(), |row| asked.click_count(row)).await?,
        conversions: groups(snapshot, asked.conversions(None), conversion).await?,
        undated_clicks: undated.into_iter().sum(),
        together: None,
    })
}

/// What is asked of clicks group by group: at least the first groups and the one behind them. The leading
/// dimension alone is counted first: then only the clicks of as many of its groups are told apart as it
/// takes.
async fn first_groups<R: Reads, T: Send>(
    snapshot: &mut R,
    leading: &FunnelQuery,
    first: usize,
    statement: impl Fn(Option<Until<'_>>) -> Statement,
    read: impl Fn(&R::Row) -> Result<T, StoreError> + Send + Sync,
    key: impl Fn(&T) -> &Key,
) -> Result<Vec<T>, StoreError> {
    let counted = leading.first_clicks(first, None, R::BYTE_ORDER);
    let leading = groups(snapshot, counted, |row| leading.click_count(row)).await?;
    let mut clicks = CLICKS_IN_A_GROUP * first as u64;
    loop {
        let until = group_at(&leading, clicks);
        let statement = statement(until.map(|until| (until, R::BYTE_ORDER)));
        let found = groups(snapshot, statement, &read).await?;
        let is_enough = found.iter().map(&key).collect::<BTreeSet<_>>().len() > first;
        if is_enough || until.is_none() {
            return Ok(found);
        }
        clicks *= CLICKS_IN_A_GROUP;
    }
}

/// The group up to which there are so many clicks; none: all of them have fewer.
fn group_at(groups: &[(Key, u64)], clicks: u64) -> Option<&Key> {
    let mut until_here = 0;
    let mut groups = groups.iter();
    groups
        .find(|(_, more)| {
            until_here += more;
            until_here >= clicks
        })
        .map(|(key, _)| key)
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
    let Some((first, leading)) = asked.first.zip(asked.by_leading()) else {
        let clicks = groups(snapshot, asked.clicks(None), |row| asked.source_clicks(row)).await?;
        return with_outcomes(snapshot, asked, clicks, None).await;
    };
    let clicks = first_groups(
        snapshot,
        &leading,
        first,
        |until| asked.clicks(until),
        |row| asked.source_clicks(row),
        |it| &it.key,
    );
    let clicks = clicks.await?;
    // The source behind the last that is asked for.
    let sources: BTreeSet<&Key> = clicks.iter().map(|it| &it.key).collect();
    let until = sources.into_iter().nth(first).cloned();
    with_outcomes(snapshot, asked, clicks, until.as_ref()).await
}

/// Adds what became of these clicks.
async fn with_outcomes<R: Reads>(
    snapshot: &mut R,
    asked: &SourceQuery,
    clicks: Vec<SourceClicks>,
    until: Option<&Key>,
) -> Result<SourceRows, StoreError> {
    let statement = asked.outcomes(until.map(|until| (until, R::BYTE_ORDER)));
    let outcomes = groups(snapshot, statement, |row| asked.source_outcome(row)).await?;
    let mut rows = SourceRows {
        clicks,
        ..SourceRows::default()
    };
    outcomes.into_iter().for_each(|outcome| rows.add(outcome));
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
