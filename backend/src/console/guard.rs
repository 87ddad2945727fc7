//! What is asked of every request before its page, and put on every answer. A page that is added
//! under `/console` is closed to who is not logged in, and takes only forms of our own, without a
//! word of its own.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tracing::Instrument as _;

use super::assets;
use super::failure::{self, Failed};
use super::session::login;
use super::visit::Visit;
use super::{Console, form};
use crate::admin::access::{MAX_QUERY_BYTES, check_host};

/// Nothing is loaded but from us, nothing runs inside a page, and nobody frames it.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// On every answer. The referrer stays among us; `no-referrer` would have browsers send forms with
/// the origin `null`, which is nobody's.
const HEADERS: [(HeaderName, &str); 7] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    (REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// Lets a request through to its page, or shows why not.
pub(super) async fn guard(
    State(console): State<Arc<Console>>,
    request: Request,
    next: Next,
) -> Response {
    let visit = Visit::of(&console, &request);
    // Whatever is logged on the way names the request, as the page does when something breaks.
    let span = tracing::info_span!("console", request = %visit.request_id);
    answer(&console, visit, request, next)
        .instrument(span)
        .await
}

async fn answer(console: &Console, visit: Visit, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let mut response = match admit(console, &visit, request).await {
        Ok(request) => next.run(request).await,
        Err(failed) => failed.into_response(),
    };
    if let Some(failed) = response.extensions_mut().remove::<Failed>() {
        let allow = response.headers_mut().remove(ALLOW);
        response = failure::shown(&visit, &failed);
        if let Some(allow) = allow {
            response.headers_mut().insert(ALLOW, allow);
        }
    }
    harden(response.headers_mut());
    if let Some(person) = &visit.person {
        let status = response.status().as_u16();
        tracing::info!(by = %person.name, %method, path, status, "console request");
    }
    response
}

fn harden(headers: &mut HeaderMap) {
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // What is shown is for the one who asked. An asset says otherwise.
    let kept = headers.entry(CACHE_CONTROL);
    kept.or_insert(HeaderValue::from_static("no-store"));
}

async fn admit(console: &Console, visit: &Visit, mut request: Request) -> Result<Request, Failed> {
    check_host(&request, &console.admin.hosts)?;
    if request.uri().query().unwrap_or_default().len() > MAX_QUERY_BYTES {
        return Err(Failed::QueryTooLong);
    }
    if visit.person.is_none() && !is_public(request.uri().path()) {
        return Err(form::signed_out(request).await);
    }
    if request.method() == Method::POST {
        request = form::take(visit, request).await?;
    }
    request.extensions_mut().insert(visit.clone());
    Ok(request)
}

/// What is shown to who is not logged in: the way in, and what it looks like.
fn is_public(path: &str) -> bool {
    path == "/" || path == login::PATH || path.starts_with(assets::PREFIX)
}
