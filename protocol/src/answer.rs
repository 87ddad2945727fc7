//! The JSON both sides answer with.
//!
//! Every refusal either side can give is one [`Refusal`], with one status and one stable code.
//! Strangers learn nothing from 401 and 403: each has one message, whatever the cause.

use std::fmt;

use serde::Serialize;

use crate::request::{SourceError, Unreadable, UnsupportedMediaType};

/// What became of a delivery whose signature was good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Booked.
    Accepted,
    /// The same as an earlier one; booked once.
    Duplicate,
    /// It changed the state of a known conversion.
    Updated,
    /// Recorded, and a person has to look at it.
    Flagged,
    /// Recorded, not booked: it holds something nobody should guess.
    Quarantined,
    /// Recorded, not booked: its fields are not valid.
    Invalid,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Self; 6] = [
        Self::Accepted,
        Self::Duplicate,
        Self::Updated,
        Self::Flagged,
        Self::Quarantined,
        Self::Invalid,
    ];

    /// The name in answers and in the ledger.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Duplicate => "duplicate",
            Self::Updated => "updated",
            Self::Flagged => "flagged",
            Self::Quarantined => "quarantined",
            Self::Invalid => "invalid",
        }
    }

    /// Reads a name as [`Verdict::name`] gives it.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.name() == name)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The answer to a delivery that is recorded, with status 200.
#[derive(Debug, Clone)]
pub struct Acceptance<'a> {
    /// What became of it.
    pub result: Verdict,
    /// The delivery's id.
    pub id: &'a str,
    /// For a duplicate, what became of the first.
    pub first_result: Option<Verdict>,
    /// For a flagged one, why.
    pub flags: &'a [String],
    /// What the partner should know, in plain words.
    pub warnings: &'a [String],
}

#[derive(Serialize)]
struct AcceptanceBody<'a> {
    ok: bool,
    result: Verdict,
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_result: Option<Verdict>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    flags: &'a [String],
    warnings: &'a [String],
}

impl Acceptance<'_> {
    /// The body as JSON. `flags` and `first_result` are left out when there are none.
    #[must_use]
    pub fn body(&self) -> String {
        json(&AcceptanceBody {
            ok: true,
            result: self.result,
            id: self.id,
            first_result: self.first_result,
            flags: self.flags,
            warnings: self.warnings,
        })
    }
}

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

#[derive(Serialize)]
struct RefusalBody<'a, F: Serialize> {
    ok: bool,
    error: &'a str,
    message: String,
    request_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    fields: &'a [F],
}

impl Refusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::SourceConflict => "source_conflict",
            Self::SourceMalformed(_) => "source_malformed",
            Self::Forbidden => "forbidden",
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

    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::SourceConflict | Self::SourceMalformed(_) | Self::Unreadable(_) => 400,
            Self::Unauthorized => 401,
            Self::Forbidden => 403,
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
            Self::Forbidden => "this caller may not post here",
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
        self.write::<()>(request_id, None, &[])
    }

    /// The body as JSON with the recorded delivery's id and each mistake in its fields.
    #[must_use]
    pub fn body_with_fields<F: Serialize>(
        &self,
        request_id: &str,
        id: &str,
        fields: &[F],
    ) -> String {
        self.write(request_id, Some(id), fields)
    }

    fn write<F: Serialize>(&self, request_id: &str, id: Option<&str>, fields: &[F]) -> String {
        json(&RefusalBody {
            ok: false,
            error: self.code(),
            message: self.message(),
            request_id,
            id,
            fields,
        })
    }
}

/// Plain structs of texts always serialise; were one ever not to, the answer still is JSON.
fn json(body: &impl Serialize) -> String {
    serde_json::to_string(body).unwrap_or_else(|_| r#"{"ok":false,"error":"internal"}"#.to_owned())
}
