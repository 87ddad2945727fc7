//! `GET /console/deliveries`: search and filter.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use postern_protocol::event::EventKind;
use postern_protocol::time::UnixSeconds;
use uuid::Uuid;

use super::path_of;
use crate::admin::deliveries::{is_test, partner, span};
use crate::admin::page::Paging;
use crate::admin::query::{FromQuery, Parameters};
use crate::admin::shape;
use crate::console::Console;
use crate::console::chip::{self, Chip};
use crate::console::failure::Failed;
use crate::console::page::{self, Area, Page, see_other, show as shown};
use crate::console::query::{Asked, Given};
use crate::console::session::Session;
use crate::ledger::Verdict;
use crate::partners::show_time;
use crate::store::{CONTENTS_MAX, DeliverySearch, FoundDelivery, LOOKED_THROUGH, Slice};

/// Where it is.
pub(in crate::console) const PATH: &str = "/console/deliveries";

/// What a search asks for.
pub(in crate::console) struct Search {
    filter: DeliverySearch,
    paging: Paging,
}

impl FromQuery for Search {
    fn read(query: &mut Parameters<'_>) -> Option<Self> {
        let filter = DeliverySearch {
            text: query.take("q", |text| Ok(text.trim().to_owned())),
            partner: query.take("partner", partner),
            verdict: query.take("verdict", |text| {
                shape::word(text, &Verdict::ALL, Verdict::name)
            }),
            event: query.take("event", |text| {
                shape::word(text, EventKind::ALL, EventKind::name)
            }),
            is_test: query.take("test", is_test),
            received: span(query),
        };
        let paging = Paging::read(query)?;
        Some(Self { filter, paging })
    }
}

#[derive(Template)]
#[template(path = "deliveries/list.html")]
struct View {
    page: Page,
    given: Given,
    partners: Vec<String>,
    verdicts: [Verdict; Verdict::ALL.len()],
    events: &'static [EventKind],
    mistakes: Vec<(String, String)>,
    rows: Vec<Row>,
    /// Where the list goes on.
    next: Option<String>,
    /// Whether it ends because so many were looked through.
    is_partial: bool,
    looked_through: u32,
    is_first: bool,
    /// Where the older contents of the click are, if it has more than are shown.
    older_contents: Option<String>,
    contents_shown: u32,
}

/// One line of the list.
pub(in crate::console) struct Row {
    pub(in crate::console) id: Uuid,
    pub(in crate::console) path: String,
    pub(in crate::console) at: String,
    pub(in crate::console) partner: String,
    pub(in crate::console) verdict: Chip,
    pub(in crate::console) is_test: bool,
    pub(in crate::console) event: &'static str,
    pub(in crate::console) status: Option<Chip>,
    pub(in crate::console) amount: String,
    pub(in crate::console) clickid: String,
    /// Those it raised.
    pub(in crate::console) flags: Vec<String>,
}

impl From<FoundDelivery> for Row {
    fn from(FoundDelivery { delivery, about }: FoundDelivery) -> Self {
        let flags = delivery.flags.as_deref().map(serde_json::from_str);
        let money = about.and_then(|it| it.money);
        Self {
            id: delivery.id,
            path: path_of(delivery.id),
            at: show_time(delivery.received_at),
            partner: delivery.partner,
            verdict: chip::verdict(delivery.verdict),
            is_test: delivery.test.is_some(),
            event: about.map_or("", |it| it.event.name()),
            status: about.map(|it| chip::status(it.status)),
            amount: money.map(|it| it.to_string()).unwrap_or_default(),
            clickid: delivery.clickid,
            flags: flags.and_then(Result::ok).unwrap_or_default(),
        }
    }
}

/// `GET /console/deliveries`.
pub(in crate::console) async fn show(
    State(console): State<Arc<Console>>,
    session: Session,
    asked: Asked<Search>,
) -> Result<Response, Failed> {
    let mut view = View::empty(&console, &session, asked.given);
    let search = match asked.read {
        Ok(search) => search,
        Err(mistakes) => {
            let pairs = mistakes.list().iter();
            let pairs = pairs.map(|it| (it.path.clone(), it.message.clone()));
            view.mistakes = pairs.collect();
            return Ok((StatusCode::BAD_REQUEST, shown(&view)?).into_response());
        }
    };
    if let Some(path) = named(&console, &search).await? {
        return Ok(see_other(&path).into_response());
    }
    let slice = Slice {
        after: search.paging.after,
        limit: search.paging.limit(),
    };
    let store = &console.admin.store;
    let found = store.search_deliveries(&search.filter, slice).await?;
    let next = found.next.map(|id| search.paging.cursor(&id));
    view.next = next.map(|cursor| view.given.with("cursor", &cursor));
    let older = found
        .contents_since
        .map(|at| view.given.with("until", &show_time(just_after(at))));
    view.older_contents = older;
    view.is_partial = found.is_partial;
    view.is_first = search.paging.after.is_none();
    view.rows = found.rows.into_iter().map(Row::from).collect();
    Ok(shown(&view)?.into_response())
}

/// Nothing of that second is left out where the search goes on before it; some of it is shown again.
const fn just_after(at: UnixSeconds) -> UnixSeconds {
    UnixSeconds(at.0.saturating_add(1))
}

/// What the search names itself: the id of a delivery, or of a conversion. Request ids look alike.
async fn named(console: &Console, search: &Search) -> Result<Option<String>, Failed> {
    let text = search.filter.text.as_deref();
    let Some(id) = text.and_then(|text| Uuid::try_parse(text).ok()) else {
        return Ok(None);
    };
    let store = &console.admin.store;
    let is_known = store.delivery(id).await?.is_some() || store.conversion(id).await?.is_some();
    Ok(is_known.then(|| path_of(id)))
}

impl View {
    fn empty(console: &Console, session: &Session, given: Given) -> Self {
        let admission = console.admin.admission.borrow().clone();
        let partners = admission.agreements.iter().map(|(id, _)| id.to_string());
        let asked = given.text("partner").to_owned();
        Self {
            page: session.page(Area::Deliveries, "Deliveries"),
            given,
            partners: page::choices(partners, Some(asked)),
            verdicts: Verdict::ALL,
            events: EventKind::ALL,
            mistakes: Vec::new(),
            rows: Vec::new(),
            next: None,
            is_partial: false,
            looked_through: LOOKED_THROUGH,
            is_first: true,
            older_contents: None,
            contents_shown: CONTENTS_MAX,
        }
    }

    /// What is wrong with a parameter.
    fn mistake(&self, name: &str) -> Option<&str> {
        let found = self.mistakes.iter().find(|(field, _)| field == name);
        found.map(|(_, message)| message.as_str())
    }
}
