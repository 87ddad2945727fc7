//! `GET /console/partners`: each partner, and how its postbacks have been.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use postern_protocol::id::PartnerId;
use postern_protocol::time::UnixSeconds;

use super::health::Health;
use crate::admin::query::Nothing;
use crate::agreement::Agreement;
use crate::console::failure::Failed;
use crate::console::page::{self, Area, Page};
use crate::console::query::Query;
use crate::console::session::Session;
use crate::console::words::{age, percent};
use crate::console::{Console, SilenceSettings};
use crate::ledger::Verdict;
use crate::partners::show_time;
use crate::store::Counted;

/// Where it is.
pub(in crate::console) const PATH: &str = "/console/partners";

/// How many of each partner's newest deliveries are looked at.
const NEWEST: u32 = 200;

#[derive(Template)]
#[template(path = "partners/list.html")]
struct View {
    page: Page,
    rows: Vec<Row>,
    newest: u32,
    silence: SilenceSettings,
}

struct Row {
    id: String,
    brand: String,
    /// `posts`, `silent`, or `never`.
    standing: &'static str,
    last_at: Option<String>,
    last_age: String,
    counted: usize,
    accepted: String,
    flagged: String,
    invalid: String,
    is_invalid_high: bool,
    open_flags: Option<Counted>,
    ahead: Option<i64>,
}

/// From how much of a partner's day being refused is worth a look, in tenths of a per cent.
const MANY_INVALID_PERMILLE: usize = 50;

pub(in crate::console) async fn show(
    State(console): State<Arc<Console>>,
    session: Session,
    _: Query<Nothing>,
) -> Result<Html<String>, Failed> {
    let store = &console.admin.store;
    let now = console.admin.clock.unix_seconds();
    let silence = console.admin.console.silence;
    let open = store.open_flags_by_partner().await?;
    let admission = console.admin.admission.borrow().clone();
    let ids: Vec<PartnerId> = admission.agreements.iter().map(|it| it.0.clone()).collect();
    let heard = store.last_heard(&ids, silence.used(now)).await?;
    let silent: BTreeSet<&str> = heard
        .iter()
        .filter(|it| silence.is_broken_off(it, now))
        .map(|it| it.partner.as_str())
        .collect();
    let mut rows = Vec::with_capacity(admission.agreements.len());
    for (id, agreement) in admission.agreements.iter() {
        let traces = store.traces(id, NEWEST).await?;
        let ahead = store.clock_ahead(id).await?;
        let is_silent = silent.contains(id.as_str());
        let health = Health::of(&traces, NEWEST as usize, is_silent, now);
        rows.push(Row::of(id, agreement, &health, now).with(open.of(id.as_str()), ahead));
    }
    page::show(&View {
        page: session.page(Area::Partners, "Partners"),
        rows,
        newest: NEWEST,
        silence,
    })
}

impl Row {
    fn of(id: &PartnerId, agreement: &Agreement, health: &Health, now: UnixSeconds) -> Self {
        let refused = health.permille(Verdict::Invalid) + health.permille(Verdict::Quarantined);
        Self {
            id: id.to_string(),
            brand: agreement.brand.clone().unwrap_or_default(),
            standing: health.standing(),
            last_at: health.last_at.map(show_time),
            last_age: health.last_at.map_or_else(String::new, |at| age(at, now)),
            counted: health.counted,
            accepted: percent(
                health.permille(Verdict::Accepted) + health.permille(Verdict::Updated),
            ),
            flagged: percent(health.permille(Verdict::Flagged)),
            invalid: percent(refused),
            is_invalid_high: refused >= MANY_INVALID_PERMILLE,
            open_flags: None,
            ahead: None,
        }
    }

    /// A clock that is behind cannot be told from events that are reported late.
    fn with(self, open_flags: Counted, ahead: Option<i64>) -> Self {
        Self {
            open_flags: open_flags.if_any(),
            ahead: ahead.filter(|seconds| *seconds > 0),
            ..self
        }
    }
}
