//! Requests to send, and what signs them.

use super::world::{Caller, World};
use postern_protocol::request::{Encoding, Request};
use postern_protocol::sign::{Form, Secret, sign};

pub(crate) const SECRET: &str = "your_secret_key";

/// A request as it is sent.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) caller: String,
    pub(crate) certificate: String,
    pub(crate) body: Vec<u8>,
}

impl Sent {
    /// A well-signed postback of `strict` from an address of its own.
    pub(crate) fn postback() -> Sent {
        let fields = r#"{"amount":"50.00","clickid":"abc","currency":"USD","event":"ftd","status":"approved"}"#;
        Sent::json(fields).header("x-rs-sign", &signature(fields))
    }

    /// A JSON body of `strict`, not signed.
    pub(crate) fn json(body: &str) -> Sent {
        let length = body.len().to_string();
        let headers = [
            (":method", "POST"),
            (":path", "/v1/event"),
            ("content-type", "application/json"),
            ("content-length", length.as_str()),
            ("x-rs-source", "strict"),
            ("x-request-id", "the-id"),
        ];
        Sent {
            headers: headers
                .map(|(name, value)| (name.to_owned(), value.into()))
                .into(),
            caller: "192.0.2.7:5000".to_owned(),
            certificate: String::new(),
            body: body.into(),
        }
    }

    /// The same with a signature that fits nothing.
    pub(crate) fn forged() -> Sent {
        Sent::postback()
            .without("x-rs-sign")
            .header("x-rs-sign", &"0".repeat(64))
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Sent {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Sent {
        self.headers.retain(|(other, _)| other != name);
        self
    }

    pub(crate) fn instead(self, name: &str, value: &str) -> Sent {
        self.without(name).header(name, value)
    }

    pub(crate) fn from(mut self, caller: &str) -> Sent {
        self.caller = caller.to_owned();
        self
    }

    /// The same in TLS with a client certificate of this SHA-256, as Envoy tells it.
    pub(crate) fn certified(mut self, sha256: &str) -> Sent {
        self.certificate = sha256.to_owned();
        self
    }

    /// The host as this request sees it in that world.
    pub(crate) fn to<'a>(&'a self, world: &'a World) -> Caller<'a> {
        Caller {
            request: self,
            world,
        }
    }
}

/// What `strict` signs a JSON body with.
pub(crate) fn signature(body: &str) -> String {
    let request = Request {
        encoding: Encoding::Json,
        query: b"",
        body: body.as_bytes(),
        sign_header: Some(b"later"),
        time_header: None,
    };
    let postback = request.read().expect("the tests sign what can be read");
    let secret = Secret::parse(SECRET).expect("long enough");
    sign(&secret, Form::Raw, &request, &postback).expect("the raw form applies")
}
