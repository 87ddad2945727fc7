//! `GET /console/partners/{id}`: one partner.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Html;
use postern_protocol::money::AmountUnit;
use postern_protocol::time::UnixSeconds;

use super::health::{Health, Share, shares};
use super::keys::{ROW, Spans, Used, WIDTH};
use super::known::Known;
use super::limits::{Limit, limits};
use crate::admin::query::Nothing;
use crate::agreement::{Agreement, Rules};
use crate::console::Console;
use crate::console::failure::Failed;
use crate::console::page::{self, Area, Page};
use crate::console::query::Query;
use crate::console::session::Session;
use crate::console::words::age;
use crate::partners::at_edge::AtEdge;
use crate::partners::show_day;
use crate::store::Counted;

/// How many of its newest deliveries are looked at.
const NEWEST: u32 = 10_000;

#[derive(Template)]
#[template(path = "partners/one.html")]
struct View {
    page: Page,
    id: String,
    brand: String,
    amounts: &'static str,
    attribution_days: i64,
    standing: &'static str,
    last: Option<String>,
    health: Health,
    forms: Vec<Share>,
    looked_at: usize,
    edge: Option<Edge>,
    terms: Vec<DatedTerms>,
    open_flags: Option<Counted>,
    ahead: Option<i64>,
}

/// How the edge lets it in.
struct Edge {
    networks: Vec<String>,
    certificates: Option<Vec<String>>,
    rate: u64,
    burst: u64,
    limits: [Limit; 2],
    pinned: Option<Vec<String>>,
    spans: Spans,
}

struct DatedTerms {
    from: String,
    words: String,
    version: String,
    holds_now: bool,
}

pub(in crate::console) async fn show(
    State(console): State<Arc<Console>>,
    session: Session,
    Path(id): Path<String>,
    _: Query<Nothing>,
) -> Result<Html<String>, Failed> {
    let partner = Known::find(&console, &id)?;
    let store = &console.admin.store;
    let now = console.admin.clock.unix_seconds();
    let traces = store.traces(&partner.id, NEWEST).await?;
    let open = store.open_flags_by_partner().await?;
    let ahead = store.clock_ahead(&partner.id).await?;
    let silence = console.admin.console.silence;
    let ids = std::slice::from_ref(&partner.id);
    let heard = store.last_heard(ids, silence.used(now)).await?;
    let is_silent = heard.iter().any(|it| silence.is_broken_off(it, now));
    let health = Health::of(&traces, NEWEST as usize, is_silent, now);
    let agreement = &partner.agreement;
    let edge = partner.at_edge.as_ref();
    let tests = store.test_traces(&partner.id).await?;
    let edge = edge.map(|it| {
        let used = Used::of(&traces, &tests);
        Edge::of(it, &health, Spans::of(&it.keys, &used, now))
    });
    page::show(&View {
        page: session.page(Area::Partners, format!("Partner {}", partner.id)),
        brand: agreement.brand.clone().unwrap_or_default(),
        amounts: match agreement.amount_unit {
            AmountUnit::Major => "like 50.00",
            AmountUnit::Minor => "in smallest units, like 5000",
        },
        attribution_days: agreement.attribution_days(),
        standing: health.standing(),
        last: health.last_at.map(|at| age(at, now)),
        forms: shares(traces.iter().map(|it| it.form.as_str())),
        looked_at: traces.len(),
        terms: terms(agreement, now),
        open_flags: open.of(partner.id.as_str()).if_any(),
        ahead: ahead.filter(|seconds| *seconds > 0),
        id: partner.id.to_string(),
        health,
        edge,
    })
}

impl Edge {
    fn of(at_edge: &AtEdge, health: &Health, spans: Spans) -> Self {
        Self {
            networks: at_edge.networks.clone(),
            certificates: at_edge.client_certificates.clone(),
            rate: at_edge.rate_per_second,
            burst: at_edge.burst,
            limits: limits(health.peak, at_edge.rate_per_second, at_edge.burst),
            pinned: at_edge.forms.clone(),
            spans,
        }
    }
}

/// The terms, those that hold from the latest day first.
fn terms(agreement: &Agreement, now: UnixSeconds) -> Vec<DatedTerms> {
    let holds = agreement.terms_at(now).map(|it| it.version().clone());
    let dated = agreement.terms.iter().rev();
    dated
        .map(|terms| DatedTerms {
            from: show_day(terms.from),
            words: Rules::to_string(terms),
            version: terms.version().to_string(),
            holds_now: holds.as_ref() == Some(terms.version()),
        })
        .collect()
}
