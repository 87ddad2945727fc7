//! What the backend bench sends: each delivery a first deposit, new, with a click of its own that the store knows,
//! paid by CPA and a share, with the proof as the gate would have set it.
//!
//! Clicks are numbered, and the numbers scattered: a partner's click ids come in no order, so neither may ours, or
//! every index would grow at its end only, which costs nothing.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Arc;

use axum::body::Bytes;
use postern::agreement::Agreement;
use postern::delivery::{Arrival, Delivery};
use postern::partners::applied;
use postern_protocol::id::{IdError, KeyId, PartnerId};
use postern_protocol::proof::{self, PROOF_HEADER, Proof, ProofTokens};
use postern_protocol::request::{Encoding, Method};
use postern_protocol::sign::Form;
use postern_protocol::time::UnixSeconds;
use uuid::Uuid;

use crate::load::Requests;
use crate::postbacks::{PARTNER, Signature, request, unsigned_body};

/// The gate's id of every request; it names no two apart here.
const REQUEST_ID: &str = "00000000-0000-4000-8000-000000000000";
/// When deliveries without HTTP are said to have come; any time will do.
pub(crate) const RECEIVED_AT: UnixSeconds = UnixSeconds(1_717_000_000);
/// When their clicks happened: before the deposits, well within the attribution window.
pub(super) const CLICKED_AT: i64 = 1_716_990_000;

