//! Every refusal either side can give: its status, its code and its words.

use serde::Serialize;
use serde_json::value::RawValue;

use super::json;
use crate::request::{SourceError, Unreadable, UnsupportedMediaType};

/// Every refusal either side can give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Another path.
    NotFound,
    /// Another method; the answer carries [`ALLOW`].
    MethodNotAllowed,
    /// Two different partners are named.
    SourceConflict,
    /// The partner's name is no id.
    SourceMalformed(SourceError),
    /// Unknown partner or address.
    Forbidden,
    /// The partner's client certificate is missing, or is another one.
    ClientCertificate,
    /// Too many refusals from this address.
    TooManyFailures,
    /// A body longer than this many bytes.
    BodyTooLarge {
        /// The limit.
        max_bytes: u32,
    },
    /// A body that is neither JSON nor a form.
    UnsupportedMediaType(UnsupportedMediaType),
    /// The request could not be read.
    Unreadable(Unreadable),
    /// No valid signature.
    Unauthorized,
    /// More than the partner's rate.
    RateLimited,
    /// Fields that are not valid; see [`Refusal::body_with_fields`].
    Invalid,
    /// The gate has no usable configuration.
    Misconfigured,
    /// The store is away.
    Unavailable,
    /// A defect on our side.
    Internal,
}

/// The `Allow` header of 405.
pub const ALLOW: &str = "GET, POST";

/// A request that was not booked.
#[derive(Serialize)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(rename = "Refusal", extend("required" = ["ok", "error", "message"]))
)]
pub(crate) struct RefusalBody<'a, F: Serialize> {
    /// Always false.
    ok: bool,
    /// A stable code.
    error: &'a str,
    /// Which of several causes under one code, stable too.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    /// What to do about it, in plain words.
    message: String,
    /// Names the request in the logs of those who run the gate. Null or left out where it was not read far enough.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    request_id: &'a str,
    /// The delivery's id, where it was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    /// Each wrong field.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    fields: &'a [F],
    /// Of a test: that it was one.
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    test: Option<&'a RawValue>,
}

