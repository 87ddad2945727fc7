//! Helpers the tests of several modules share.

use crate::request::{Encoding, Postback, Request, Unreadable};

/// The secret of the page that partners integrate by.
pub(crate) const PAGE_SECRET: &str = "your_secret_key";
/// What that page's sample signs, and the signature it gets.
pub(crate) const PAGE_TEXT: &str = r#"{"amount":"50.00","clickid":"abc123def456","currency":"USD","event":"ftd","status":"approved","timestamp":1717000000}"#;
pub(crate) const PAGE_SIGN: &str =
    "017c2c700cd64ca9cc6f30bbb219bc158d12dfeb6e1695ee4938cb623ff4b71b";

pub(crate) const fn json(body: &str) -> Request<'_> {
    Request {
        encoding: Encoding::Json,
        query: b"",
        body: body.as_bytes(),
        sign_header: None,
        time_header: None,
    }
}

pub(crate) const fn form(body: &str) -> Request<'_> {
    Request {
        encoding: Encoding::Form,
        ..json(body)
    }
}

pub(crate) const fn get(query: &str) -> Request<'_> {
    Request {
        encoding: Encoding::Query,
        query: query.as_bytes(),
        ..json("")
    }
}

pub(crate) fn read<'a>(request: &Request<'a>) -> Postback<'a> {
    request.read().expect("the request is readable")
}

pub(crate) fn refusal(request: &Request<'_>) -> Unreadable {
    request.read().expect_err("the request is not readable")
}

/// Each field as `name=value`, decoded.
pub(crate) fn pairs(postback: &Postback<'_>) -> Vec<String> {
    let fields = postback.fields().iter();
    fields
        .map(|f| format!("{}={}", f.name(), f.value()))
        .collect()
}
