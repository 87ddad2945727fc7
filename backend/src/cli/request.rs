//! A recorded request, for people. What strangers wrote cannot move the cursor.

use crate::explain::sent_fields;
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
    let Some(fields) = sent_fields(delivery) else {
        return vec!["cannot be read again as fields: see --raw".to_owned()];
    };
    let field = |(name, value)| printable(&format!("{name} = {value}"));
    fields.into_iter().map(field).collect()
}
