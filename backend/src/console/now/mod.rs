//! `/console/now`: what comes in, as it comes in, and what is amiss.
//!
//! The page itself is complete without the script: a reload shows what is new. With it, deliveries
//! arrive over server-sent events ([`feed`]), and the [`figures`] beside them are kept up to date.

mod feed;
mod figures;
mod gate;
mod counters;
mod live;
mod spark;

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Html;

pub(super) use feed::Feed;
pub(super) use figures::{Figures, Watch};
#[cfg(test)]
pub(super) use live::MAX_WATCHERS;
pub(super) use live::stream;

use super::Console;
use super::deliveries::Row;
use super::failure::Failed;
use super::page::{Area, Page, show as shown};
use super::session::Session;
use crate::store::{DeliverySearch, Slice};

/// Where it is.
pub(super) const PATH: &str = "/console/now";

/// Where its deliveries arrive.
pub(super) const FEED_PATH: &str = "/console/now/feed";

/// Deliveries the page begins with, and keeps.
const ROWS: u32 = 50;

#[derive(Template)]
#[template(path = "now/now.html")]
struct View {
    page: Page,
    rows: Vec<Row>,
    figures: Arc<Figures>,
}

/// The figures alone, as they are kept up to date.
#[derive(Template)]
#[template(path = "now/figures.html")]
struct FiguresView {
    figures: Arc<Figures>,
}

/// `GET /console/now`.
pub(super) async fn show(
    State(console): State<Arc<Console>>,
    session: Session,
) -> Result<Html<String>, Failed> {
    let newest = Slice {
        after: None,
        limit: ROWS,
    };
    let search = DeliverySearch::default();
    let found = console.admin.store.search_deliveries(&search, newest);
    let rows = found.await?.rows.into_iter().map(Row::from).collect();
    shown(&View {
        page: session.page(Area::Now, "Now"),
        rows,
        figures: console.watch.figures(&console.admin).await?,
    })
}

impl View {
    /// Where the feed goes on behind the page.
    fn feed(&self) -> String {
        let newest = self.rows.first().map(|row| row.id.to_string());
        format!("{FEED_PATH}?after={}", newest.unwrap_or_default())
    }
}
