//! `/console/login`, `/console/logout`: the way in by a token, and the way out.
//!
//! Wrong tokens are counted with those of the admin API: so many are answered in full, and a good one
//! always passes, so that nobody can lock others out.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::header::{RETRY_AFTER, SET_COOKIE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};

use super::Session;
use super::draft::Draft;
use super::kept::Fresh;
use crate::admin::Holder;
use crate::admin::query::{FromQuery, Parameters};
use crate::console::Console;
use crate::console::failure::Failed;
use crate::console::form::Posted;
use crate::console::page::{Page, local, see_other, show};
use crate::console::query::Query;
use crate::console::visit::Visit;

/// Where one logs in.
pub(in crate::console) const PATH: &str = "/console/login";

#[derive(Template)]
#[template(path = "login.html")]
struct View {
    page: Page,
    /// Where to go then.
    next: String,
    /// Why the last try did not work.
    refused: Option<&'static str>,
    /// What was being done when the session was found to have ended.
    draft: Option<Draft>,
}

impl View {
    fn of(visit: &Visit, next: &str, refused: Option<&'static str>, draft: Option<Draft>) -> Self {
        Self {
            page: Page::of(visit, None, "Log in".to_owned()),
            next: local(next).to_owned(),
            refused,
            draft,
        }
    }
}

/// The page to log in on, for who had written something when their session was found to have ended.
pub(in crate::console) fn interrupted(visit: &Visit, draft: &Draft) -> Result<Response, Failed> {
    let view = View::of(visit, &draft.path, None, Some(draft.clone()));
    Ok((StatusCode::UNAUTHORIZED, show(&view)?).into_response())
}

/// The page to log in on, from where one goes on to `here`.
pub(in crate::console) fn path_from(here: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let query = query.append_pair("next", local(here)).finish();
    format!("{PATH}?{query}")
}

/// Where to go after the login.
pub(in crate::console) struct Next(String);

impl FromQuery for Next {
    fn read(query: &mut Parameters<'_>) -> Option<Self> {
        let next = query.take("next", |text| Ok(text.to_owned()));
        Some(Self(next.unwrap_or_default()))
    }
}

/// `GET /console/login`.
pub(in crate::console) async fn show_login(
    Extension(visit): Extension<Visit>,
    Query(Next(next)): Query<Next>,
) -> Result<Response, Failed> {
    if visit.person.is_some() {
        return Ok(see_other(local(&next)).into_response());
    }
    Ok(show(&View::of(&visit, &next, None, None))?.into_response())
}

/// `POST /console/login`.
pub(in crate::console) async fn enter(
    State(console): State<Arc<Console>>,
    Extension(visit): Extension<Visit>,
    posted: Posted,
) -> Result<Response, Failed> {
    let tokens = console.admin.tokens.borrow().clone();
    match tokens.who(posted.text("token").trim().as_bytes()) {
        Some(holder) => open(&console, &visit, holder, &posted),
        None => refuse(&console, &visit, &posted),
    }
}

/// What the form has carried through the login.
fn carried(posted: &Posted) -> Option<Draft> {
    let draft = Draft::of(local(posted.text("next")), posted);
    draft.filter(|draft| !draft.is_empty())
}

fn open(
    console: &Console,
    visit: &Visit,
    holder: &Holder,
    posted: &Posted,
) -> Result<Response, Failed> {
    let fresh = Fresh::draw().map_err(|error| {
        tracing::error!(%error, "the system gives no randomness");
        Failed::Internal
    })?;
    if let Some(person) = &visit.person {
        console.sessions.close(&person.cookie);
    }
    let now = console.admin.clock.now();
    let value = console.sessions.open(holder.digest, &fresh, now);
    if let Some(draft) = carried(posted) {
        console.sessions.keep_draft(&value, draft);
    }
    tracing::info!(by = %holder.name, role = %holder.role, "console login");
    let next = local(posted.text("next"));
    Ok(leading_to(next, &visit.session_cookie.set(&value)))
}

fn refuse(console: &Console, visit: &Visit, posted: &Posted) -> Result<Response, Failed> {
    let again = |why| {
        show(&View::of(
            visit,
            posted.text("next"),
            Some(why),
            carried(posted),
        ))
    };
    if console.admin.failures.note(console.admin.clock.now()) {
        tracing::warn!("a console login with a token that is not accepted was refused");
        let why = "This token opens nothing. It may have been revoked, or replaced by another one.";
        let html = again(why)?;
        return Ok((StatusCode::UNAUTHORIZED, html).into_response());
    }
    let why = "Too many wrong tokens came in. Wait a second, then try again.";
    let html = again(why)?;
    let wait = [(RETRY_AFTER, HeaderValue::from(1_u32))];
    Ok((StatusCode::TOO_MANY_REQUESTS, wait, html).into_response())
}

/// `POST /console/logout`.
pub(in crate::console) async fn leave(
    State(console): State<Arc<Console>>,
    Extension(visit): Extension<Visit>,
    session: Session,
) -> Response {
    if let Some(person) = &visit.person {
        console.sessions.close(&person.cookie);
    }
    tracing::info!(by = %session.name, "console logout");
    leading_to(PATH, &visit.session_cookie.clear())
}

fn leading_to(path: &str, cookie: &str) -> Response {
    let mut response = see_other(path).into_response();
    // A name and hex digits always are a header's value.
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}
