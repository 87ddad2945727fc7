//! Every kind of problem. The names are stable: programs tell problems apart by them.

use axum::http::StatusCode;

/// A kind of problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Parameters or body are not as they must be.
    Invalid,
    /// No token, or a wrong one.
    Unauthorized,
    /// A page of another site asks.
    ForeignOrigin,
    /// The token's role is not enough.
    RoleNeeded,
    /// There is no such endpoint.
    NoSuchPath,
    /// There is no such thing.
    NotFound,
    /// The endpoint is there, but not for this method.
    MethodNotAllowed,
    /// The query is longer than it may be.
    QueryTooLong,
    /// The body is of another media type.
    UnsupportedMediaType,
    /// The click log is not the one that was begun under its name.
    OtherLog,
    /// The body is longer than it may be.
    BodyTooLarge,
    /// The flag is decided already.
    AlreadyDecided,
    /// The decision cannot be made as things are.
    Unfit,
    /// It was asked of another host.
    Misdirected,
    /// Too many wrong tokens.
    TooManyFailures,
    /// As many click logs are coming in as may.
    TooManyImports,
    /// A defect, or a row that this version does not know.
    Internal,
    /// The store is away for the moment.
    Unavailable,
}

impl Kind {
    /// The last part of `type`.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::Unauthorized => "unauthorized",
            Self::ForeignOrigin => "foreign-origin",
            Self::RoleNeeded => "role-needed",
            Self::NoSuchPath => "no-such-path",
            Self::NotFound => "not-found",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::QueryTooLong => "query-too-long",
            Self::UnsupportedMediaType => "unsupported-media-type",
            Self::OtherLog => "other-log",
            Self::BodyTooLarge => "body-too-large",
            Self::AlreadyDecided => "already-decided",
            Self::Unfit => "unfit",
            Self::Misdirected => "misdirected",
            Self::TooManyFailures => "too-many-failures",
            Self::TooManyImports => "too-many-imports",
            Self::Internal => "internal",
            Self::Unavailable => "unavailable",
        }
    }

    /// The HTTP status.
    pub(super) const fn status(self) -> StatusCode {
        match self {
            Self::Invalid => StatusCode::BAD_REQUEST,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::ForeignOrigin | Self::RoleNeeded => StatusCode::FORBIDDEN,
            Self::NoSuchPath | Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::QueryTooLong => StatusCode::URI_TOO_LONG,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::OtherLog => StatusCode::CONFLICT,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::AlreadyDecided | Self::Unfit => StatusCode::CONFLICT,
            Self::Misdirected => StatusCode::MISDIRECTED_REQUEST,
            Self::TooManyFailures | Self::TooManyImports => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The kind in words.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Invalid => "The request has mistakes",
            Self::Unauthorized => "A token is needed",
            Self::ForeignOrigin => "Another site's page may not ask",
            Self::RoleNeeded => "Another role is needed",
            Self::NoSuchPath => "No such endpoint",
            Self::NotFound => "No such thing",
            Self::MethodNotAllowed => "The endpoint does not take this method",
            Self::QueryTooLong => "The query is too long",
            Self::UnsupportedMediaType => "The body is of another media type",
            Self::OtherLog => "This is another log",
            Self::BodyTooLarge => "The body is too large",
            Self::AlreadyDecided => "Somebody was first",
            Self::Unfit => "It cannot be decided so",
            Self::Misdirected => "This is another host",
            Self::TooManyFailures => "Too many wrong tokens",
            Self::TooManyImports => "Too many click logs at once",
            Self::Internal => "A defect of ours",
            Self::Unavailable => "The store is away",
        }
    }
}
