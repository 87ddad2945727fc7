//! `GET /console/partners/{id}/onboarding`: what a partner's developer needs to post, secrets left
//! out.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Html;
use postern_protocol::currency::Currency;
use postern_protocol::event::EventKind;
use postern_protocol::id::PartnerId;
use postern_protocol::request::Encoding;
use postern_protocol::snippet::tracker::{Told, Tracker, TrackerUrl, relay};
use postern_protocol::snippet::{Language, Place, Style, snippet};

use super::known::Known;
use crate::admin::query::{FromQuery, Parameters};
use crate::console::Console;
use crate::console::failure::Failed;
use crate::console::page::{self, Area, Page};
use crate::console::query::Query;
use crate::console::session::Session;
use crate::sending::RELAY_EXAMPLE;

/// What the programs are asked for.
pub(in crate::console) struct Asked {
    /// Where the gate is.
    url: Option<String>,
    /// A GET with sorted parameters, in place of a POST of JSON.
    is_get: bool,
    /// The event that the trackers' URLs are about.
    event: EventKind,
    /// The currency of its amounts.
    currency: &'static str,
}

impl FromQuery for Asked {
    fn read(query: &mut Parameters<'_>) -> Option<Self> {
        Some(Self {
            url: query.take("url", |text| Ok(text.trim().to_owned())),
            is_get: query
                .take("send", |text| match text {
                    "get" => Ok(true),
                    "post" => Ok(false),
                    _ => Err("must be post or get".to_owned()),
                })
                .unwrap_or(false),
            event: query
                .take("event", |text| {
                    EventKind::parse(text).map_err(|error| error.to_string())
                })
                .unwrap_or(EventKind::Ftd),
            currency: query
                .take("currency", |text| {
                    Currency::parse(text.trim()).map_err(|error| error.to_string())
                })
                .map_or(CURRENCY, |currency| currency.code()),
        })
    }
}

#[derive(Template)]
#[template(path = "partners/onboarding.html")]
struct View {
    page: Page,
    id: String,
    url: String,
    is_get: bool,
    /// Whether the URL came with the page's address.
    is_given: bool,
    /// Whether the partner's forms allow what was asked for.
    is_pinned_away: bool,
    /// Why the URL was not taken.
    mistake: Option<String>,
    networks: Vec<String>,
    forms: Vec<&'static str>,
    programs: Vec<Program>,
    trackers: Vec<ForTracker>,
    events: &'static [EventKind],
    event: EventKind,
    currency: &'static str,
    /// The program that signs what a tracker sends.
    relay: String,
    verify_url: String,
    send_url: String,
}

/// A whole program.
struct Program {
    language: &'static str,
    code: String,
}

impl Program {
    fn of(language: Language, style: Style, place: &Place) -> Self {
        Self {
            language: language.name(),
            code: snippet(language, style, place).trim_end().to_owned(),
        }
    }
}

/// What is put into a tracker.
struct ForTracker {
    name: &'static str,
    url: TrackerUrl,
}

impl ForTracker {
    fn of(tracker: Tracker, asked: &Asked) -> Self {
        let told = Told {
            relay: RELAY_EXAMPLE,
            event: asked.event,
            currency: asked.currency,
        };
        Self {
            name: tracker.name(),
            url: tracker.url(&told),
        }
    }
}

/// The currency in the URLs for trackers, where none is asked for.
const CURRENCY: &str = "USD";

pub(in crate::console) async fn show(
    State(console): State<Arc<Console>>,
    session: Session,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, Failed> {
    let partner = Known::find(&console, &id)?;
    let page = session.page(Area::Partners, format!("Onboard {}", partner.id));
    page::show(&View::of(page, &partner, &asked))
}

impl View {
    fn of(page: Page, partner: &Known, asked: &Asked) -> Self {
        let wanted = match asked.is_get {
            true => Encoding::Query,
            false => Encoding::Json,
        };
        let forms = partner.forms();
        let style = Style::fitting(wanted, forms);
        let gate = Gate::of(asked.url.as_deref(), &partner.id);
        let place = &gate.place;
        let networks = partner.at_edge.as_ref().map(|it| it.networks.clone());
        Self {
            page,
            url: asked.url.clone().unwrap_or_else(|| place.url().to_owned()),
            is_get: asked.is_get,
            is_given: gate.is_given,
            is_pinned_away: asked.is_get != (style == Style::Query),
            mistake: gate.mistake,
            networks: networks.unwrap_or_default(),
            forms: forms.names(),
            programs: Language::ALL.map(|it| Program::of(it, style, place)).into(),
            trackers: Tracker::ALL.map(|it| ForTracker::of(it, asked)).into(),
            events: EventKind::ALL,
            event: asked.event,
            currency: asked.currency,
            relay: relay(place).trim_end().to_owned(),
            verify_url: verify_url(place.url()),
            send_url: place.url().to_owned(),
            id: partner.id.to_string(),
        }
    }
}

/// Where the programs post to.
struct Gate {
    place: Place,
    /// Whether it came with the page's address, and is not the example that stands there anyway.
    is_given: bool,
    /// Why what came was not taken.
    mistake: Option<String>,
}

impl Gate {
    fn of(url: Option<&str>, partner: &PartnerId) -> Self {
        let example = Place::at(None, partner);
        let (place, mistake) = match url.map(|url| Place::of_url(url, partner)) {
            None => (example.clone(), None),
            Some(Ok(place)) => (place, None),
            Some(Err(error)) => (example.clone(), Some(error.to_string())),
        };
        Self {
            is_given: place != example,
            place,
            mistake,
        }
    }
}

/// Where the gate's own doctor answers, beside where postbacks go.
fn verify_url(url: &str) -> String {
    let stem = url.strip_suffix("/event").unwrap_or(url);
    format!("{}/verify", stem.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_doctor_is_beside_where_postbacks_go() {
        let expected = "https://p.example.com/v1/verify";
        assert_eq!(verify_url("https://p.example.com/v1/event"), expected);
        assert_eq!(verify_url("https://p.example.com/v1/"), expected);
    }
}
