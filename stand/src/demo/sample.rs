//! One postback of the demo: what is sent, from where, and how it is signed.

use std::net::IpAddr;

use postern_protocol::request::{EVENT_PATH, Encoding, Request};
use postern_protocol::sign::{Form, Secret, sign};

/// A postback that is ready to be sent.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    /// What it shows, for people.
    pub(crate) title: &'static str,
    /// The address it is sent from.
    pub(crate) from: IpAddr,
    /// `X-RS-Source`, where the partner is named so.
    pub(crate) source: Option<&'static str>,
    /// What follows the path, `?` included; empty for none.
    pub(crate) query: String,
    /// JSON; without it, it is a GET.
    pub(crate) body: Option<String>,
    /// What it may be answered with: status, and verdict or the refusal's code.
    pub(crate) expected: &'static [(u16, &'static str)],
}

impl Sample {
    /// The request line's two first words, for people.
    pub(crate) fn target(&self) -> String {
        let method = if self.body.is_some() { "POST" } else { "GET" };
        format!("{method} {EVENT_PATH}{}", self.query)
    }
}

/// The JSON object with its `sign`, which is made over the sorted members.
pub(crate) fn signed_json(fields: &str, secret: &str) -> String {
    let body = format!("{{{fields}}}");
    let request = Request {
        encoding: Encoding::Json,
        query: b"",
        body: body.as_bytes(),
        sign_header: None,
        time_header: None,
    };
    format!(
        "{{{fields},\"sign\":\"{}\"}}",
        signature(&request, Form::Json, secret)
    )
}

/// The query, `?` and `sign` included; made over the sorted parameters.
pub(crate) fn signed_query(parameters: &str, secret: &str) -> String {
    let request = Request {
        encoding: Encoding::Query,
        query: parameters.as_bytes(),
        body: b"",
        sign_header: None,
        time_header: None,
    };
    format!(
        "?{parameters}&sign={}",
        signature(&request, Form::Params, secret)
    )
}

fn signature(request: &Request<'_>, form: Form, secret: &str) -> String {
    let made = || {
        let postback = request.read().ok()?;
        sign(&Secret::parse(secret).ok()?, form, request, &postback)
    };
    made().expect("the demo's own postbacks are well-formed: its tests sign each of them")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_sample_has_the_pages_signature() {
        let fields = r#""clickid":"abc123def456","event":"ftd","status":"approved","amount":"50.00","currency":"USD","timestamp":1717000000"#;
        let signed = signed_json(fields, "your_secret_key");
        assert!(
            signed.contains("017c2c700cd64ca9cc6f30bbb219bc158d12dfeb6e1695ee4938cb623ff4b71b"),
            "{signed}"
        );
    }

    #[test]
    fn the_pages_query_is_signed_as_it_was_meant() {
        let (mangled, meant) = (
            "amount=50.00¤cy=USD&clickid=x",
            "amount=50.00&currency=USD&clickid=x",
        );
        let sign = |query| {
            signed_query(query, "your_secret_key")
                .rsplit('=')
                .next()
                .map(str::to_owned)
        };
        assert_eq!(sign(mangled), sign(meant));
    }
}