impl Refusal {
    /// One of each kind, for documents and tests.
    #[must_use]
    pub fn one_of_each() -> Vec<Self> {
        vec![
            Self::NotFound,
            Self::MethodNotAllowed,
            Self::SourceConflict,
            Self::SourceMalformed(SourceError::NotText),
            Self::Forbidden,
            Self::ClientCertificate,
            Self::TooManyFailures,
            Self::BodyTooLarge { max_bytes: 10 },
            Self::UnsupportedMediaType(UnsupportedMediaType::Type),
            Self::Unreadable(Unreadable::NoFields),
            Self::Unauthorized,
            Self::RateLimited,
            Self::Invalid,
            Self::Misconfigured,
            Self::Unavailable,
            Self::Internal,
        ]
    }

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::SourceConflict => "source_conflict",
            Self::SourceMalformed(_) => "source_malformed",
            Self::Forbidden => "forbidden",
            Self::ClientCertificate => "client_certificate",
            Self::TooManyFailures => "too_many_failures",
            Self::BodyTooLarge { .. } => "body_too_large",
            Self::UnsupportedMediaType(_) => "unsupported_media_type",
            Self::Unreadable(_) => "unreadable",
            Self::Unauthorized => "unauthorized",
            Self::RateLimited => "rate_limited",
            Self::Invalid => "invalid",
            Self::Misconfigured => "misconfigured",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
        }
    }

    /// Which of several causes under one code, stable too: [`Unreadable::code`] so far.
    #[must_use]
    pub const fn detail(&self) -> Option<&'static str> {
        match self {
            Self::Unreadable(cause) => Some(cause.code()),
            _ => None,
        }
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::SourceConflict | Self::SourceMalformed(_) | Self::Unreadable(_) => 400,
            Self::Unauthorized => 401,
            Self::Forbidden | Self::ClientCertificate => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::BodyTooLarge { .. } => 413,
            Self::UnsupportedMediaType(_) => 415,
            Self::Invalid => 422,
            Self::TooManyFailures | Self::RateLimited => 429,
            Self::Internal => 500,
            Self::Misconfigured | Self::Unavailable => 503,
        }
    }

    /// What to do about it, in plain words.
    #[must_use]
    pub fn message(&self) -> String {
        let message = match self {
            Self::NotFound => "there is nothing at this path; post to /v1/event",
            Self::MethodNotAllowed => "this method is not taken; use POST or GET",
            Self::SourceConflict => "the request names two different partners; name one",
            Self::SourceMalformed(cause) => return cause.to_string(),
            Self::Forbidden => {
                "this caller may not post here; check `X-RS-Source`, and have your address registered"
            }
            Self::ClientCertificate => {
                "this needs the TLS client certificate that is registered; send it, or have the new one registered"
            }
            Self::TooManyFailures => "too many refused requests from this address; wait and retry",
            Self::BodyTooLarge { max_bytes } => {
                return format!("the body is longer than {max_bytes} bytes; send less");
            }
            Self::UnsupportedMediaType(cause) => return cause.to_string(),
            Self::Unreadable(cause) => return cause.to_string(),
            Self::Unauthorized => "the signature is missing or not valid",
            Self::RateLimited => "more requests than agreed; wait and retry",
            Self::Invalid => "some fields are not valid; correct each and send again",
            Self::Misconfigured => "this gate is not ready; retry later",
            Self::Unavailable => "the record cannot be kept right now; retry later",
            Self::Internal => "something went wrong here; retry later",
        };
        message.to_owned()
    }

    /// The body as JSON.
    #[must_use]
    pub fn body(&self, request_id: &str) -> String {
        self.write::<()>(request_id, None, &[], None)
    }

    /// The body as JSON with the recorded delivery's id and each mistake in its fields; `test` is a
    /// JSON object that says it was a test.
    #[must_use]
    pub fn body_with_fields<F: Serialize>(
        &self,
        request_id: &str,
        id: &str,
        fields: &[F],
        test: Option<&RawValue>,
    ) -> String {
        self.write(request_id, Some(id), fields, test)
    }

    fn write<F: Serialize>(
        &self,
        request_id: &str,
        id: Option<&str>,
        fields: &[F],
        test: Option<&RawValue>,
    ) -> String {
        json(&RefusalBody {
            ok: false,
            error: self.code(),
            detail: self.detail(),
            message: self.message(),
            request_id,
            id,
            fields,
            test,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn each_refusal_has_a_code_of_its_own_and_an_error_status() {
        let mut codes = std::collections::BTreeSet::new();
        for refusal in Refusal::one_of_each() {
            assert!(
                codes.insert(refusal.code()),
                "{} is there twice",
                refusal.code()
            );
            assert!((400..=503).contains(&refusal.status()), "{refusal:?}");
            assert!(!refusal.message().is_empty());
        }
    }

    #[test]
    fn a_stranger_is_not_told_why_the_signature_does_not_count() {
        assert_eq!(
            Refusal::Unauthorized.body("r-1"),
            r#"{"ok":false,"error":"unauthorized","message":"the signature is missing or not valid","request_id":"r-1"}"#
        );
    }

    #[test]
    fn an_unreadable_request_is_told_which_cause_and_what_to_do() {
        let field = "a\"b".to_owned();
        let refusal = Refusal::Unreadable(Unreadable::DuplicateField { field });
        let body: serde_json::Value = serde_json::from_str(&refusal.body("r-1")).unwrap();
        assert_eq!(body["error"], "unreadable");
        assert_eq!(body["detail"], "duplicate_field");
        assert!(
            body["message"]
                .as_str()
                .unwrap()
                .starts_with("`a\"b` is there more than once")
        );
    }

    #[test]
    fn invalid_fields_are_listed_with_the_recorded_deliverys_id() {
        let body = Refusal::Invalid.body_with_fields("r-1", "d-1", &["amount"], None);
        assert_eq!(
            body,
            r#"{"ok":false,"error":"invalid","message":"some fields are not valid; correct each and send again","request_id":"r-1","id":"d-1","fields":["amount"]}"#
        );
    }
}
