//! A JSON body, read whole.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use postern_protocol::mistakes::Mistakes;
use serde::de::DeserializeOwned;

use super::Admin;
use super::problem::{Kind, Problem};
use super::router::MAX_BODY_BYTES;

/// The body of a request, as JSON.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<Arc<Admin>> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, admin: &Arc<Admin>) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            let detail = "send `Content-Type: application/json`";
            return Err(Problem::new(Kind::UnsupportedMediaType, detail));
        }
        let bytes = Bytes::from_request(request, admin).await;
        let bytes = bytes.map_err(|rejection| {
            if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                let detail = format!("a body has at most {MAX_BODY_BYTES} bytes");
                return Problem::new(Kind::BodyTooLarge, detail);
            }
            invalid("broke off; send it again")
        })?;
        serde_json::from_slice(&bytes)
            .map(Self)
            .map_err(|error| invalid(&error.to_string()))
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let given = headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let media = given.and_then(|text| text.split(';').next());
    media.is_some_and(|media| media.trim().eq_ignore_ascii_case("application/json"))
}

fn invalid(message: &str) -> Problem {
    let mut mistakes = Mistakes::default();
    mistakes.add("body", message);
    Problem::invalid(&mistakes)
}
