//! A recorded request, for people. What strangers wrote cannot move the cursor.

use postern_protocol::request::{Encoding, Field, Request, body_encoding};

use crate::report::sheet::printable;
use crate::store::DeliveryRecord;

/// The request as it came; what is no text is replaced.
pub(super) fn as_it_came(delivery: &DeliveryRecord) -> Vec<String> {
    let text = |bytes: &[u8]| printable(&String::from_utf8_lossy(bytes));
    let mut lines = vec![format!(
        "raw {} ?{}",
        delivery.method,
        text(&delivery.query)
    )];
    if let Some(content_type) = &delivery.content_type {
        lines.push(format!("raw content-type {}", printable(content_type)));
    }
    if !delivery.body.is_empty() {
        lines.push(format!("raw body {}", text(&delivery.body)));
    }
    lines
}

/// Its fields with the values as sent, but for the signature.
pub(super) fn fields(delivery: &DeliveryRecord) -> Vec<String> {
    let read = encoding(delivery).and_then(|encoding| {
        let request = Request {
            encoding,
            query: &delivery.query,
            body: &delivery.body,
            sign_header: None,
            time_header: None,
        };
        let postback = request.read().ok()?;
        let sent = postback.fields().iter().filter(|it| it.name() != "sign");
        Some(sent.map(field).collect())
    });
    // Every recorded delivery could be read when it came; another version may have read it.
    read.unwrap_or_else(|| vec!["cannot be read again as fields: see --raw".to_owned()])
}

fn field(field: &Field<'_>) -> String {
    printable(&format!("{} = {}", field.name(), field.value()))
}

fn encoding(delivery: &DeliveryRecord) -> Option<Encoding> {
    let content_type = delivery.content_type.as_deref().map(str::as_bytes);
    match delivery.method.as_str() {
        "GET" => Some(Encoding::Query),
        _ => body_encoding(content_type, None).ok(),
    }
}
