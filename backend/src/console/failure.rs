//! What is shown when something is wrong: a plain page that says what, and what to do. Causes stay in
//! our log, under the request's id.

use askama::Template;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use postern_protocol::mistakes::Mistakes;

use super::page::{Page, see_other, show};
use super::session::{Draft, login};
use super::visit::Visit;
use crate::admin::Role;
use crate::admin::access::Stranger;
use crate::store::StoreError;

/// After how many seconds it may work again, where the store is away.
const RETRY_AFTER_SECONDS: u32 = 5;

/// Why a page is not shown.
#[derive(Debug, Clone)]
pub(super) enum Failed {
    /// Nobody is logged in, or not any more.
    SignedOut,
    /// The same, found while something was being done; what had been written.
    Interrupted(Draft),
    /// The role is not enough.
    RoleNeeded {
        needed: Role,
        has: Role,
    },
    /// There is no such page.
    NoSuchPage,
    /// There is no such thing; what it is said to be.
    NotFound(String),
    /// The page does not take this method.
    NoSuchMethod,
    /// Parameters or fields that are wrong, with what is.
    Invalid(Vec<(String, String)>),
    /// It cannot be done as things are; why.
    Unfit(String),
    /// It was not meant for us.
    Stranger(Stranger),
    /// The form stood on no page of ours.
    ForeignForm,
    /// The form is from another session.
    StaleForm,
    /// The body is no form.
    NotAForm,
    FormTooLarge,
    /// The form did not come in time.
    TooSlow,
    QueryTooLong,
    /// The store is away.
    Unavailable,
    /// A defect.
    Internal,
}

impl Failed {
    /// Everything that is wrong with what was asked, at once.
    pub(super) fn invalid(mistakes: &Mistakes) -> Self {
        let pairs = mistakes.list().iter();
        Self::Invalid(
            pairs
                .map(|it| (it.path.clone(), it.message.clone()))
                .collect(),
        )
    }

    const fn status(&self) -> StatusCode {
        match self {
            Self::SignedOut => StatusCode::SEE_OTHER,
            Self::Interrupted(_) => StatusCode::UNAUTHORIZED,
            Self::RoleNeeded { .. } | Self::ForeignForm | Self::StaleForm => StatusCode::FORBIDDEN,
            Self::NoSuchPage | Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::NoSuchMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::Invalid(_) => StatusCode::BAD_REQUEST,
            Self::Unfit(_) => StatusCode::CONFLICT,
            Self::Stranger(Stranger::Misdirected) => StatusCode::MISDIRECTED_REQUEST,
            Self::Stranger(Stranger::ForeignOrigin) => StatusCode::FORBIDDEN,
            Self::NotAForm => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::FormTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::QueryTooLong => StatusCode::URI_TOO_LONG,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    const fn title(&self) -> &'static str {
        match self {
            Self::SignedOut | Self::Interrupted(_) => "You are logged out",
            Self::RoleNeeded { .. } => "Another role is needed",
            Self::NoSuchPage => "No such page",
            Self::NotFound(_) => "No such thing",
            Self::NoSuchMethod => "Not by this method",
            Self::Invalid(_) => "Something in it is wrong",
            Self::Unfit(_) => "It cannot be done so",
            Self::Stranger(Stranger::Misdirected) => "This is another host",
            Self::Stranger(Stranger::ForeignOrigin) | Self::ForeignForm => {
                "Another site's page may not ask"
            }
            Self::StaleForm => "The form is too old",
            Self::NotAForm => "This is no form",
            Self::FormTooLarge => "The form is too large",
            Self::TooSlow => "The form did not come in time",
            Self::QueryTooLong => "The address is too long",
            Self::Unavailable => "The store is away",
            Self::Internal => "Something broke",
        }
    }

    /// What happened, and what to do.
    fn detail(&self) -> String {
        let plain = match self {
            Self::RoleNeeded { needed, has } => {
                return format!(
                    "This needs the role {needed}, and yours is {has}. Who runs Postern can give you another one: `postern admin token NAME --role {needed} --replace`."
                );
            }
            Self::NotFound(what) => return format!("There is no {what}."),
            Self::Unfit(why) => return why.clone(),
            Self::Stranger(stranger) => return stranger.detail().to_owned(),
            Self::SignedOut | Self::Interrupted(_) => "Log in again.",
            Self::NoSuchPage => "The link is old, or the address was mistyped.",
            Self::NoSuchMethod => "Go back and use the page's own buttons.",
            Self::Invalid(_) => "Go back and correct it.",
            Self::ForeignForm => "Open the page here and send its form again.",
            Self::StaleForm => {
                "You have logged in anew since the page was opened. Nothing was done: go back, reload the page and send it again."
            }
            Self::NotAForm => "Nothing was done. Go back and use the page's own buttons.",
            Self::FormTooLarge => "Nothing was done. Send less.",
            Self::TooSlow => "Nothing was done. Send it again.",
            Self::QueryTooLong => "Ask for less.",
            Self::Unavailable => {
                "The database does not answer. Try again in a moment; the backend's log has the cause."
            }
            Self::Internal => "It is ours, not yours. The backend's log has the cause.",
        };
        plain.to_owned()
    }

    /// Whether our log says more, under the request's id.
    const fn is_ours(&self) -> bool {
        matches!(self, Self::Unavailable | Self::Internal)
    }

    fn mistakes(&self) -> &[(String, String)] {
        match self {
            Self::Invalid(mistakes) => mistakes,
            _ => &[],
        }
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        if matches!(error, StoreError::TooLong | StoreError::TooManyGroups) {
            return Self::Unfit(error.to_string());
        }
        tracing::error!(%error, "a console page failed");
        match error {
            StoreError::Unavailable(_) => Self::Unavailable,
            _ => Self::Internal,
        }
    }
}

impl From<Stranger> for Failed {
    fn from(stranger: Stranger) -> Self {
        Self::Stranger(stranger)
    }
}

/// Only the guard knows who asks and can show it: it takes this up on the way out.
impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[derive(Template)]
#[template(path = "failure.html")]
struct View<'f> {
    page: Page,
    status: u16,
    detail: String,
    mistakes: &'f [(String, String)],
    request_id: Option<String>,
}

/// The page about a failure.
pub(super) fn shown(visit: &Visit, failed: &Failed) -> Response {
    if matches!(failed, Failed::SignedOut) {
        return see_other(&login::path_from(&visit.here)).into_response();
    }
    if let Failed::Interrupted(draft) = failed
        && let Ok(page) = login::interrupted(visit, draft)
    {
        return page;
    }
    let view = View {
        page: Page::of(visit, None, failed.title().to_owned()),
        status: failed.status().as_u16(),
        detail: failed.detail(),
        mistakes: failed.mistakes(),
        request_id: failed.is_ours().then(|| visit.request_id.to_string()),
    };
    let mut response = match show(&view) {
        Ok(html) => (failed.status(), html).into_response(),
        Err(_) => (failed.status(), failed.title()).into_response(),
    };
    if matches!(failed, Failed::Unavailable) {
        let headers = response.headers_mut();
        headers.insert(RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS));
    }
    response
}
