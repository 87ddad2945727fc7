//! The requests the load sends: the product page's postback, filled up to 300 bytes and signed beforehand, so that
//! signing costs the load nothing while it runs. Signed here as a partner's script would do it, not with the
//! product's own code: if the two disagreed, every run would be invalid.

use std::fmt::Write;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::load::Requests;

/// Who sends, with the secret of the product page.
pub(crate) const PARTNER: &str = "partner_name";
pub(crate) const SECRET: &str = "your_secret_key";
/// Length of each body.
pub(crate) const BODY_BYTES: usize = 300;
/// Different postbacks in a pool; the load goes round.
const POOL_SIZE: usize = 1_024;

/// Where the signature stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signature {
    /// Over the raw body, in `X-RS-Sign`: what each contestant can check.
    Header,
    /// In the payload, over its sorted members, as on the product page.
    Payload,
    /// In `X-RS-Sign`, well formed and wrong.
    Forged,
}

/// Requests made beforehand, sent in turn.
pub(crate) struct Pool {
    requests: Vec<Vec<u8>>,
    at: usize,
}

impl Pool {
    pub(crate) fn new(partner: &str, signature: Signature) -> Self {
        let requests = (0..POOL_SIZE)
            .map(|number| request(partner, signature, number))
            .collect();
        Self { requests, at: 0 }
    }

    /// One request of the pool, for a single question.
    pub(crate) fn first(&self) -> &[u8] {
        &self.requests[0]
    }
}

impl Requests for Pool {
    fn next(&mut self, out: &mut Vec<u8>) {
        out.clear();
        out.extend_from_slice(&self.requests[self.at]);
        self.at = (self.at + 1) % self.requests.len();
    }
}

/// The postback with this number, as a whole HTTP/1.1 request.
pub(crate) fn request(partner: &str, signature: Signature, number: usize) -> Vec<u8> {
    let (body, header) = body(signature, number);
    post(partner, header.as_deref(), &body)
}

/// The body with this number, without a signature.
pub(crate) fn unsigned_body(number: usize) -> String {
    members(number, BODY_BYTES, "")
}

/// The body with this number, and the signature that goes into the header.
fn body(signature: Signature, number: usize) -> (String, Option<String>) {
    match signature {
        Signature::Header => {
            let body = unsigned_body(number);
            let sign = hex_hmac(body.as_bytes());
            (body, Some(sign))
        }
        Signature::Forged => {
            let body = unsigned_body(number);
            let sign = hex_hmac(b"something else");
            (body, Some(sign))
        }
        Signature::Payload => (with_sign_inside(number), None),
    }
}

/// A whole HTTP/1.1 POST to the event path.
fn post(partner: &str, sign: Option<&str>, body: &str) -> Vec<u8> {
    let mut text = format!(
        "POST /v1/event HTTP/1.1\r\nhost: postbacks.example\r\nuser-agent: partner/1.0\r\naccept: */*\r\n\
         content-type: application/json\r\nx-rs-source: {partner}\r\ncontent-length: {}\r\n",
        body.len()
    );
    if let Some(sign) = sign {
        text.push_str("x-rs-sign: ");
        text.push_str(sign);
        text.push_str("\r\n");
    }
    text.push_str("\r\n");
    text.push_str(body);
    text.into_bytes()
}

fn with_sign_inside(number: usize) -> String {
    let member = |sign: &str| format!("\"sign\":\"{sign}\",");
    let unsigned_bytes = BODY_BYTES - member(&hex_hmac(b"")).len();
    let sign = hex_hmac(members(number, unsigned_bytes, "").as_bytes());
    members(number, BODY_BYTES, &member(&sign))
}

/// A flat JSON object with sorted, compact members, filled up to `length` bytes in `sub_id_2`.
fn members(number: usize, length: usize, sign: &str) -> String {
    let start = format!(
        "{{\"amount\":\"50.00\",\"clickid\":\"bench-{number:08}\",\"currency\":\"USD\",\"event\":\"ftd\",\"geo\":\"DE\",\
         \"payment_method\":\"card\",{sign}\"status\":\"approved\",\"sub_id_1\":\"fb_de_001\",\"sub_id_2\":\""
    );
    let end = "\",\"timestamp\":1717000000}";
    let filling = "p".repeat(length - start.len() - end.len());
    format!("{start}{filling}{end}")
}

fn hex_hmac(message: &[u8]) -> String {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(message);
    mac.finalize()
        .into_bytes()
        .iter()
        .fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body_of(request: &[u8]) -> &str {
        let text = std::str::from_utf8(request).expect("text");
        text.split_once("\r\n\r\n").expect("a body").1
    }

    #[test]
    fn the_signature_is_the_known_answer_of_the_product_page() {
        let page = br#"{"amount":"50.00","clickid":"abc123def456","currency":"USD","event":"ftd","status":"approved","timestamp":1717000000}"#;
        assert_eq!(
            hex_hmac(page),
            "017c2c700cd64ca9cc6f30bbb219bc158d12dfeb6e1695ee4938cb623ff4b71b"
        );
    }

    #[test]
    fn each_body_has_the_same_length() {
        for signature in [Signature::Header, Signature::Payload, Signature::Forged] {
            let pool = Pool::new(PARTNER, signature);
            assert!(
                pool.requests
                    .iter()
                    .all(|one| body_of(one).len() == BODY_BYTES)
            );
        }
    }

    #[test]
    fn the_pool_does_not_repeat_itself_before_its_end() {
        let mut pool = Pool::new(PARTNER, Signature::Header);
        let (mut first, mut second) = (Vec::new(), Vec::new());
        pool.next(&mut first);
        pool.next(&mut second);
        assert_ne!(first, second);
    }

    #[test]
    fn a_sign_inside_covers_the_members_without_it() {
        let text = with_sign_inside(7);
        let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let sign = value["sign"].as_str().expect("a sign");
        let unsigned = text.replace(&format!("\"sign\":\"{sign}\","), "");
        assert_eq!(sign, hex_hmac(unsigned.as_bytes()));
    }
}
