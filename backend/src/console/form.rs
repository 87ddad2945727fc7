//! What a form has sent. It is read and proved to be ours before any page sees it.
//!
//! Two proofs: the browser says that the form stood on our own page (`Origin`, `Sec-Fetch-Site`), and
//! the form carries a token that only a page of this very session shows. At the login there need be no
//! session yet; the first proof alone keeps others from logging somebody in under their name.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest as _, FromRequestParts, Request};
use axum::http::header::{CONTENT_TYPE, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use subtle::ConstantTimeEq as _;
use tokio::time::timeout;

use super::Console;
use super::failure::Failed;
use super::partners;
use super::review;
use super::session::{Draft, login};
use super::visit::Visit;

/// The longest form. The longest is a pasted request, percent-encoded.
pub(super) const MAX_FORM_BYTES: usize = 256 * 1024;

/// How long a form may take to come in: who has not logged in yet sends one too.
const FORM_WITHIN: Duration = Duration::from_secs(10);

/// The field in which a form carries its session's token.
const CSRF_FIELD: &str = "csrf";

/// By this, browsers say whose page sent a request.
const FETCH_SITE: &str = "sec-fetch-site";

/// The fields of a form that is proved to be ours.
#[derive(Clone)]
pub(super) struct Posted(Arc<Vec<(String, String)>>);

impl Posted {
    /// A field's text; empty where it was not sent.
    pub(super) fn text(&self, name: &str) -> &str {
        let mut fields = self.0.iter();
        let found = fields.find(|(given, _)| given == name);
        found.map_or("", |(_, value)| value)
    }

    /// A field's lines: browsers send each line end as two characters.
    pub(super) fn lines(&self, name: &str) -> String {
        self.text(name).replace("\r\n", "\n")
    }
}

impl FromRequestParts<Arc<Console>> for Posted {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Console>) -> Result<Self, Failed> {
        // The guard has put it there, at every POST.
        let posted = parts.extensions.get::<Self>();
        posted.cloned().ok_or(Failed::NotAForm)
    }
}

/// Reads a form, and gives the request on with its fields.
pub(super) async fn take(visit: &Visit, request: Request) -> Result<Request, Failed> {
    let (mut parts, posted) = read(request).await?;
    // Somebody may log in by a page that was opened before another login.
    let person = visit
        .person
        .as_ref()
        .filter(|_| parts.uri.path() != login::PATH);
    if let Some(person) = person {
        let given = posted.text(CSRF_FIELD).as_bytes();
        if !bool::from(given.ct_eq(person.csrf.as_bytes())) {
            return Err(Failed::StaleForm);
        }
    }
    parts.extensions.insert(posted);
    Ok(Request::from_parts(parts, axum::body::Body::empty()))
}

/// Why somebody who is not logged in is shown no page. Who was sending a form then may have written or
/// pasted something: it is read, so that it is not lost, and nothing is done.
pub(super) async fn signed_out(request: Request) -> Failed {
    let path = request.uri().path().to_owned();
    let is_written = [review::PATH, partners::PATH]
        .iter()
        .any(|area| path.starts_with(area));
    if request.method() != Method::POST || !is_written {
        return Failed::SignedOut;
    }
    match read(request).await {
        Ok((_, posted)) => match Draft::of(&path, &posted) {
            Some(draft) => Failed::Interrupted(draft),
            None => Failed::FormTooLarge,
        },
        Err(failed) => failed,
    }
}

/// The fields of a form from a page of ours.
async fn read(request: Request) -> Result<(Parts, Posted), Failed> {
    is_from_our_page(request.headers())?;
    if !is_form(request.headers()) {
        return Err(Failed::NotAForm);
    }
    let (parts, body) = request.into_parts();
    let body = Request::from_parts(parts.clone(), body);
    let read = timeout(FORM_WITHIN, Bytes::from_request(body, &()));
    let bytes = read.await.map_err(|_| Failed::TooSlow)?;
    let bytes = bytes.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Failed::FormTooLarge,
        _ => Failed::NotAForm,
    })?;
    let fields = form_urlencoded::parse(&bytes).into_owned().collect();
    Ok((parts, Posted(Arc::new(fields))))
}

/// An `Origin` is ours, or the request would not be here. A browser that says neither is none that
/// we could trust.
fn is_from_our_page(headers: &HeaderMap) -> Result<(), Failed> {
    let site = headers.get(FETCH_SITE).map(|it| it.as_bytes());
    match (site, headers.contains_key(ORIGIN)) {
        (Some(b"same-origin"), _) | (None, true) => Ok(()),
        _ => Err(Failed::ForeignForm),
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let given = headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let media = given.and_then(|text| text.split(';').next());
    media.is_some_and(|media| {
        media
            .trim()
            .eq_ignore_ascii_case("application/x-www-form-urlencoded")
    })
}
