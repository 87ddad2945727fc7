//! What is durable. Its verbs are the domain's; which database stands behind them is decided once,
//! by the scheme of the URL.
//!
//! Deliveries flow in by [`Store::book`], a batch in one transaction: what it touches is loaded into
//! a snapshot, the ledger decides, the entries are written. The rest reads.

mod click;
mod import;
mod heal;
mod error;
mod records;
mod history;
mod report;
mod export;
mod list;
mod prune;
mod review;
mod url;
mod row;
mod decode;
mod writes;
mod sqlite;
mod postgres;
#[cfg(test)]
pub(crate) mod place;
#[cfg(test)]
mod suite;

use postern_protocol::time::UnixSeconds;
use uuid::Uuid;

pub use click::Click;
pub use error::StoreError;
pub use export::{EXPORT_PAGE_ROWS, ExportCursor, ExportPage, ExportQuery, Exported};
pub use history::{CapUse, ConversionHistory, History};
pub use import::{ChunkImported, ImportRecord, Imported, Mark};
pub use list::{ConversionFilter, DeliveryFilter, Slice, Span};
pub use records::{ChangeRecord, ConversionRecord, DeliveryRecord, FlagRecord, PayoutRecord};
pub use report::{
    BookedTerms, ConversionCount, Dimension, FunnelQuery, FunnelRows, GROUPS_MAX, Key, PayoutQuery,
    PayoutRows, PayoutSum, SourceClicks, SourceEarnings, SourceQuery, SourceRows, Standing,
    Stretch,
};
pub use review::{
    DecisionRecord, MAX_WAITING, NoCursor, Preview, ReviewError, WAITING_DEFAULT, WaitingCursor,
    WaitingFilter, WaitingFlag, WaitingOrder,
};

pub use prune::{Pruned, PrunedPart};
pub use url::DatabaseUrl;

use crate::agreement::Agreements;
use crate::delivery::Delivery;
use crate::ledger::{Decision, Entry, FlagId, Ruling};
use crate::report::period::Day;
use postgres::PostgresStore;
use sqlite::SqliteStore;

/// A durable store. Cheap to clone: all clones share the same connections.
#[derive(Debug, Clone)]
pub enum Store {
    /// A file of our own.
    Sqlite(SqliteStore),
    /// A database that several backends may share.
    Postgres(PostgresStore),
}

