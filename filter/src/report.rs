//! What is said about a decision: to the caller as JSON, to the access log and the second lock as filter state.

use crate::decision::{Accepted, Decision, Diagnosed, Refused, Retry};
use crate::host::NANOS_PER_SECOND;
use postern_protocol::answer::{ALLOW, Refusal};

/// When to ask again while the gate has no usable configuration, in seconds.
const MISCONFIGURED_RETRY_SECONDS: u64 = 5;

/// An answer to a caller.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Its headers.
    pub headers: Vec<(&'static str, String)>,
    /// Its body, JSON.
    pub body: String,
}

/// The filter state: `accepted;…`, `refused;…` or `diagnosed;…`. The second lock lets nothing pass that does not begin with `accepted`.
#[must_use]
pub fn filter_state(decision: &Decision) -> String {
    match decision {
        Decision::Accepted(Accepted {
            partner, key, form, ..
        }) => {
            let (partner, key, form) = (partner.id.as_str(), key.as_str(), form.name());
            let mut state = String::with_capacity(64 + partner.len() + key.len() + form.len());
            state.push_str("accepted;partner=");
            state.push_str(partner);
            state.push_str(";key=");
            state.push_str(key);
            state.push_str(";form=");
            state.push_str(form);
            state
        }
        Decision::Refused(refused) => {
            let partner = refused
                .partner
                .as_ref()
                .map_or("", |partner| partner.id.as_str());
            format!(
                "refused;partner={partner};error={};reason={}",
                refused.refusal.code(),
                refused.reason
            )
        }
        Decision::Diagnosed(Diagnosed { partner, diagnosis }) => {
            let causes: Vec<_> = diagnosis.causes.iter().map(|told| told.code).collect();
            format!(
                "diagnosed;partner={};causes={}",
                partner.id,
                causes.join(",")
            )
        }
    }
}

/// What a refused caller is answered.
#[must_use]
pub fn answer(refused: &Refused, request_id: &str) -> Answer {
    let mut headers = vec![("content-type", "application/json".to_owned())];
    match refused.refusal {
        Refusal::MethodNotAllowed => headers.push(("allow", ALLOW.to_owned())),
        Refusal::Misconfigured => {
            headers.push(("retry-after", MISCONFIGURED_RETRY_SECONDS.to_string()))
        }
        _ => {}
    }
    if let Some(retry) = refused.retry {
        headers.extend(retry_headers(retry));
    }
    Answer {
        status: refused.refusal.status(),
        headers,
        body: refused.refusal.body(request_id),
    }
}

/// What the signature doctor tells. It is about this one request, so nobody keeps it.
#[must_use]
pub fn diagnosis(diagnosed: &Diagnosed) -> Answer {
    Answer {
        status: 200,
        headers: vec![
            ("content-type", "application/json".to_owned()),
            ("cache-control", "no-store".to_owned()),
        ],
        body: diagnosed.diagnosis.to_json(),
    }
}

/// `Retry-After`, and the limit in the fields of the IETF's rate limit headers: `q` tokens in `w` seconds, of which `r`
/// are left, the next in `t` seconds.
fn retry_headers(retry: Retry) -> [(&'static str, String); 3] {
    let seconds = retry.wait_nanos.div_ceil(NANOS_PER_SECOND);
    let (quota, window) = (retry.limit.burst(), retry.limit.window_seconds());
    [
        ("retry-after", seconds.to_string()),
        ("ratelimit", format!("\"postern\";r=0;t={seconds}")),
        (
            "ratelimit-policy",
            format!("\"postern\";q={quota};w={window}"),
        ),
    ]
}
