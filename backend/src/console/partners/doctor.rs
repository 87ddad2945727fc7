//! `/console/partners/{id}/doctor`: the signature doctor for a request that is pasted.
//!
//! The backend has no partner's secret, so the person types those that may have signed ([`typed`]), or is
//! told what can be said without. They are held while the request is answered and nowhere else: never stored, logged or
//! shown. That is why the answer to this form is the page itself and no redirect.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Html;
use postern_protocol::diagnose::{Asked, Diagnosis, Effort, diagnose};
use postern_protocol::sign::Keyring;
use tokio::sync::Semaphore;

use super::PATH;
use super::known::Known;
use super::told::Told;
use super::typed::{self, Field};
use crate::admin::query::Nothing;
use crate::console::Console;
use crate::console::failure::Failed;
use crate::console::form::Posted;
use crate::console::page::{self, Area, Page};
use crate::console::query::Query;
use crate::console::session::Session;
use crate::pasted::Pasted;

/// One search at a time: it may take a second of a core that bookings need.
static SEARCHING: Semaphore = Semaphore::const_new(1);

#[derive(Template)]
#[template(path = "partners/doctor.html")]
struct View {
    page: Page,
    id: String,
    request: String,
    /// Whether the request was pasted before the login.
    is_kept: bool,
    /// Where each of its secrets is typed.
    secrets: Vec<Field>,
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
    let mut view = view(&console, &session, &partner);
    if let Some(draft) = session.takes_draft(&console, &path(&partner)) {
        view.request = draft.request;
        view.is_kept = true;
    }
    page::show(&view)
}

/// What the doctor says of what was pasted.
pub(in crate::console) async fn look(
    State(console): State<Arc<Console>>,
    session: Session,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Html<String>, Failed> {
    let partner = Known::find(&console, &id)?;
    // A body that was signed has one character for each line end.
    let request = posted.lines("request");
    let mut view = view(&console, &session, &partner);
    let keys = typed::keyring(&partner, &posted);
    view.had_secret = !matches!(&keys, Ok(keys) if keys.keys().is_empty());
    match keys {
        Err(mistake) => view.mistake = Some(("secret", mistake)),
        Ok(keys) => match examine(&console, partner, keys, request.clone()).await? {
            Ok(told) => view.told = Some(told),
            Err(mistake) => view.mistake = Some(("request", mistake)),
        },
    }
    view.request = request;
    page::show(&view)
}

fn path(partner: &Known) -> String {
    format!("{PATH}/{}/doctor", partner.id)
}

fn view(console: &Console, session: &Session, partner: &Known) -> View {
    View {
        page: session.page(
            Area::Partners,
            format!("Signature doctor for {}", partner.id),
        ),
        id: partner.id.to_string(),
        request: String::new(),
        is_kept: false,
        secrets: Field::of(partner, console.admin.clock.unix_seconds()),
        had_secret: false,
        mistake: None,
        told: None,
    }
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
        let beside = pasted.beside_the_signature(partner.agreement.amount_unit);
        Ok(Told::of(diagnosis, beside, keys.keys().is_empty()))
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
