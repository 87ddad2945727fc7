//! The signature doctor at the edge: explains to a partner why its signature does not fit, at a path of its own.
//!
//! Who may ask is decided as for a postback: a partner that is named, from an address of its own, with its client
//! certificate where it has one. A bucket of its own bounds the work, which is far more than a postback's; neither the
//! partner's rate nor its failures are touched. Nothing goes on to the backend and nothing is kept. Why it cannot be used
//! to sign stands in `postern_protocol::diagnose`.

use crate::buckets::{self, Limit, Taken};
use crate::decision::{Decision, Diagnosed, Refused};
use crate::gate::{self, Gate};
use crate::headers::Headers;
use crate::host::Host;
use crate::partners::Partner;
use postern_protocol::answer::Refusal;
use postern_protocol::diagnose::{Asked, Cause, Diagnosis, Effort, diagnose};
use postern_protocol::request::{Encoding, Method, Request, UnsupportedMediaType, VERIFY_PATH};
use std::rc::Rc;

/// How often one partner may ask: a person who tries things out, and a test suite's burst. Each question is the work of
/// hundreds of postbacks, so more would be felt by other callers of the same worker.
const QUESTIONS: (u32, u32, u32) = (1, 1, 10);

/// A question that may be asked.
pub struct Patient {
    partner: Rc<Partner>,
    method: Method,
}

/// Whether a request that was refused as a postback is one for the doctor.
#[must_use]
pub fn is_asked(refused: &Refused, headers: &Headers) -> bool {
    refused.refusal == Refusal::NotFound && headers.route() == VERIFY_PATH.as_bytes()
}

/// Every check before the body is looked at.
///
/// # Errors
/// The first check that fails.
pub fn admit(gate: &Gate, host: &impl Host, headers: &Headers) -> Result<Patient, Refused> {
    let method = Method::parse(headers.method()).ok_or(Refusal::MethodNotAllowed)?;
    let (partner, _) = gate.identify(host, headers)?;
    gate::check_certificate(host, &partner).map_err(|refused| refused.by(&partner))?;
    if headers.content_length.unwrap_or(0) > gate.max_body_bytes() {
        return Err(Refused::from(gate.body_too_large()).by(&partner));
    }
    let (tokens, seconds, burst) = QUESTIONS;
    let limit = Limit::share(tokens, seconds, burst, 1);
    let refused = || Refused::from(Refusal::RateLimited).because("doctor_busy");
    match buckets::take(host, &bucket(&partner), limit, host.now()) {
        Taken::Yes => Ok(Patient { partner, method }),
        Taken::Empty { wait_nanos } => Err(refused().by(&partner).retry(wait_nanos, limit)),
        Taken::Contended => Err(refused().by(&partner).retry(1, limit)),
    }
}

/// The name of a partner's bucket. Ids hold no slash, so it is nobody else's.
fn bucket(partner: &Partner) -> String {
    format!("questions/{}", partner.id)
}

/// Looks at the whole request.
pub fn examine(host: &impl Host, headers: &Headers, patient: Patient, body: &[u8]) -> Decision {
    let Patient { partner, method } = patient;
    let (sign_header, time_header, repeated) = signed_headers(headers);
    let encoding = match method {
        Method::Get => Ok(Encoding::Query),
        Method::Post => gate::media_type(headers),
    };
    let request = encoding.map(|encoding| Request {
        encoding,
        query: headers.query(),
        body,
        sign_header,
        time_header,
    });
    let diagnosis = match repeated {
        Some(cause) => told(host, headers, &partner, request).because(cause),
        None => told(host, headers, &partner, request),
    };
    Decision::Diagnosed(Diagnosed { partner, diagnosis })
}

/// The two headers, and what is wrong when one is there several times.
fn signed_headers(headers: &Headers) -> (Option<&[u8]>, Option<&[u8]>, Option<Cause>) {
    let sign = headers.once(&headers.sign, Cause::SignRepeated);
    let time = headers.once(&headers.time, Cause::TimeRepeated);
    match (sign, time) {
        (Err(cause), time) => (None, time.unwrap_or_default(), Some(cause)),
        (Ok(sign), Err(cause)) => (sign, None, Some(cause)),
        (Ok(sign), Ok(time)) => (sign, time, None),
    }
}

fn told(
    host: &impl Host,
    headers: &Headers,
    partner: &Partner,
    request: Result<Request<'_>, UnsupportedMediaType>,
) -> Diagnosis {
    let authority = headers.first(b":authority");
    diagnose(&Asked {
        request,
        partner: &partner.id,
        keys: &partner.keys,
        forms: partner.forms,
        now: gate::seconds(host.now()),
        tolerance_seconds: partner.clock_tolerance_seconds,
        authority: authority.and_then(|host| std::str::from_utf8(host).ok()),
        user_agent: headers.first(b"user-agent"),
        effort: Effort::EDGE,
    })
}
