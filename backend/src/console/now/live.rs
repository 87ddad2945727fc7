//! `GET /console/now/feed`: what comes in, as server-sent events.
//!
//! Three kinds: `delivery` (a row of the list, its id as the event's), `figures` (what stands beside
//! it), and `stopped`, the last one, which says why there is no more: to who reads too slowly, or
//! comes when as many watch as may. The rows are the page's own
//! templates, so what is shown is escaped in one place.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, HeaderName};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Interval, interval};
use uuid::Uuid;

use super::feed::Arrived;
use super::figures::FIGURES_PERIOD;
use super::{FiguresView, ROWS};
use crate::admin::query::{FromQuery, Parameters};
use crate::console::Console;
use crate::console::deliveries::Row;
use crate::console::failure::Failed;
use crate::console::query::Query;
use crate::console::visit::{self, Visit};
use crate::store::{DeliverySearch, FoundDelivery, Slice};

/// Watchers at once. Each holds a connection, of which the listener has few.
pub(in crate::console) const MAX_WATCHERS: usize = 24;

/// Where the page ends, as a browser tells it when it comes back.
const LAST_EVENT: &str = "last-event-id";

/// Events are for the one who asked, as pages are; of its own a feed says less.
const KEPT_BY_NOBODY: [(HeaderName, &str); 1] = [(CACHE_CONTROL, "no-store")];

/// The newest delivery that the page shows.
pub(in crate::console) struct After(Option<Uuid>);

impl FromQuery for After {
    fn read(query: &mut Parameters<'_>) -> Option<Self> {
        let after = query.take("after", |text| {
            Uuid::try_parse(text).map_err(|_| "must be a delivery's id".to_owned())
        });
        Some(Self(after))
    }
}

#[derive(Template)]
#[template(path = "now/row.html")]
struct RowView<'r> {
    row: &'r Row,
}

/// `GET /console/now/feed`.
pub(in crate::console) async fn stream(
    State(console): State<Arc<Console>>,
    Extension(visit): Extension<Visit>,
    Query(After(after)): Query<After>,
    headers: HeaderMap,
) -> Result<Response, Failed> {
    let feed = &console.feed;
    if feed.watchers() >= MAX_WATCHERS {
        // Told as an event: of an answer that is no feed, the script learns nothing but its end.
        let told = Ok::<_, Infallible>(stopped(NO_ROOM));
        return Ok((KEPT_BY_NOBODY, Sse::new(stream::iter([told]))).into_response());
    }
    // First the receiver, then what was missed: nothing falls between the two.
    let arriving = feed.watch(&console.admin.store, &console.admin.clock);
    let last = headers.get(LAST_EVENT).and_then(|it| it.to_str().ok());
    let after = last.and_then(|id| Uuid::try_parse(id).ok()).or(after);
    let missed = missed(&console, after).await?;
    let live = Live {
        cookie: visit.person.map(|it| it.cookie).unwrap_or_default(),
        closing: console.admin.closing.clone(),
        console,
        arriving,
        beat: interval(FIGURES_PERIOD),
        events: Events::of(&missed),
    };
    let events = stream::unfold(live, async |mut live| {
        let event = live.event().await?;
        Some((Ok::<_, Infallible>(event), live))
    });
    Ok((KEPT_BY_NOBODY, Sse::new(events)).into_response())
}

/// What came in behind the page, newest first.
async fn missed(console: &Console, after: Option<Uuid>) -> Result<Vec<FoundDelivery>, Failed> {
    let Some(after) = after else {
        return Ok(Vec::new());
    };
    let newest = Slice {
        after: None,
        limit: ROWS,
    };
    let search = DeliverySearch::default();
    let found = console.admin.store.search_deliveries(&search, newest);
    let mut rows = found.await?.rows;
    rows.retain(|row| row.delivery.id > after);
    Ok(rows)
}

const TOO_SLOW: &str = "More came in than could be read here. Reload the page to go on.";

const NO_ROOM: &str = "As many people watch as may at once, so nothing arrives here by itself. You are still logged in: \
    reload the page to see what is new.";

/// The last event, with why.
fn stopped(why: &str) -> Event {
    Event::default().event("stopped").data(why)
}

/// A delivery as an event.
fn delivery(found: &FoundDelivery) -> Option<Event> {
    let row = Row::from(found.clone());
    let html = RowView { row: &row }.render().ok()?;
    let id = found.delivery.id.to_string();
    Some(Event::default().event("delivery").id(id).data(html))
}

/// A feed on its way to one reader.
struct Live {
    console: Arc<Console>,
    /// Whose session it belongs to.
    cookie: String,
    closing: tokio::sync::watch::Receiver<bool>,
    arriving: Receiver<Arrived>,
    beat: Interval,
    events: Events,
}

/// What is to be told next, and whether that is all.
#[derive(Default)]
struct Events {
    next: VecDeque<Event>,
    is_over: bool,
}

impl Events {
    /// Rows that stand newest first, as they came.
    fn of(rows: &[FoundDelivery]) -> Self {
        Self {
            next: rows.iter().rev().filter_map(delivery).collect(),
            is_over: false,
        }
    }

    fn take(&mut self, arrived: Result<Arrived, RecvError>) {
        match arrived {
            Ok(rows) => self.next.extend(rows.iter().rev().filter_map(delivery)),
            Err(RecvError::Closed) => self.is_over = true,
            Err(RecvError::Lagged(_)) => {
                self.next.push_back(stopped(TOO_SLOW));
                self.is_over = true;
            }
        }
    }
}

impl Live {
    /// The next event; `None` at the end of the session, of the backend, or behind `stopped`.
    async fn event(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.events.next.pop_front() {
                return Some(event);
            }
            if self.events.is_over {
                return None;
            }
            tokio::select! {
                arrived = self.arriving.recv() => self.events.take(arrived),
                _ = self.beat.tick() => self.beat().await,
                _ = self.closing.changed() => return None,
            }
        }
    }

    /// A session that is over is shown nothing more; to watch does not keep it open.
    async fn beat(&mut self) {
        if !visit::is_open(&self.console, &self.cookie) {
            self.events.is_over = true;
            return;
        }
        let made = self.console.watch.figures(&self.console.admin).await;
        let html = made
            .ok()
            .and_then(|figures| FiguresView { figures }.render().ok());
        // Without figures the beat still shows whether somebody is there.
        let event = match html {
            Some(html) => Event::default().event("figures").data(html),
            None => Event::default().comment("the store is away"),
        };
        self.events.next.push_back(event);
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::broadcast::channel;

    use super::*;

    /// What a reader is sent of these events.
    async fn sent(events: Events) -> String {
        let events = events.next.into_iter().map(Ok::<_, Infallible>);
        let body = Sse::new(stream::iter(events)).into_response().into_body();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn who_reads_too_slowly_is_told_so_and_let_go() {
        let (sender, mut receiver) = channel::<Arrived>(2);
        let mut events = Events::default();
        for _ in 0..3 {
            sender.send(Arc::default()).unwrap();
        }
        events.take(receiver.recv().await);
        assert!(events.is_over);
        let said = sent(events).await;
        assert!(
            said.starts_with("event: stopped\ndata: More came in"),
            "{said}"
        );
    }

    #[tokio::test]
    async fn nothing_is_said_to_who_keeps_up() {
        let (sender, mut receiver) = channel::<Arrived>(2);
        let mut events = Events::default();
        sender.send(Arc::default()).unwrap();
        events.take(receiver.recv().await);
        assert!(!events.is_over);
        assert_eq!(sent(events).await, "");
    }
}
