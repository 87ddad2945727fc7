//! Who gets in. Asked before anything of a request is read, in this order: was it meant for us
//! ([`host`]), and whose token does it carry ([`bearer`]). Which role it takes, each endpoint says
//! ([`caller`]); without a word of it, every one is enough.

mod bearer;
mod caller;
mod host;
mod failures;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

pub(super) use caller::{Administrator, Caller, Reviewer};
#[cfg(test)]
pub(crate) use failures::FAILURE_BURST;
pub(super) use failures::Failures;
pub(crate) use host::{Stranger, called as called_host, check as check_host};

use super::Admin;
use super::problem::{Kind, Problem};

/// The longest query. The longest filters fit many times.
pub(crate) const MAX_QUERY_BYTES: usize = 4_096;

/// Lets a request through to its endpoint, or says why not.
pub(super) async fn guard(
    State(admin): State<Arc<Admin>>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = match admit(&admin, &request) {
        Ok(caller) => serve(caller, request, next).await,
        Err(problem) => problem.into_response(),
    };
    let headers = response.headers_mut();
    // What is shown is for the one who asked, and is what it says it is.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// Who asked what stands in the log, without the query: that may name clicks.
async fn serve(caller: Caller, mut request: Request, next: Next) -> Response {
    let by = caller.name.clone();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    request.extensions_mut().insert(caller);
    let response = next.run(request).await;
    let status = response.status().as_u16();
    tracing::info!(%by, %method, path, status, "admin request");
    response
}

fn admit(admin: &Admin, request: &Request) -> Result<Caller, Problem> {
    host::check(request, &admin.hosts)?;
    let tokens = admin.tokens.borrow().clone();
    let Some(holder) = bearer::token(request.headers()).and_then(|token| tokens.who(token)) else {
        return Err(failed(admin));
    };
    if request.uri().query().unwrap_or_default().len() > MAX_QUERY_BYTES {
        let detail = format!("a query has at most {MAX_QUERY_BYTES} bytes");
        return Err(Problem::new(Kind::QueryTooLong, detail));
    }
    Ok(Caller {
        name: holder.name.clone(),
        role: holder.role,
    })
}

/// A good token always passes, so that nobody can lock others out by sending wrong ones. What is
/// bounded is how often a wrong one is answered and logged in full.
fn failed(admin: &Admin) -> Problem {
    if admin.failures.note(admin.clock.now()) {
        tracing::warn!("an admin request without a token that is accepted was refused");
        Problem::new(
            Kind::Unauthorized,
            "send `Authorization: Bearer TOKEN`; `postern admin token NAME` makes a token",
        )
    } else {
        Problem::new(
            Kind::TooManyFailures,
            "send a token that is accepted, or wait for `Retry-After`",
        )
    }
}
