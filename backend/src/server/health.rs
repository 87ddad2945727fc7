//! `/healthz`: the process lives. `/readyz`: a delivery sent now would be recorded.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use postern_protocol::answer::Refusal;

use super::{App, answer};

const OK: &str = r#"{"ok":true}"#;

pub(super) async fn alive() -> Response {
    answer::json(StatusCode::OK, OK.to_owned())
}

pub(super) async fn ready(State(app): State<Arc<App>>) -> Response {
    if app.stopping.load(Ordering::Relaxed) || !app.writer.is_alive() {
        return answer::refusal(&Refusal::Unavailable, "");
    }
    match app.store.probe().await {
        Ok(()) => answer::json(StatusCode::OK, OK.to_owned()),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            answer::refusal(&Refusal::Unavailable, "")
        }
    }
}
