//! `/v1/event`: takes what the edge has verified, and answers once it is recorded.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State};
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use postern_protocol::answer::{Refusal, Verdict};
use postern_protocol::id::PartnerId;
use postern_protocol::proof::{self, PROOF_HEADER, Proof, ProofTokens};
use postern_protocol::request::{Encoding, Method, SIGN_HEADER, body_encoding};
use tracing::Level;
use uuid::{NoContext, Timestamp, Uuid};

use super::errors::Refused;
use super::trace::Ids;
use super::{Admission, App, answer};
use crate::agreement::Agreement;
use crate::clock::whole_seconds;
use crate::delivery::Arrival;
use crate::writer::Recorded;

/// How long a request waits for a partner that the edge knows already; several times the period in
/// which the backend follows what was applied.
const PARTNER_WAIT: Duration = Duration::from_millis(500);

pub(super) async fn receive(State(app): State<Arc<App>>, request: Request) -> Response {
    let ids = Ids::read(request.headers());
    match take(&app, request, ids.request_id.clone()).await {
        Ok(recorded) => {
            log(&recorded, &ids);
            answer::recorded(&recorded)
        }
        Err(refused) => {
            refused.log(&ids);
            app.metrics.refused(refused.cause());
            answer::refusal(&refused.refusal(), &ids.request_id)
        }
    }
}

/// Nothing is looked at before the proof.
async fn take(app: &App, request: Request, request_id: String) -> Result<Recorded, Refused> {
    let proof = proof_of(request.headers(), &app.admission.borrow().tokens)?;
    let agreement = agreement_with(app, &proof.partner).await?;
    let arrival = arrive(app, proof, request, request_id).await?;
    let now = app.clock.now();
    let moment = Timestamp::from_unix(NoContext, now.as_secs(), now.subsec_nanos());
    let delivery = arrival.read(Uuid::new_v7(moment), whole_seconds(now), agreement)?;
    Ok(app.writer.record(delivery).await?)
}

/// One line for each delivery. What needs nobody's look stands in the edge's log and in the record
/// already, and is told here only to those who ask (`postern::delivery=debug`).
fn log(recorded: &Recorded, ids: &Ids) {
    let Recorded {
        delivery, entry, ..
    } = recorded;
    let Ids {
        request_id,
        trace_id,
    } = ids;
    let is_test = delivery.test.is_some();
    let (delivery, partner, verdict) = (delivery.id, &delivery.partner, entry.verdict.name());
    macro_rules! line {
        ($level:expr) => {
            tracing::event!(target: "postern::delivery", $level, request_id, trace_id, %delivery, %partner, verdict, is_test, "recorded")
        };
    }
    match entry.verdict {
        Verdict::Flagged | Verdict::Quarantined | Verdict::Invalid if !is_test => {
            line!(Level::INFO);
        }
        _ => line!(Level::DEBUG),
    }
}

/// Exactly one proof, with a token that is accepted.
pub(super) fn proof_of(headers: &HeaderMap, tokens: &ProofTokens) -> Result<Proof, Refused> {
    let mut given = headers.get_all(PROOF_HEADER).iter();
    let (Some(proof), None) = (given.next(), given.next()) else {
        return Err(Refused::NoProof);
    };
    Ok(proof::decode(proof.as_bytes(), tokens)?)
}

/// The edge may know a new partner a moment before the backend does: then the request waits for it.
async fn agreement_with(app: &App, partner: &PartnerId) -> Result<Arc<Agreement>, Refused> {
    let agreement = |admission: &Admission| admission.agreements.get(partner).cloned();
    if let Some(known) = agreement(&app.admission.borrow()) {
        return Ok(known);
    }
    let mut admission = app.admission.clone();
    let applied = admission.wait_for(|admission| agreement(admission).is_some());
    match tokio::time::timeout(PARTNER_WAIT, applied).await {
        Ok(Ok(admission)) => agreement(&admission),
        _ => None,
    }
    .ok_or(Refused::PartnerUnknownHere)
}

async fn arrive(
    app: &App,
    proof: Proof,
    request: Request,
    request_id: String,
) -> Result<Arrival, Refused> {
    let method = Method::parse(request.method().as_str().as_bytes())
        .ok_or(Refused::ByProtocol(Refusal::MethodNotAllowed))?;
    let headers = request.headers();
    let header = |name| {
        headers
            .get(name)
            .map(|value: &axum::http::HeaderValue| value.as_bytes())
    };
    let encoding = match method {
        Method::Get => Encoding::Query,
        Method::Post => body_encoding(header(&CONTENT_TYPE), header(&CONTENT_ENCODING))
            .map_err(|cause| Refused::ByProtocol(Refusal::UnsupportedMediaType(cause)))?,
    };
    let content_type = header(&CONTENT_TYPE).map(|it| String::from_utf8_lossy(it).into_owned());
    let sign_header = headers
        .get(SIGN_HEADER)
        .map(|value| Bytes::copy_from_slice(value.as_bytes()));
    let query = request.uri().query().unwrap_or_default().to_owned();
    Ok(Arrival {
        proof,
        request_id,
        method,
        encoding,
        content_type,
        sign_header,
        query,
        body: read_body(app, request).await?,
    })
}

async fn read_body(app: &App, request: Request) -> Result<Bytes, Refused> {
    Bytes::from_request(request, &())
        .await
        .map_err(|rejection| {
            if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                Refused::ByProtocol(Refusal::BodyTooLarge {
                    max_bytes: app.max_body_bytes,
                })
            } else {
                Refused::BodyBrokenOff
            }
        })
}
