//! What a recorded request says, field by field.

use postern_protocol::request::{Encoding, Request, body_encoding};

use crate::store::DeliveryRecord;

/// The fields of a delivery, each a name and its value as sent, without the signature. `None` where
/// this version cannot read it again: another one may have read it.
#[must_use]
pub fn sent_fields(delivery: &DeliveryRecord) -> Option<Vec<(String, String)>> {
    let request = Request {
        encoding: encoding(delivery)?,
        query: &delivery.query,
        body: &delivery.body,
        sign_header: None,
        time_header: None,
    };
    let postback = request.read().ok()?;
    let sent = postback.fields().iter().filter(|it| it.name() != "sign");
    let pairs = sent.map(|it| (it.name().to_owned(), it.value().to_owned()));
    Some(pairs.collect())
}

fn encoding(delivery: &DeliveryRecord) -> Option<Encoding> {
    let content_type = delivery.content_type.as_deref().map(str::as_bytes);
    match delivery.method.as_str() {
        "GET" => Some(Encoding::Query),
        _ => body_encoding(content_type, None).ok(),
    }
}
