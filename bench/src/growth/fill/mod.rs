//! Fills a store: one delivery is booked by the product, and its rows are copied for as many clicks as are wanted.
//! Then the product is asked about what it never booked: it must know it as its own.

mod keys;
mod postgres;
mod sqlite;

use std::sync::Arc;

use postern::agreement::Agreement;
use postern::store::Store;
use postern_protocol::answer::Verdict;
use uuid::Uuid;

use super::{Growth, MILLION};
use crate::backend::deliveries::{CLICK_PREFIX, RECEIVED_AT, agreement, of_click};
use crate::backend::engine::Engine;
use crate::backend::stage::Stage;
use crate::{progress, sql};
use keys::Keys;

/// The number of the click whose rows are copied: above all others.
const MODEL: usize = 99_999_999;

/// A store that is filled step by step.
pub(super) struct Fill<'a> {
    stage: &'a Stage<'a>,
    agreement: Arc<Agreement>,
    keys: Keys,
    model: String,
    stored: usize,
    /// From here on deliveries are stored as well.
    requests_from: usize,
}

impl<'a> Fill<'a> {
    /// Books what is copied.
    pub(super) fn begin(stage: &'a Stage<'a>, growth: &Growth) -> Result<Self, String> {
        let most = growth.millions.iter().max().copied().unwrap_or(0) * MILLION;
        let agreement = agreement(&stage.folder)?;
        let model = format!("{CLICK_PREFIX}{MODEL}");
        stage.import_click(&model)?;
        let delivery = of_click(MODEL, Uuid::now_v7(), RECEIVED_AT, &agreement)?;
        sql::wait(async {
            let store = Store::open(&stage.url).await?;
            let booked = store.book(std::slice::from_ref(&delivery)).await;
            store.close().await;
            booked
        })?;
        Ok(Self {
            stage,
            agreement: agreement.clone(),
            keys: Keys::new(most, agreement),
            model,
            stored: 0,
            requests_from: most.saturating_sub(growth.requests * MILLION),
        })
    }

    /// Stores conversions until there are so many.
    pub(super) fn up_to(&mut self, count: usize) -> Result<(), String> {
        let from = self.stored;
        if count <= from {
            return Ok(());
        }
        progress(&format!(
            "storing conversions {from} to {count} on {}",
            self.stage.engine.name()
        ));
        let chunks = self.keys.chunks(from..count);
        match self.stage.engine {
            Engine::Sqlite => sql::wait(sqlite::fill(self, chunks))?,
            Engine::Postgres => sql::wait(postgres::fill(self, chunks))?,
        }
        self.stored = count;
        self.ask_about(from)?;
        self.ask_about(count - 1)
    }

    /// Brings the store to rest: nothing of the filling is left to be done while it is measured.
    pub(super) fn settle(&self) -> Result<(), String> {
        match self.stage.cluster {
            Some(cluster) => ["VACUUM (ANALYZE)", "CHECKPOINT"]
                .iter()
                .try_for_each(|statement| cluster.execute(super::DATABASE, statement)),
            None => sql::wait(sqlite::settle(&self.stage.url)),
        }
    }

    /// Whether the tables of a chunk that begins at `first` include the deliveries.
    fn keeps_requests(&self, first: usize) -> bool {
        first >= self.requests_from
    }

    /// The product answers the same delivery again as the duplicate of the stored one, and tells its whole history.
    fn ask_about(&self, number: usize) -> Result<(), String> {
        let stored = self.keys.delivery(number)?;
        let again = of_click(
            self.keys.click(number),
            Uuid::now_v7(),
            RECEIVED_AT,
            &self.agreement,
        )?;
        let (entries, history) = sql::wait(async {
            let store = Store::open(&self.stage.url).await?;
            let entries = store.book(std::slice::from_ref(&again)).await;
            let history = store.history(stored.id).await;
            store.close().await;
            Ok::<_, postern::store::StoreError>((entries?, history?))
        })?;
        let is_known = entries
            .iter()
            .all(|entry| entry.verdict == Verdict::Duplicate && entry.answer_id == stored.id);
        let told = history.and_then(|it| it.conversion);
        let is_whole = told.as_ref().is_some_and(|it| {
            it.click.is_some() && it.payouts.len() == 2 && it.conversion.clickid == stored.clickid
        });
        if is_known && is_whole {
            return Ok(());
        }
        Err(format!(
            "The product does not know stored conversion {number} as its own: {entries:?}, {told:?}"
        ))
    }
}
