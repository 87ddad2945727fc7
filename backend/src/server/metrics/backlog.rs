//! What waits in the store, as gauges: asked every few seconds, not at each scrape, so that however
//! many scrape, the store is asked as often.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use metrics::{Key, Label, Recorder};
use postern_protocol::time::UnixSeconds;

use super::super::App;
use super::{METADATA, Metrics, as_f64, exposed};
use crate::ledger::FlagReason;
use crate::store::Backlog;

/// How often the store is asked. Alerts look at minutes.
const ASK_PERIOD: Duration = Duration::from_secs(5);

impl Metrics {
    /// Keeps the gauges as the store has it, for ever. While it does not answer they stay as they
    /// are, and that is counted.
    pub(in crate::server) async fn follow_backlog(app: Arc<App>) -> Infallible {
        let mut beat = tokio::time::interval(ASK_PERIOD);
        loop {
            beat.tick().await;
            match app.store.backlog().await {
                Ok(backlog) => app.metrics.show_backlog(&backlog, app.clock.unix_seconds()),
                Err(error) => {
                    app.metrics.backlog_errors.increment(1);
                    tracing::warn!(%error, "what waits in the store could not be read");
                }
            }
        }
    }

    fn show_backlog(&self, backlog: &Backlog, now: UnixSeconds) {
        for reason in FlagReason::ALL {
            let open = backlog.flags.iter().find(|it| it.reason == reason);
            let count = open.map_or(0, |it| usize::try_from(it.count).unwrap_or(usize::MAX));
            let age = open.map_or(0.0, |it| seconds_since(it.oldest_at, now));
            self.by_reason(exposed::FLAGS_OPEN, reason, as_f64(count));
            self.by_reason(exposed::FLAGS_OLDEST_AGE, reason, age);
        }
        let ages = [
            (exposed::CLICKS_NEWEST_AGE, backlog.newest_click_at),
            (exposed::CLICKS_IMPORTED_AGE, backlog.imported_at),
        ];
        for (name, at) in ages {
            // Without such a click there is no age: no series says that better than a wrong one.
            if let Some(at) = at {
                let gauge = self
                    .recorder
                    .register_gauge(&Key::from_static_name(name), &METADATA);
                gauge.set(seconds_since(at, now));
            }
        }
    }

    fn by_reason(&self, name: &'static str, reason: FlagReason, value: f64) {
        let labels = vec![Label::from_static_parts("reason", reason.name())];
        let key = Key::from_parts(name, labels);
        self.recorder.register_gauge(&key, &METADATA).set(value);
    }
}

/// Clocks differ: what lies in the future has no age.
fn seconds_since(at: UnixSeconds, now: UnixSeconds) -> f64 {
    let seconds = now.0.saturating_sub(at.0).max(0);
    as_f64(usize::try_from(seconds).unwrap_or(usize::MAX))
}
