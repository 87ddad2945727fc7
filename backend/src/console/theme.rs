//! Light, dark, or as the system has it. The choice is kept in the browser.

use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse as _, Response};

use super::failure::Failed;
use super::form::Posted;
use super::page::{local, see_other};
use super::session::cookie;

/// Read by the script too, which switches without asking us.
const COOKIE: &str = "postern_theme";

/// A year.
const KEPT_SECONDS: u32 = 31_536_000;

/// Which colours the pages have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Theme {
    /// As the system has it.
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    pub(super) const ALL: [Self; 3] = [Self::Light, Self::Dark, Self::System];

    /// Its word in the cookie, in the form and on the page.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.name() == text)
    }

    /// What the browser has kept.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut kept = cookie::values(headers, COOKIE);
        kept.find_map(Self::parse).unwrap_or_default()
    }
}

/// `POST /console/theme`: keeps the choice and goes back.
pub(super) async fn choose(posted: Posted) -> Result<Response, Failed> {
    let theme = Theme::parse(posted.text("theme")).ok_or(Failed::NoSuchPage)?;
    let kept = format!(
        "{COOKIE}={}; Path=/console; Max-Age={KEPT_SECONDS}; SameSite=Strict",
        theme.name()
    );
    let mut response = see_other(local(posted.text("back"))).into_response();
    if let Ok(kept) = HeaderValue::try_from(kept) {
        response.headers_mut().insert(SET_COOKIE, kept);
    }
    Ok(response)
}
