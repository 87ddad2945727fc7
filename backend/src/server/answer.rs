//! What goes back over the wire.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use postern_protocol::answer::{Acceptance, Refusal};
use postern_protocol::event::NotAnEvent;
use serde_json::value::RawValue;

use crate::delivery::Delivery;
use crate::ledger::Entry;
use crate::writer::Recorded;

/// After how many seconds a sender does well to try again. A lock or a restart is over by then.
const RETRY_AFTER_SECONDS: u32 = 5;

/// The answer to a delivery that is durable: 200, or 422 where its fields are wrong.
pub(super) fn recorded(recorded: &Recorded) -> Response {
    let Recorded {
        delivery,
        entry,
        outlook,
    } = recorded;
    let test = outlook.as_deref();
    let mut id = uuid::Uuid::encode_buffer();
    let id = entry.answer_id.hyphenated().encode_lower(&mut id);
    match &delivery.event {
        // A repeat of what was booked is a duplicate, even if today's settings would refuse it.
        Err(NotAnEvent::Invalid(fields)) if !crate::ledger::is_booked(entry.verdict) => {
            let body = Refusal::Invalid.body_with_fields(&delivery.request_id, id, fields, test);
            json(StatusCode::UNPROCESSABLE_ENTITY, body)
        }
        _ => json(StatusCode::OK, acceptance(delivery, entry, id, test)),
    }
}

fn acceptance(delivery: &Delivery, entry: &Entry, id: &str, test: Option<&RawValue>) -> String {
    let flags: Vec<String> = entry.flags.iter().map(ToString::to_string).collect();
    let mut warnings = delivery.warnings.clone();
    if let Err(NotAnEvent::Doubtful(doubts)) = &delivery.event {
        warnings.extend(doubts.iter().map(ToString::to_string));
    }
    Acceptance {
        result: entry.verdict,
        id,
        first_result: entry.first_result,
        flags: &flags,
        warnings: &warnings,
        test,
    }
    .body()
}

/// The answer to a request that was not recorded.
pub(super) fn refusal(refusal: &Refusal, request_id: &str) -> Response {
    let status =
        StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = json(status, refusal.body(request_id));
    let headers = response.headers_mut();
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS));
    }
    response
}

pub(super) fn json(status: StatusCode, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}
