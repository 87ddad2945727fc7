//! `/status`: what the backend tells of itself, to whoever holds a proof token: for `postern doctor`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use postern_protocol::answer::Refusal;
use serde_json::json;

use super::event::proof_of;
use super::{App, answer};

/// Where it is asked.
pub const STATUS_PATH: &str = "/status";

pub(super) async fn show(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let admission = app.admission.borrow().clone();
    if proof_of(&headers, &admission.tokens).is_err() {
        return answer::refusal(&Refusal::Unauthorized, "");
    }
    let status = json!({
        "ok": true,
        "version": env!("CARGO_PKG_VERSION"),
        "unix_seconds": app.clock.unix_seconds().0,
        "partners": admission.agreements.len(),
    });
    answer::json(StatusCode::OK, status.to_string())
}
