//! Whether single keys do something on a page. Who speaks to their browser, or hits keys by chance,
//! turns them off (WCAG 2.1.4). The choice is kept in the browser.

use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse as _, Response};

use super::account;
use super::failure::Failed;
use super::form::Posted;
use super::page::see_other;
use super::session::cookie;

/// Where the choice is sent.
pub(super) const PATH: &str = "/console/shortcuts";

const COOKIE: &str = "postern_shortcuts";

/// A year.
const KEPT_SECONDS: u32 = 31_536_000;

/// Whether single keys do something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Shortcuts {
    #[default]
    On,
    Off,
}

impl Shortcuts {
    /// The word in the cookie, in the form and on the page.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Off => "off",
        }
    }

    /// The other one.
    pub(super) const fn turned(self) -> Self {
        match self {
            Self::On => Self::Off,
            Self::Off => Self::On,
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let all = [Self::On, Self::Off];
        all.into_iter().find(|it| it.name() == text)
    }

    /// What the browser has kept.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut kept = cookie::values(headers, COOKIE);
        kept.find_map(Self::parse).unwrap_or_default()
    }
}

/// `POST /console/shortcuts`: keeps the choice and goes back.
pub(super) async fn choose(posted: Posted) -> Result<Response, Failed> {
    let chosen = Shortcuts::parse(posted.text("shortcuts")).ok_or(Failed::NoSuchPage)?;
    let kept = format!(
        "{COOKIE}={}; Path=/console; Max-Age={KEPT_SECONDS}; SameSite=Strict",
        chosen.name()
    );
    let mut response = see_other(account::PATH).into_response();
    if let Ok(kept) = HeaderValue::try_from(kept) {
        response.headers_mut().insert(SET_COOKIE, kept);
    }
    Ok(response)
}
