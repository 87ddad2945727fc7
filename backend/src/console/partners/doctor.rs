//! `/console/partners/{id}/doctor`: the signature doctor for a request that is pasted.
//!
//! The backend has no partner's secret, so the person types one, or is told what can be said without.
//! It is held while the request is answered and nowhere else: never stored, logged or shown. That is
//! why the answer to this form is the page itself and no redirect.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Html;
use postern_protocol::diagnose::{Asked, Diagnosis, Effort, diagnose};
use postern_protocol::id::KeyId;
use postern_protocol::sign::{Key, Keyring, Secret};
use tokio::sync::Semaphore;

use super::known::Known;
use super::told::Told;
use crate::admin::query::Nothing;
use crate::console::Console;
use crate::console::failure::Failed;
use crate::console::form::Posted;
use crate::console::page::{self, Area, Page};
use crate::console::query::Query;
use crate::console::session::Session;
use crate::pasted::Pasted;

/// What a typed secret is called.
const TYPED: &str = "typed";

/// One search at a time: it may take a second of a core that bookings need.
static SEARCHING: Semaphore = Semaphore::const_new(1);

#[derive(Template)]
#[template(path = "partners/doctor.html")]
struct View {
    page: Page,
    id: String,
    request: String,
    had_secret: bool,
    /// Why nothing could be looked at.
    mistake: Option<(&'static str, String)>,
    told: Option<Told>,
}

/// The form.
pub(in crate::console) async fn show(
    State(console): State<Arc<Console>>,
    session: Session,
    Path(id): Path<String>,
    _: Query<Nothing>,
) -> Result<Html<String>, Failed> {
    let partner = Known::find(&console, &id)?;
    page::show(&view(&session, &partner))
}

/// What the doctor says of what was pasted.
pub(in crate::console) async fn look(
    State(console): State<Arc<Console>>,
    session: Session,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Html<String>, Failed> {
    let partner = Known::find(&console, &id)?;
    // Browsers send each line end as two characters; a body that was signed has one.
    let request = posted.text("request").replace("\r\n", "\n");
    let mut view = view(&session, &partner);
    view.had_secret = !posted.text("secret").is_empty();
    match keyring(posted.text("secret")) {
        Err(mistake) => view.mistake = Some(("secret", mistake)),
        Ok(keys) => match examine(&console, partner, keys, request.clone()).await? {
            Ok(told) => view.told = Some(told),
            Err(mistake) => view.mistake = Some(("request", mistake)),
        },
    }
    view.request = request;
    page::show(&view)
}

fn view(session: &Session, partner: &Known) -> View {
    View {
        page: session.page(
            Area::Partners,
            format!("Signature doctor for {}", partner.id),
        ),
        id: partner.id.to_string(),
        request: String::new(),
        had_secret: false,
        mistake: None,
        told: None,
    }
}

/// The typed secret as the only key; no key where nothing was typed.
fn keyring(typed: &str) -> Result<Keyring, String> {
    if typed.is_empty() {
        return Ok(Keyring::default());
    }
    let secret = Secret::parse(typed).map_err(|error| error.to_string())?;
    let id = KeyId::parse(TYPED).map_err(|error| error.to_string())?;
    Ok(Keyring::new(vec![Key {
        id,
        secret,
        not_before: None,
        not_after: None,
    }]))
}

/// The search reckons for up to a second, so it runs beside what serves.
async fn examine(
    console: &Console,
    partner: Known,
    keys: Keyring,
    request: String,
) -> Result<Result<Told, String>, Failed> {
    let now = console.admin.clock.unix_seconds();
    let turn = SEARCHING.acquire().await.map_err(|_| Failed::Internal)?;
    let search = tokio::task::spawn_blocking(move || {
        let _turn = turn; // until it is done, though nobody may wait for it any more
        let pasted = Pasted::read(&request).map_err(|error| error.to_string())?;
        let diagnosis = diagnosis(&pasted, &partner, &keys, now)?;
        Ok(Told::of(diagnosis, &pasted, keys.keys().is_empty()))
    });
    search.await.map_err(|error| {
        tracing::error!(panicked = error.is_panic(), "the doctor's search broke off");
        Failed::Internal
    })
}

fn diagnosis(
    pasted: &Pasted,
    partner: &Known,
    keys: &Keyring,
    now: postern_protocol::time::UnixSeconds,
) -> Result<Diagnosis, String> {
    let request = pasted.request().map_err(|error| error.to_string())?;
    Ok(diagnose(&Asked {
        request,
        partner: &partner.id,
        keys,
        forms: partner.forms(),
        now,
        tolerance_seconds: partner.tolerance_seconds(),
        authority: pasted.authority(),
        user_agent: pasted.user_agent().map(str::as_bytes),
        effort: Effort::PATIENT,
    }))
}
