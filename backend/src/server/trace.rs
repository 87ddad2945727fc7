//! By what a request is found again: the edge's request id, and the trace it belongs to.
//!
//! The request id is the edge's own and stands in its log, in the answer and in the record. The trace
//! id comes with the W3C header `traceparent`, from the edge's tracer or from the caller, so it is a
//! label for logs and nothing else.

use axum::http::HeaderMap;

/// Set by the edge; it stands in the edge's log, in the answer and in the record.
const REQUEST_ID_HEADER: &str = "x-request-id";

/// W3C Trace Context: `<version>-<trace id>-<span id>-<flags>`, in lower-case hex.
const TRACEPARENT_HEADER: &str = "traceparent";

/// A longer request id is none of the edge's.
const MAX_REQUEST_ID_BYTES: usize = 128;

/// Hex digits of the parts of a `traceparent`.
const VERSION_DIGITS: usize = 2;
const TRACE_ID_DIGITS: usize = 32;
const SPAN_ID_DIGITS: usize = 16;
const FLAGS_DIGITS: usize = 2;

/// By what a request is found again. Each is empty where the edge gave none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Ids {
    pub(super) request_id: String,
    pub(super) trace_id: String,
}

impl Ids {
    pub(super) fn read(headers: &HeaderMap) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let request_id = text(REQUEST_ID_HEADER).filter(|id| id.len() <= MAX_REQUEST_ID_BYTES);
        // Two of them say nothing.
        let once = headers.get_all(TRACEPARENT_HEADER).iter().count() == 1;
        let trace_id = text(TRACEPARENT_HEADER).filter(|_| once).and_then(trace_id);
        Self {
            request_id: request_id.unwrap_or_default().to_owned(),
            trace_id: trace_id.unwrap_or_default().to_owned(),
        }
    }
}

/// The trace id of a well-formed `traceparent`. What a later version puts behind the flags is let be.
fn trace_id(traceparent: &str) -> Option<&str> {
    let mut parts = traceparent.split('-');
    let mut hex = |digits| {
        let part = parts.next()?;
        let fits = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        (part.len() == digits && part.bytes().all(fits)).then_some(part)
    };
    let version = hex(VERSION_DIGITS)?;
    let trace = hex(TRACE_ID_DIGITS)?;
    let span = hex(SPAN_ID_DIGITS)?;
    hex(FLAGS_DIGITS)?;
    let is_zero = |part: &str| part.bytes().all(|b| b == b'0');
    let ends = version != "00" || parts.next().is_none();
    (version != "ff" && ends && !is_zero(trace) && !is_zero(span)).then_some(trace)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    fn read(pairs: &[(&'static str, &str)]) -> Ids {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        Ids::read(&headers)
    }

    #[test]
    fn a_well_formed_traceparent_names_its_trace() {
        for good in [
            format!("00-{TRACE}-00f067aa0ba902b7-01"),
            format!("01-{TRACE}-00f067aa0ba902b7-01-more"),
        ] {
            assert_eq!(read(&[("traceparent", &good)]).trace_id, TRACE, "{good}");
        }
    }

    #[test]
    fn anything_else_names_none() {
        let zeros = "0".repeat(32);
        let upper = TRACE.to_uppercase();
        for bad in [
            String::new(),
            TRACE.to_owned(),
            format!("00-{TRACE}-00f067aa0ba902b7"),
            format!("00-{TRACE}-00f067aa0ba902b7-01-more"),
            format!("ff-{TRACE}-00f067aa0ba902b7-01"),
            format!("00-{zeros}-00f067aa0ba902b7-01"),
            format!("00-{TRACE}-0000000000000000-01"),
            format!("00-{upper}-00f067aa0ba902b7-01"),
            format!("00-{TRACE}x-00f067aa0ba902b7-01"),
        ] {
            assert_eq!(read(&[("traceparent", &bad)]).trace_id, "", "{bad}");
        }
        let good = format!("00-{TRACE}-00f067aa0ba902b7-01");
        assert_eq!(
            read(&[("traceparent", &good), ("traceparent", &good)]).trace_id,
            ""
        );
    }

    #[test]
    fn a_request_id_that_is_too_long_is_none() {
        assert_eq!(read(&[("x-request-id", "r-1")]).request_id, "r-1");
        let long = "r".repeat(MAX_REQUEST_ID_BYTES + 1);
        assert_eq!(read(&[("x-request-id", &long)]).request_id, "");
    }
}