/// The partner's terms, below its other settings: both kinds of payout.
pub(super) const TERMS: &str = "\
[[partner.terms]]
from = 2024-01-01
hold_days = 14
min_deposit = [\"20.00 USD\"]
[partner.terms.cpa]
ftd = \"100.00 USD\"
geo.DE = { ftd = \"150.00 EUR\" }
[partner.terms.revshare]
percent = \"25\"
carry_over = true
";

/// How many different clicks can be sent. As many again lie between them, for what is stored before a run.
pub(crate) const MOST_CLICKS: usize = 50_000_000;
/// Has no divisor in common with [`MOST_CLICKS`], so that no click comes twice.
const STRIDE: usize = 30_902_017;

/// Digits of a click's number, as [`request`] writes it.
pub(super) const DIGITS: usize = 8;
/// What stands before them.
pub(crate) const CLICK_PREFIX: &str = "bench-";
/// In each answer to a delivery that was booked.
pub(super) const MARKER: &[u8] = b"\"result\":\"accepted\"";

/// The number in the click of delivery `number`: an odd one.
const fn scattered(number: usize) -> usize {
    number % MOST_CLICKS * STRIDE % MOST_CLICKS * 2 + 1
}

/// The number in the click of stored delivery `number` of `count`: an even one, evenly spread among those sent.
pub(crate) const fn spread(number: usize, count: usize) -> usize {
    number * (MOST_CLICKS / count) * 2
}

/// One request after the other, alike but for the click's number.
pub(super) struct Deliveries {
    request: Vec<u8>,
    digits_at: usize,
    next: usize,
}

impl Deliveries {
    /// Requests with this value of the proof header, from number `first` on.
    pub(super) fn new(proof: &str, first: usize) -> Result<Self, String> {
        let plain = request(PARTNER, Signature::Header, 0);
        let proof = format!("{PROOF_HEADER}: {proof}\r\nx-request-id: {REQUEST_ID}\r\n");
        let head_end = position(&plain, b"content-type:")?;
        let request = [&plain[..head_end], proof.as_bytes(), &plain[head_end..]].concat();
        let digits_at = position(&request, CLICK_PREFIX.as_bytes())? + CLICK_PREFIX.len();
        Ok(Self {
            request,
            digits_at,
            next: first,
        })
    }
}

impl Requests for Deliveries {
    fn next(&mut self, out: &mut Vec<u8>) {
        let mut rest = scattered(self.next);
        for digit in self.request[self.digits_at..][..DIGITS].iter_mut().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        self.next += 1;
        out.clear();
        out.extend_from_slice(&self.request);
    }
}

/// The click of delivery `number`.
pub(super) fn click(number: usize) -> String {
    format!("{CLICK_PREFIX}{:0DIGITS$}", scattered(number))
}

/// The proof header's value, with the first token of a proof file.
pub(super) fn proof(proof_file: &str) -> Result<String, String> {
    let words = |error: &dyn std::fmt::Display| format!("The proof cannot be made: {error}");
    let tokens = ProofTokens::parse_lines(proof_file).map_err(|error| words(&error))?;
    let token = tokens.tokens().first().ok_or("The proof file is empty.")?;
    let partner = PartnerId::parse(PARTNER).map_err(|error| words(&error))?;
    let key = KeyId::parse("k1").map_err(|error| words(&error))?;
    let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
    Ok(proof::encode(token, &partner, &key, Form::Raw, address))
}

/// What the backend knows of the partner, from the folder where it was applied.
pub(crate) fn agreement(folder: &Path) -> Result<Arc<Agreement>, String> {
    let file = folder.join("partners.applied.json");
    let agreements = applied::load(&file).map_err(|error| error.to_string())?;
    let partner = PartnerId::parse(PARTNER).map_err(|error| error.to_string())?;
    let agreement = agreements.as_ref().and_then(|it| it.get(&partner)).cloned();
    agreement.ok_or_else(|| format!("{} does not know {PARTNER}", file.display()))
}

/// The delivery with this number, as the server hands it to the writer.
pub(super) fn handed_in(number: usize, agreement: &Arc<Agreement>) -> Result<Delivery, String> {
    of_click(scattered(number), Uuid::now_v7(), RECEIVED_AT, agreement)
}

/// The delivery about the click with this number in its name.
pub(crate) fn of_click(
    number: usize,
    id: Uuid,
    received_at: UnixSeconds,
    agreement: &Arc<Agreement>,
) -> Result<Delivery, String> {
    let words = |error: IdError| error.to_string();
    let arrival = Arrival {
        proof: Proof {
            partner: PartnerId::parse(PARTNER).map_err(words)?,
            key: KeyId::parse("k1").map_err(words)?,
            form: Form::Raw,
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        },
        request_id: REQUEST_ID.to_owned(),
        method: Method::Post,
        encoding: Encoding::Json,
        content_type: Some("application/json".to_owned()),
        sign_header: Some(Bytes::from_static(&[b'0'; 64])),
        query: String::new(),
        body: Bytes::from(unsigned_body(number)),
    };
    arrival
        .read(id, received_at, agreement.clone())
        .map_err(|error| format!("The delivery cannot be read: {error:?}"))
}

fn position(text: &[u8], part: &[u8]) -> Result<usize, String> {
    text.windows(part.len())
        .position(|window| window == part)
        .ok_or_else(|| format!("The request has no {}", String::from_utf8_lossy(part)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_without_http_names_the_same_click_and_says_something() {
        let delivery = handed_in(7, &Arc::default()).expect("a delivery");
        assert_eq!(delivery.clickid, click(7));
        assert!(delivery.event.is_ok(), "{:?}", delivery.event);
    }

    #[test]
    fn clicks_that_are_sent_and_stored_are_all_different() {
        let mut numbers = std::collections::HashSet::new();
        let sent = (0..20_000).map(scattered);
        let stored = (0..20_000).map(|number| spread(number, 20_000));
        assert!(sent.chain(stored).all(|number| numbers.insert(number)));
        assert!(numbers.iter().all(|number| *number < MOST_CLICKS * 2));
        assert_eq!(spread(MOST_CLICKS - 1, MOST_CLICKS), MOST_CLICKS * 2 - 2);
    }

    #[test]
    fn each_delivery_names_the_next_click_and_carries_the_proof() {
        let mut deliveries = Deliveries::new("token=x", 0).expect("requests");
        let mut request = Vec::new();
        for number in 0..=10 {
            deliveries.next(&mut request);
            let text = std::str::from_utf8(&request).expect("text");
            assert!(text.contains(&format!("\"{}\"", click(number))), "{text}");
            assert!(text.contains("x-postern-proof: token=x\r\n"), "{text}");
        }
    }
}
