//! Asking over HTTP, with the moment of the answer.

use std::time::Duration;

use postern_protocol::time::UnixSeconds;
use reqwest::header::{DATE, HeaderMap};
use reqwest::{Client, RequestBuilder};

use crate::clock::Clock;
use crate::sending::post::{Connection, NotPosted};

/// How long an answer may take. Whoever is slower is as good as away.
pub(super) const ANSWER_LIMIT: Duration = Duration::from_secs(5);

/// Clocks that are further apart are told: signed times would be judged by another clock than
/// events are booked by. An HTTP date has whole seconds, so one second is no difference.
const CLOCK_APART_SECONDS: i64 = 3;

/// An answer.
pub(super) struct Heard {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
    /// Our time when it came.
    pub(super) at: UnixSeconds,
}

/// A client for what is here inside: in plain HTTP, past any proxy.
pub(super) fn inside() -> Result<Client, NotPosted> {
    let connection = Connection {
        from: None,
        trusted: None,
        insecure: false,
        timeout: ANSWER_LIMIT,
    };
    connection.client()
}

pub(super) async fn ask(request: RequestBuilder, clock: &Clock) -> Result<Heard, NotPosted> {
    let response = request.send().await?;
    let at = clock.unix_seconds();
    Ok(Heard {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body: response.text().await?,
        at,
    })
}

impl Heard {
    /// The body as JSON; `null` where it is none.
    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// How many seconds the `Date` of the answer is behind ours; below zero it is ahead.
    pub(super) fn seconds_behind(&self) -> Option<i64> {
        let date = self.headers.get(DATE)?.to_str().ok()?;
        let date = jiff::fmt::rfc2822::parse(date).ok()?;
        Some(self.at.0.saturating_sub(date.timestamp().as_second()))
    }
}

/// Says in words how far clocks are apart, where that is too far.
pub(super) fn apart(seconds_behind: i64) -> Option<String> {
    if seconds_behind.abs() <= CLOCK_APART_SECONDS {
        return None;
    }
    let which = if seconds_behind > 0 {
        "behind"
    } else {
        "ahead of"
    };
    Some(format!("{} s {which} the clock here", seconds_behind.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_clocks_that_differ_are_told() {
        assert_eq!(apart(3), None);
        assert_eq!(apart(-3), None);
        assert_eq!(apart(4).as_deref(), Some("4 s behind the clock here"));
        assert_eq!(
            apart(-3_600).as_deref(),
            Some("3600 s ahead of the clock here")
        );
    }
}
