//! What is durable. Its verbs are the domain's; which database stands behind them is decided once,
//! by the scheme of the URL.
//!
//! Deliveries flow in by [`Store::book`], a batch in one transaction: what it touches is loaded into
//! a snapshot, the ledger decides, the entries are written. Its other verbs stand beside what they
//! give back.

mod backlog;
mod click;
mod import;
mod heal;
mod error;
mod records;
mod statement;
mod reads;
mod history;
mod report;
mod export;
mod log;
mod list;
mod lines;
mod search;
mod activity;
mod prune;
mod review;
mod evidence;
mod partner;
mod sandbox;
mod schema;
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

pub use activity::{COUNTED_MAX, LastHeard, MinuteCount, Minutes, Used};
pub use backlog::{Backlog, OpenFlags};
pub use click::Click;
pub use error::StoreError;
pub use evidence::{EVIDENCE_DEPTH, EVIDENCE_ROWS, Evidence, Neighbour};
pub use export::{EXPORT_PAGE_ROWS, ExportCursor, ExportPage, ExportQuery, Exported};
pub use history::{CapUse, ConversionHistory, History};
pub use import::{ChunkImported, ImportRecord, Imported, Mark};
pub use lines::{Line, LineFilter, LinePlace};
pub use list::{ConversionFilter, DeliveryFilter, Slice, Span};
pub use partner::{Counted, OPEN_FLAGS_COUNTED, OpenByPartner, Trace};
pub use records::{ChangeRecord, ConversionRecord, DeliveryRecord, FlagRecord, PayoutRecord};
pub use report::{
    BookedTerms, ConversionCount, Dimension, FunnelQuery, FunnelRows, GROUPS_MAX, Key, PayoutQuery,
    PayoutRows, PayoutSum, SourceClicks, SourceEarnings, SourceQuery, SourceRows, Standing,
    Stretch,
};
pub use review::{
    DecisionCursor, DecisionFilter, DecisionRecord, MAX_WAITING, NoCursor, Preview, ReviewError,
    UndoPreview, WAITING_DEFAULT, WaitingCursor, WaitingFilter, WaitingFlag, WaitingOrder,
};

pub use prune::{Pruned, PrunedPart};
pub use schema::Schema;
pub use search::{
    About, CONTENTS_MAX, DeliverySearch, FoundDeliveries, FoundDelivery, LOOKED_THROUGH,
};
pub use url::DatabaseUrl;

use crate::delivery::Delivery;
use crate::ledger::Entry;
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

    /// How many bookings it takes at a time; one more waits for another to end.
    #[must_use]
    pub fn transactions_at_once(&self) -> usize {
        match self {
            // Its file has one writer.
            Self::Sqlite(_) => 1,
            Self::Postgres(_) => postgres::WRITERS,
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

    /// Closes all connections, so that the file holds everything and its side files are gone.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(store) => store.close().await,
            Self::Postgres(store) => store.close().await,
        }
    }
}
