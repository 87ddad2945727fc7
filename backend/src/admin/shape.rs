//! Values as JSON has them, the same in every answer.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use postern_protocol::money::Money;
use postern_protocol::time::UnixSeconds;
use serde::Serialize;
use utoipa::ToSchema;

use crate::partners::{parse_time, show_time};
use crate::report::Sum;

/// A moment, RFC 3339 in UTC.
#[derive(Debug, Serialize, ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2026-01-31T12:00:00Z")]
pub(super) struct Moment(String);

impl From<UnixSeconds> for Moment {
    fn from(time: UnixSeconds) -> Self {
        Self(show_time(time))
    }
}

/// Money as reports have it too.
pub(super) fn sum(money: Money) -> Sum {
    Sum {
        currency: money.currency(),
        minor: i128::from(money.minor()),
    }
}

/// Bytes as they came.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "encoding", content = "data", rename_all = "lowercase")]
pub(super) enum Raw {
    /// They are text, and this is it.
    Utf8(String),
    /// They are not text.
    Base64(String),
}

impl From<Vec<u8>> for Raw {
    fn from(bytes: Vec<u8>) -> Self {
        String::from_utf8(bytes).map_or_else(
            |error| Self::Base64(STANDARD.encode(error.as_bytes())),
            Self::Utf8,
        )
    }
}

/// A JSON list as the store keeps it. What is none is not shown as if it were.
pub(super) fn list(text: Option<&str>) -> Vec<serde_json::Value> {
    text.and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default()
}

/// Reads a moment as people write it.
pub(crate) fn moment(text: &str) -> Result<UnixSeconds, String> {
    parse_time(text).ok_or_else(|| {
        "must be a day as 2026-01-31, or a time with its zone as 2026-01-31T12:00:00Z".to_owned()
    })
}

/// Reads one of a few words.
pub(crate) fn word<T: Copy>(
    text: &str,
    all: &[T],
    name: impl Fn(T) -> &'static str,
) -> Result<T, String> {
    let found = all.iter().copied().find(|one| name(*one) == text);
    found.ok_or_else(|| {
        let names: Vec<&str> = all.iter().copied().map(name).collect();
        format!("must be one of {}", names.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(value: impl Serialize) -> String {
        serde_json::to_string(&value).expect("JSON")
    }

    #[test]
    fn bytes_are_text_where_they_can_be() {
        assert_eq!(
            json(Raw::from(b"a=1".to_vec())),
            r#"{"encoding":"utf8","data":"a=1"}"#
        );
        let raw = Raw::from(vec![0xff, 0x00]);
        assert_eq!(json(raw), r#"{"encoding":"base64","data":"/wA="}"#);
    }

    #[test]
    fn moments_are_read_and_shown_in_utc() {
        let moment = moment("2026-01-31T01:00:00+01:00").map(Moment::from);
        assert_eq!(json(moment.expect("a time")), r#""2026-01-31T00:00:00Z""#);
        assert!(super::moment("31.1.2026").is_err());
    }
}
