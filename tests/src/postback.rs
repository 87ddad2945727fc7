//! The postbacks most stories need: small, good, or bad in one way.

use crate::event::Event;
use crate::message::Message;
use crate::partner::{PARTNER, SECRET};
use crate::signing::{hmac_hex, signed_parameters};

/// A registration of the page's partner, signed over its raw body.
#[must_use]
pub fn registration(clickid: &str) -> Message {
    registration_of(PARTNER, clickid)
}

/// A registration of any partner that has the page's secret, signed over its raw body.
#[must_use]
pub fn registration_of(partner: &str, clickid: &str) -> Message {
    raw_of(partner, &Event::registration(clickid))
}

/// An event of the page's partner as a POST of JSON, signed over its raw body.
#[must_use]
pub fn raw(event: &Event) -> Message {
    raw_of(PARTNER, event)
}

fn raw_of(partner: &str, event: &Event) -> Message {
    let body = event.json();
    Message::new("POST", "/v1/event")
        .header("content-type", "application/json")
        .source(partner)
        .sign(&hmac_hex(SECRET, &body))
        .body(body)
}

/// A registration whose signature is none.
#[must_use]
pub fn forged(clickid: &str) -> Message {
    registration(clickid)
        .without("x-rs-sign")
        .sign(&"0".repeat(64))
}

/// An event of the page's partner as a GET, signed over its parameters as sent.
#[must_use]
pub fn get(event: &Event) -> Message {
    let query = signed_parameters(SECRET, event);
    Message::new("GET", format!("/v1/event?{query}")).source(PARTNER)
}

/// A signed registration whose JSON is padded with blanks to exactly `bytes`.
#[must_use]
pub fn padded(clickid: &str, bytes: usize) -> Message {
    let json = Event::registration(clickid).json();
    let body = format!("{json}{}", " ".repeat(bytes - json.len()));
    registration(clickid)
        .without("x-rs-sign")
        .sign(&hmac_hex(SECRET, &body))
        .body(body)
}
