//! What goes back when something is wrong: problem details by RFC 9457.
//!
//! Each kind has a type that never changes, so that programs can tell them apart, and a detail for
//! people that says what to do. Causes stay in our log.

use std::collections::BTreeMap;

use axum::Json;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use postern_protocol::mistakes::Mistakes;
use serde::Serialize;
use utoipa::openapi::{self, Content, Ref, RefOr, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

pub(super) use super::kind::Kind;
use crate::store::StoreError;

/// After how many seconds a client does well to try again.
const RETRY_AFTER_SECONDS: u32 = 5;

const MEDIA_TYPE: &str = "application/problem+json";

/// What stands before a kind's name in `type`.
const TYPE_PREFIX: &str = "/admin/problems/";

/// A problem on its way out.
#[derive(Debug)]
pub(super) struct Problem {
    kind: Kind,
    detail: String,
    errors: Vec<FieldError>,
}

/// Why a request was not done, by RFC 9457.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct ProblemBody {
    /// Which kind of problem it is; stable, made to be compared.
    #[schema(example = "/admin/problems/invalid")]
    r#type: String,
    /// The kind in words.
    title: &'static str,
    /// The HTTP status.
    #[schema(example = 400)]
    status: u16,
    /// What happened here, and what to do.
    detail: String,
    /// Each parameter or field that is wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<FieldError>,
}

/// One parameter or field that is wrong.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FieldError {
    /// Which one.
    field: String,
    /// What is wrong, and what to write instead.
    message: String,
}

impl Problem {
    pub(super) fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            errors: Vec::new(),
        }
    }

    /// Everything that is wrong with a request, at once.
    pub(super) fn invalid(mistakes: &Mistakes) -> Self {
        let errors = mistakes.list().iter().map(|mistake| FieldError {
            field: mistake.path.clone(),
            message: mistake.message.clone(),
        });
        Self {
            kind: Kind::Invalid,
            detail: "correct what `errors` names and send it again".to_owned(),
            errors: errors.collect(),
        }
    }
}

impl From<StoreError> for Problem {
    /// The client gets a safe message, the log gets the cause.
    fn from(error: StoreError) -> Self {
        if matches!(error, StoreError::TooLong | StoreError::TooManyGroups) {
            return Self::new(Kind::Invalid, error.to_string());
        }
        tracing::error!(%error, "an admin request failed");
        if matches!(error, StoreError::Unavailable(_)) {
            Self::new(
                Kind::Unavailable,
                "send it again after `Retry-After`; the backend's log has the cause",
            )
        } else {
            Self::new(
                Kind::Internal,
                "the backend's log has the cause; please report it",
            )
        }
    }
}

/// What every endpoint says of its problems in the document.
impl IntoResponses for Problem {
    fn responses() -> BTreeMap<String, RefOr<openapi::Response>> {
        let schema = Ref::from_schema_name(ProblemBody::name());
        let content = Content::new(Some(schema));
        let response = |description: &str| {
            let built = ResponseBuilder::new().description(description);
            built.content(MEDIA_TYPE, content.clone()).build().into()
        };
        BTreeMap::from([
            (
                "4XX".to_owned(),
                response("The request cannot be done as it is"),
            ),
            ("5XX".to_owned(), response("The backend cannot do it now")),
        ])
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.kind.status();
        let mut headers = HeaderMap::new();
        let body = Json(ProblemBody {
            r#type: format!("{TYPE_PREFIX}{}", self.kind.name()),
            title: self.kind.title(),
            status: status.as_u16(),
            detail: self.detail,
            errors: self.errors,
        });
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        match self.kind {
            Kind::Unauthorized => {
                let challenge = HeaderValue::from_static("Bearer realm=\"postern admin\"");
                headers.insert(WWW_AUTHENTICATE, challenge);
            }
            Kind::Unavailable | Kind::TooManyImports => {
                headers.insert(RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS));
            }
            Kind::TooManyFailures => {
                headers.insert(RETRY_AFTER, HeaderValue::from(1_u32));
            }
            _ => {}
        }
        (status, headers, body).into_response()
    }
}
