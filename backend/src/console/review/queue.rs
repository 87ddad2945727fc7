//! `GET /console/review`: what waits for a person, reason by reason.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use postern_protocol::time::UnixSeconds;

use super::asked::{AGES, Asked};
use super::flag_path;
use crate::console::Console;
use crate::console::failure::Failed;
use crate::console::page::{self, Area, Page};
use crate::console::query::Query;
use crate::console::session::Session;
use crate::console::words::{age, amount};
use crate::partners::show_time;
use crate::store::{Backlog, WaitingFlag};

/// Flags on a page.
const PAGE_ROWS: u32 = 50;

/// The queue as it is shown.
#[derive(Template)]
#[template(path = "review/queue.html")]
struct View {
    page: Page,
    asked: Asked,
    total: u64,
    all: String,
    reasons: Vec<Reason>,
    partners: Vec<String>,
    ages: [(&'static str, i64, &'static str); 4],
    rows: Vec<Row>,
    next: Option<String>,
}

/// One reason with how many flags it has.
struct Reason {
    name: &'static str,
    count: u64,
    oldest: String,
    /// The same list with this reason alone.
    href: String,
    is_asked: bool,
}

/// A flag in the list.
struct Row {
    href: String,
    reason: &'static str,
    raised_at: String,
    age: String,
    partner: String,
    event: &'static str,
    status: &'static str,
    amount: String,
    clickid: String,
}

pub(in crate::console) async fn show(
    State(console): State<Arc<Console>>,
    session: Session,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, Failed> {
    let admin = &console.admin;
    let now = admin.clock.unix_seconds();
    let backlog = admin.store.backlog().await?;
    let filter = asked.filter(now);
    let store = &admin.store;
    let mut flags = store
        .waiting(&filter, asked.order, asked.after, PAGE_ROWS + 1)
        .await?;
    let goes_on = flags.len() > PAGE_ROWS as usize;
    flags.truncate(PAGE_ROWS as usize);
    let last = flags.last().filter(|_| goes_on);
    let next = last.map(|flag| asked.link(Some(flag.cursor(asked.order))));
    let admission = admin.admission.borrow().clone();
    let partners = admission.agreements.iter().map(|(id, _)| id.to_string());
    page::show(&View {
        page: session.page(Area::Review, "Review"),
        total: backlog.flags.iter().map(|it| it.count).sum(),
        all: asked.with_reason(None),
        ages: AGES,
        reasons: reasons(&backlog, &asked, now),
        partners: page::choices(partners, asked.partner.as_ref().map(ToString::to_string)),
        rows: flags.iter().map(|flag| row(flag, now)).collect(),
        next,
        asked,
    })
}

/// The reasons that have any, those with most flags first.
fn reasons(backlog: &Backlog, asked: &Asked, now: UnixSeconds) -> Vec<Reason> {
    let mut open = backlog.flags.clone();
    open.sort_by_key(|it| (std::cmp::Reverse(it.count), it.reason.name()));
    let reason = |it: &crate::store::OpenFlags| Reason {
        name: it.reason.name(),
        count: it.count,
        oldest: age(it.oldest_at, now),
        href: asked.with_reason(Some(it.reason)),
        is_asked: asked.reason == Some(it.reason),
    };
    open.iter().map(reason).collect()
}

fn row(flag: &WaitingFlag, now: UnixSeconds) -> Row {
    let reported = flag.reported.as_ref();
    let state = reported.map_or(flag.state, |it| it.state);
    Row {
        href: flag_path(flag.id),
        reason: flag.id.reason.name(),
        raised_at: show_time(flag.raised_at),
        age: age(flag.raised_at, now),
        partner: flag.partner.clone(),
        event: reported.map_or(flag.event, |it| it.kind).name(),
        status: state.status.name(),
        amount: amount(flag.money()),
        clickid: flag.clickid.clone(),
    }
}