impl Store {
    /// Opens the store a URL names, such as `sqlite://var/postern.db` or
    /// `postgres://postern@db.internal/postern`, and brings its schema up to date. A missing SQLite
    /// file is created; its folder is not, and neither is a PostgreSQL database.
    ///
    /// # Errors
    /// [`StoreError::UnknownScheme`] for a scheme that is no store of ours, otherwise why the store
    /// could not be opened.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        match url.split_once(':') {
            Some(("sqlite", _)) => SqliteStore::open(url).await.map(Self::Sqlite),
            Some((scheme, _)) if url::POSTGRES_SCHEMES.contains(&scheme) => {
                PostgresStore::open(url).await.map(Self::Postgres)
            }
            _ => Err(StoreError::unknown_scheme(url)),
        }
    }

    /// Books deliveries in the order given, all in one transaction: durable when this returns.
    /// One entry for each, in the same order.
    ///
    /// # Errors
    /// Nothing is booked then.
    pub async fn book(&self, deliveries: &[Delivery]) -> Result<Vec<Entry>, StoreError> {
        match self {
            Self::Sqlite(store) => store.book(deliveries).await,
            Self::Postgres(store) => store.book(deliveries).await,
        }
    }

    /// Adds clicks to the click log; of a click that is known, fills in what was open.
    ///
    /// # Errors
    /// The store does not answer, or refused a click. Others may have been imported then.
    pub async fn import_clicks(&self, clicks: &[Click]) -> Result<Imported, StoreError> {
        let done = self.import_chunk(clicks, None).await?;
        match done.refused.into_iter().next() {
            Some((_, error)) => Err(error),
            None => Ok(done.imported),
        }
    }

    /// Adds a chunk of a log's clicks, and keeps how far the log was imported in the last of the
    /// chunk's transactions. A click that the store refuses costs no other one.
    ///
    /// # Errors
    /// The store does not answer. What it has imported stays; the same chunk can be given again.
    pub async fn import_chunk(
        &self,
        clicks: &[Click],
        record: Option<&ImportRecord>,
    ) -> Result<ChunkImported, StoreError> {
        import::import(self, clicks, record).await
    }

    async fn import_turn(
        &self,
        clicks: &[import::Gathered<'_>],
        record: Option<&ImportRecord>,
    ) -> Result<import::Turn, StoreError> {
        match self {
            Self::Sqlite(store) => store.import_turn(clicks, record).await,
            Self::Postgres(store) => store.import_turn(clicks, record).await,
        }
    }

    /// How far the import of this name came, if there was one.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn import_record(&self, name: &str) -> Result<Option<ImportRecord>, StoreError> {
        match self {
            Self::Sqlite(store) => store.import_record(name).await,
            Self::Postgres(store) => store.import_record(name).await,
        }
    }

    /// The named imports, the latest first, at most so many.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn imports(&self, limit: u32) -> Result<Vec<ImportRecord>, StoreError> {
        match self {
            Self::Sqlite(store) => store.imports(limit).await,
            Self::Postgres(store) => store.imports(limit).await,
        }
    }

    /// What each decision about a flag would do now. Nothing is changed.
    ///
    /// # Errors
    /// [`ReviewError`]: there is no such flag, or it is decided already.
    pub async fn preview(
        &self,
        flag: FlagId,
        agreements: &Agreements,
        now: UnixSeconds,
    ) -> Result<Preview, ReviewError> {
        match self {
            Self::Sqlite(store) => store.preview(flag, agreements, now).await,
            Self::Postgres(store) => store.preview(flag, agreements, now).await,
        }
    }

    /// Heals what was flagged only because these clicks were not in the log; to be called once their
    /// import is durable. Says how many flags it closed.
    ///
    /// # Errors
    /// The store does not answer. Those clicks are healed the next time, or by [`Store::heal_all`].
    pub async fn heal(
        &self,
        clickids: &[&str],
        agreements: &Agreements,
        now: UnixSeconds,
    ) -> Result<u64, StoreError> {
        // Most clicks have no flags: those must not wait for a writer.
        let flagged = match self {
            Self::Sqlite(store) => store.flagged_of(clickids).await?,
            Self::Postgres(store) => store.flagged_of(clickids).await?,
        };
        let flagged: Vec<&str> = flagged.iter().map(String::as_str).collect();
        heal::heal(self, &flagged, agreements, now).await
    }

    async fn heal_some(
        &self,
        clickids: &[&str],
        agreements: &Agreements,
        now: UnixSeconds,
    ) -> Result<u64, StoreError> {
        match self {
            Self::Sqlite(store) => store.heal(clickids, agreements, now).await,
            Self::Postgres(store) => store.heal(clickids, agreements, now).await,
        }
    }

    /// Heals all that is flagged for want of a click that is in the log. An import that was broken
    /// off between a chunk and its healing leaves such flags.
    ///
    /// # Errors
    /// The store does not answer. What was healed before stays so.
    pub async fn heal_all(
        &self,
        agreements: &Agreements,
        now: UnixSeconds,
    ) -> Result<u64, StoreError> {
        const LIMIT: u32 = heal::HEAL_CLICKS as u32;
        let mut healed = 0;
        let mut after = String::new();
        loop {
            let clickids = match self {
                Self::Sqlite(store) => store.flagged_with_click(&after, LIMIT).await?,
                Self::Postgres(store) => store.flagged_with_click(&after, LIMIT).await?,
            };
            let Some(last) = clickids.last() else {
                return Ok(healed);
            };
            after.clone_from(last);
            let clickids: Vec<&str> = clickids.iter().map(String::as_str).collect();
            healed += heal::heal(self, &clickids, agreements, now).await?;
        }
    }

    /// Decides a flag: the decision, all that it changes and the closed flag in one transaction.
    /// The decision gets this id and time.
    ///
    /// # Errors
    /// [`ReviewError`]: nothing has changed then.
    pub async fn review(
        &self,
        decision: &Decision,
        agreements: &Agreements,
        id: Uuid,
        now: UnixSeconds,
    ) -> Result<Ruling, ReviewError> {
        match self {
            Self::Sqlite(store) => store.review(decision, agreements, id, now).await,
            Self::Postgres(store) => store.review(decision, agreements, id, now).await,
        }
    }

    /// Proves that the store could take a delivery now, by a durable write that leaves no trace.
    ///
    /// # Errors
    /// Why it could not.
    pub async fn probe(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(store) => store.probe().await,
            Self::Postgres(store) => store.probe().await,
        }
    }

    /// The delivery with this id, if there is one.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn delivery(&self, id: Uuid) -> Result<Option<DeliveryRecord>, StoreError> {
        match self {
            Self::Sqlite(store) => store.delivery(id).await,
            Self::Postgres(store) => store.delivery(id).await,
        }
    }

    /// Deliveries that fit a filter, newest first.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn list_deliveries(
        &self,
        filter: &DeliveryFilter,
        slice: Slice,
    ) -> Result<Vec<DeliveryRecord>, StoreError> {
        match self {
            Self::Sqlite(store) => store.list_deliveries(filter, slice).await,
            Self::Postgres(store) => store.list_deliveries(filter, slice).await,
        }
    }

    /// The conversion with this id, if there is one.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn conversion(&self, id: Uuid) -> Result<Option<ConversionRecord>, StoreError> {
        match self {
            Self::Sqlite(store) => store.conversion(id).await,
            Self::Postgres(store) => store.conversion(id).await,
        }
    }

    /// Conversions that fit a filter, newest first.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn list_conversions(
        &self,
        filter: &ConversionFilter,
        slice: Slice,
    ) -> Result<Vec<ConversionRecord>, StoreError> {
        match self {
            Self::Sqlite(store) => store.list_conversions(filter, slice).await,
            Self::Postgres(store) => store.list_conversions(filter, slice).await,
        }
    }

    /// The conversions of a click, oldest first.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn conversions(&self, clickid: &str) -> Result<Vec<ConversionRecord>, StoreError> {
        match self {
            Self::Sqlite(store) => store.conversions(clickid).await,
            Self::Postgres(store) => store.conversions(clickid).await,
        }
    }

    /// The changes of a click's conversions, oldest first within each.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn changes(&self, clickid: &str) -> Result<Vec<ChangeRecord>, StoreError> {
        match self {
            Self::Sqlite(store) => store.changes(clickid).await,
            Self::Postgres(store) => store.changes(clickid).await,
        }
    }

    /// The flags on a click's conversions, oldest first.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn flags(&self, clickid: &str) -> Result<Vec<FlagRecord>, StoreError> {
        match self {
            Self::Sqlite(store) => store.flags(clickid).await,
            Self::Postgres(store) => store.flags(clickid).await,
        }
    }

    /// The payout entries of a click's conversions, oldest first within each.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn payouts(&self, clickid: &str) -> Result<Vec<PayoutRecord>, StoreError> {
        match self {
            Self::Sqlite(store) => store.payouts(clickid).await,
            Self::Postgres(store) => store.payouts(clickid).await,
        }
    }

    /// All that is known of the delivery or the conversion with this id.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn history(&self, id: Uuid) -> Result<Option<History>, StoreError> {
        match self {
            Self::Sqlite(store) => store.history(id).await,
            Self::Postgres(store) => store.history(id).await,
        }
    }

    /// Counts clicks and conversions for a funnel.
    ///
    /// # Errors
    /// The store does not answer, or there are too many groups.
    pub async fn funnel(&self, asked: &FunnelQuery) -> Result<FunnelRows, StoreError> {
        match self {
            Self::Sqlite(store) => store.funnel(asked).await,
            Self::Postgres(store) => store.funnel(asked).await,
        }
    }

    /// Sums up lines of money.
    ///
    /// # Errors
    /// The store does not answer, or there are too many groups.
    pub async fn payout_sums(&self, asked: &PayoutQuery) -> Result<PayoutRows, StoreError> {
        match self {
            Self::Sqlite(store) => store.payout_sums(asked).await,
            Self::Postgres(store) => store.payout_sums(asked).await,
        }
    }

    /// The decisions about a click's conversions, oldest first.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn decisions(&self, clickid: &str) -> Result<Vec<DecisionRecord>, StoreError> {
        match self {
            Self::Sqlite(store) => store.decisions(clickid).await,
            Self::Postgres(store) => store.decisions(clickid).await,
        }
    }

    /// A page of the flags that wait for a decision: at most `limit` of those that fit the filter,
    /// behind the place where the last page ended. The order is the cursor's, where there is one.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn waiting(
        &self,
        filter: &WaitingFilter,
        order: WaitingOrder,
        after: Option<WaitingCursor>,
        limit: u32,
    ) -> Result<Vec<WaitingFlag>, StoreError> {
        let order = after.map_or(order, |after| after.order());
        let limit = limit.clamp(1, MAX_WAITING);
        match self {
            Self::Sqlite(store) => store.waiting(filter, order, after, limit).await,
            Self::Postgres(store) => store.waiting(filter, order, after, limit).await,
        }
    }

    /// Sums up what sources of clicks cost and earned.
    ///
    /// # Errors
    /// The store does not answer, or there are too many groups.
    pub async fn sources(&self, asked: &SourceQuery) -> Result<SourceRows, StoreError> {
        match self {
            Self::Sqlite(store) => store.sources(asked).await,
            Self::Postgres(store) => store.sources(asked).await,
        }
    }

    /// A page of everything of one sort, behind the page before.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn export(
        &self,
        asked: &ExportQuery,
        after: Option<&ExportCursor>,
    ) -> Result<ExportPage, StoreError> {
        match self {
            Self::Sqlite(store) => store.export(asked, after).await,
            Self::Postgres(store) => store.export(asked, after).await,
        }
    }

    /// Prepares the store for the deliveries of the coming months; to be called at start and daily.
    /// Deliveries are kept without it too.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn prepare_months(&self, today: Day) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(store) => store.make_months(today).await,
        }
    }

    /// Removes the deliveries received before a day, as they came; what they meant stays. On
    /// PostgreSQL months go as a whole.
    ///
    /// # Errors
    /// The day lies after today; or the store does not answer, and what was removed before stays so.
    pub async fn prune(&self, before: Day, today: Day) -> Result<Pruned, StoreError> {
        prune::check(before, today)?;
        match self {
            Self::Sqlite(store) => store.prune(before).await,
            Self::Postgres(store) => store.prune(before).await,
        }
    }

    /// What [`Store::prune`] would remove.
    ///
    /// # Errors
    /// The day lies after today, or the store does not answer.
    pub async fn count_older(&self, before: Day, today: Day) -> Result<Pruned, StoreError> {
        prune::check(before, today)?;
        match self {
            Self::Sqlite(store) => store.count_older(before).await,
            Self::Postgres(store) => store.count_older(before).await,
        }
    }

    /// Closes all connections, so that the file holds everything and its side files are gone.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(store) => store.close().await,
            Self::Postgres(store) => store.close().await,
        }
    }
}
