//! What the end-to-end stories in `tests/` share: clients that send exactly the bytes a story asks
//! for, signatures made without the product's code, and the gate they are sent to – a real Envoy,
//! the real filter, the real `postern`, a database of its own.
//!
//! A story builds an [`event`], signs it ([`signing`]), puts it into a [`message`], sends it over a
//! [`connection`] or [`http2`] to its gate, and makes claims about the [`answer`].

mod parse;

pub mod tls;
pub mod client_hello;

pub mod event;
pub mod signing;

pub mod message;

pub mod connection;
pub mod frames;
pub mod http2;

pub mod answer;

pub mod partner;

pub mod postback;

pub mod load;
pub mod slowhttptest;
pub mod swarm;
pub mod waiting;

pub mod gate;
pub mod ledger;
pub mod shared_ledger;
pub mod programs;
pub mod rate_limit;
pub mod yaml;
pub mod manifest;
pub mod kubelet;
pub mod kubernetes_schema;

pub mod metrics;
pub mod prometheus;
pub mod schemathesis;

pub mod browser;
pub mod console;
pub mod hostile;
pub mod two_sources;
pub mod reports;
pub mod screenshots;

use std::time::{SystemTime, UNIX_EPOCH};

/// The inside of `[edge]` for stories that are refused often and are not about that.
pub const MANY_FAILURES: &str = "failure_throttle = { per_minute = 60000, burst = 10000 }";

/// The present time in unix seconds.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "a story stands outside, where time is the clock's"
)]
pub fn unix_now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since
        .ok()
        .and_then(|since| i64::try_from(since.as_secs()).ok())
        .expect("the clock is set")
}

/// A time as `partners.toml` has it.
#[must_use]
pub fn rfc3339(unix_seconds: i64) -> String {
    jiff::Timestamp::from_second(unix_seconds)
        .expect("a time near ours")
        .to_string()
}
