//! What is known of a request before its page is asked: who, in which colours, over what.

use axum::extract::Request;
use axum::http::{HeaderMap, Method};
use uuid::{NoContext, Timestamp, Uuid};

use super::Console;
use super::now::FEED_PATH;
use super::router::HOME;
use super::session::cookie::SessionCookie;
use super::shortcuts::Shortcuts;
use super::theme::Theme;
use crate::admin::access::called_host;
use crate::admin::{Role, TokenName};

/// Set by what speaks TLS before us.
const FORWARDED_PROTO: &str = "x-forwarded-proto";

/// What is known of a request.
#[derive(Clone)]
pub(super) struct Visit {
    /// Names the request in our log and on a page that says something broke.
    pub(super) request_id: Uuid,
    /// Who is logged in.
    pub(super) person: Option<Person>,
    pub(super) theme: Theme,
    pub(super) shortcuts: Shortcuts,
    /// What opens and ends a session in the browser that asks.
    pub(super) session_cookie: SessionCookie,
    /// Path and query of the page, to come back to; where the console begins, if it is none.
    pub(super) here: String,
}

/// Who is logged in.
#[derive(Clone)]
pub(super) struct Person {
    pub(super) name: TokenName,
    pub(super) role: Role,
    /// What their forms carry.
    pub(super) csrf: String,
    /// The value of their cookie, by which they are logged out.
    pub(super) cookie: String,
}

impl Visit {
    pub(super) fn of(console: &Console, request: &Request) -> Self {
        let headers = request.headers();
        let now = console.admin.clock.now();
        let moment = Timestamp::from_unix(NoContext, now.as_secs(), now.subsec_nanos());
        let is_tls = console.admin.console.trust_forwarded_proto && says_https(headers);
        let session_cookie = SessionCookie::of(called_host(request).as_ref(), is_tls);
        let here = request.uri().path_and_query();
        let here = here.filter(|_| request.method() == Method::GET);
        let watches = request.uri().path() == FEED_PATH;
        let person = session_cookie
            .values(headers)
            .find_map(|value| person(console, value, watches));
        Self {
            request_id: Uuid::new_v7(moment),
            person,
            theme: Theme::of(headers),
            shortcuts: Shortcuts::of(headers),
            session_cookie,
            here: here.map_or(HOME.to_owned(), ToString::to_string),
        }
    }
}

fn says_https(headers: &HeaderMap) -> bool {
    let said = headers.get(FORWARDED_PROTO);
    said.is_some_and(|it| it.as_bytes().eq_ignore_ascii_case(b"https"))
}

/// Whether a cookie still opens a session. To ask does not use it.
pub(super) fn is_open(console: &Console, cookie: &str) -> bool {
    let now = console.admin.clock.now();
    let kept = console.sessions.look(cookie, now);
    let tokens = console.admin.tokens.borrow();
    kept.is_some_and(|kept| tokens.holder(kept.token).is_some())
}

/// Whose session a cookie opens. One whose token opens nothing any more is over. Who only watches
/// does not use it: a page that is left open must not stay logged in for that.
fn person(console: &Console, cookie: &str, watches: bool) -> Option<Person> {
    let now = console.admin.clock.now();
    let kept = match watches {
        true => console.sessions.look(cookie, now)?,
        false => console.sessions.find(cookie, now)?,
    };
    let tokens = console.admin.tokens.borrow().clone();
    let Some(holder) = tokens.holder(kept.token) else {
        console.sessions.close(cookie);
        return None;
    };
    Some(Person {
        name: holder.name.clone(),
        role: holder.role,
        csrf: kept.csrf,
        cookie: cookie.to_owned(),
    })
}
