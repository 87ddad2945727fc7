//! Waiting for a condition, with a bound. Nothing in the stories sleeps for a fixed time.

use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Conditions come true within this, or the story fails.
pub const TRUE_WITHIN: Duration = Duration::from_secs(20);

const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(25);

/// Asks `probe` until it gives a value.
///
/// # Panics
/// When it gives none within [`TRUE_WITHIN`]; `what` says what was awaited.
pub async fn eventually<T>(what: &str, mut probe: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + TRUE_WITHIN;
    loop {
        if let Some(value) = probe().await {
            return value;
        }
        assert!(
            Instant::now() < deadline,
            "not within {TRUE_WITHIN:?}: {what}"
        );
        sleep(LOOK_AGAIN_AFTER).await;
    }
}
