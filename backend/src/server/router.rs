//! All routes.

use std::any::Any;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::response::Response;
use axum::routing::{any, get};
use postern_protocol::answer::Refusal;
use postern_protocol::request::EVENT_PATH;
use tower_http::catch_panic::CatchPanicLayer;

use super::{App, answer, event, health, metrics, status};

pub(super) fn routes(app: Arc<App>) -> Router {
    let max_body_bytes = app.max_body_bytes as usize;
    Router::new()
        // `any`: the handler itself refuses other methods, so that HEAD is never taken for GET.
        .route(EVENT_PATH, any(event::receive))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::show))
        .route(status::STATUS_PATH, get(status::show))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(DefaultBodyLimit::max(max_body_bytes))
        .layer(CatchPanicLayer::custom(panicked))
        .with_state(app)
}

async fn not_found() -> Response {
    answer::refusal(&Refusal::NotFound, "")
}

async fn method_not_allowed() -> Response {
    answer::refusal(&Refusal::MethodNotAllowed, "")
}

/// A panic is a defect: the log names it, the sender is told to try again. Nothing is half done,
/// since a delivery is recorded by one transaction or not at all.
fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response {
    let text = cause
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| cause.downcast_ref::<&str>().copied());
    tracing::error!(panic = text.unwrap_or("no text"), "a handler panicked");
    answer::refusal(&Refusal::Internal, "")
}
