//! `/console/account`: who is logged in, and what they may do; `/console/people`: for admins, who else
//! may log in.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::Html;

use super::Console;
use super::failure::Failed;
use super::page::{Area, Page, show as shown};
use super::session::{SESSION_IDLE, SESSION_LIFE, Session};
use super::visit::Visit;
use crate::admin::{Role, Tokens};
use crate::clock::whole_seconds;
use crate::partners::show_time;

/// Where it is.
pub(super) const PATH: &str = "/console/account";

/// Where an admin sees who may log in.
pub(super) const PEOPLE_PATH: &str = "/console/people";

#[derive(Template)]
#[template(path = "account.html")]
struct View {
    page: Page,
    session: Session,
    roles: [Role; 3],
    /// When the session ends at the latest.
    ends_at: String,
    idle_hours: u64,
}

/// `GET /console/account`.
pub(super) async fn show(
    State(console): State<Arc<Console>>,
    Extension(visit): Extension<Visit>,
    session: Session,
) -> Result<Html<String>, Failed> {
    let now = console.admin.clock.now();
    let person = visit.person.as_ref().ok_or(Failed::SignedOut)?;
    let kept = console.sessions.find(&person.cookie, now);
    let kept = kept.ok_or(Failed::SignedOut)?;
    shown(&View {
        page: session.page(Area::Account, "Account"),
        session,
        roles: Role::ALL,
        ends_at: show_time(whole_seconds(kept.opened + SESSION_LIFE)),
        idle_hours: SESSION_IDLE.as_secs() / 3_600,
    })
}

#[derive(Template)]
#[template(path = "people.html")]
struct PeopleView {
    page: Page,
    tokens: Arc<Tokens>,
}

/// `GET /console/people`.
pub(super) async fn people(
    State(console): State<Arc<Console>>,
    session: Session,
) -> Result<Html<String>, Failed> {
    session.require(Role::Admin)?;
    let tokens = console.admin.tokens.borrow().clone();
    shown(&PeopleView {
        page: session.page(Area::Account, "Who may log in"),
        tokens,
    })
}
