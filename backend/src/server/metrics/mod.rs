//! `/metrics`: what happened, counted, in Prometheus' text form.
//!
//! The recorder belongs to one server, not to the process, so that several can run side by side.
//! What is exposed, and as what, stands in [`exposed`]; docs/metrics.md says what it means to people.

pub(crate) mod exposed;
mod backlog;
mod partner;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::State;
use metrics::{Counter, Gauge, Histogram, Key, Label, Level, Metadata, Recorder};
use metrics_exporter_prometheus::PrometheusRecorder;
use postern_protocol::id::PartnerId;

use super::App;
use crate::delivery::Delivery;
use crate::ledger::{Entry, Verdict};
use partner::PartnerFigures;

static METADATA: Metadata<'static> = Metadata::new("postern", Level::INFO, None);

/// Causes that are there from the start. What is first seen as a 1 has not risen, for Prometheus, and
/// these are causes that alerts ask for.
const BEGIN_AT_ZERO: [&str; 4] = ["no_proof", "queue_full", "store_away", "proof_unreadable"];

/// The figures of one server.
pub struct Metrics {
    recorder: PrometheusRecorder,
    queue_depth: Gauge,
    booking: Gauge,
    batch_deliveries: Histogram,
    commit_seconds: Histogram,
    store_errors: Counter,
    backlog_errors: Counter,
    /// What is counted for each delivery is looked up here, not in the recorder: that costs less.
    partners: Mutex<HashMap<PartnerId, PartnerFigures>>,
}

pub(super) async fn show(State(app): State<Arc<App>>) -> String {
    app.metrics.render()
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let recorder = exposed::recorder();
        let plain = Key::from_static_name;
        let version = Label::from_static_parts("version", env!("CARGO_PKG_VERSION"));
        let build = Key::from_parts(exposed::BUILD_INFO, vec![version]);
        recorder.register_gauge(&build, &METADATA).set(1.0);
        for cause in BEGIN_AT_ZERO {
            recorder
                .register_counter(&refusal(cause), &METADATA)
                .increment(0);
        }
        Self {
            queue_depth: recorder.register_gauge(&plain(exposed::QUEUE_DEPTH), &METADATA),
            booking: recorder.register_gauge(&plain(exposed::BOOKING), &METADATA),
            batch_deliveries: recorder
                .register_histogram(&plain(exposed::BATCH_DELIVERIES), &METADATA),
            commit_seconds: recorder.register_histogram(&plain(exposed::COMMIT_SECONDS), &METADATA),
            store_errors: recorder.register_counter(&plain(exposed::STORE_ERRORS), &METADATA),
            backlog_errors: recorder.register_counter(&plain(exposed::BACKLOG_ERRORS), &METADATA),
            partners: Mutex::default(),
            recorder,
        }
    }

    /// All figures, as Prometheus reads them.
    pub(crate) fn render(&self) -> String {
        self.recorder.handle().render()
    }

    pub(crate) fn batch_taken(&self, deliveries: usize, still_queued: usize) {
        self.booking.increment(as_f64(deliveries));
        self.queue_depth.set(as_f64(still_queued));
    }

    pub(crate) fn batch_answered(&self, deliveries: usize) {
        self.booking.decrement(as_f64(deliveries));
    }

    pub(crate) fn batch_committed(&self, deliveries: usize, took: Duration) {
        self.batch_deliveries.record(as_f64(deliveries));
        self.commit_seconds.record(took.as_secs_f64());
    }

    pub(crate) fn delivery_recorded(&self, delivery: &Delivery, entry: &Entry) {
        let mut partners = self.partners.lock().unwrap_or_else(PoisonError::into_inner);
        if !partners.contains_key(&delivery.partner) {
            let figures = PartnerFigures::new(&self.recorder, &delivery.partner);
            partners.insert(delivery.partner.clone(), figures);
        }
        if let Some(figures) = partners.get_mut(&delivery.partner) {
            figures.count(&self.recorder, delivery, entry);
        }
    }

    /// A test is counted here alone: no figure of live deliveries moves by it.
    pub(crate) fn test_recorded(&self, partner: &PartnerId, verdict: Verdict) {
        let labels = vec![
            Label::new("partner", partner.as_str().to_owned()),
            Label::from_static_parts("verdict", verdict.name()),
        ];
        let key = Key::from_parts(exposed::TEST_DELIVERIES, labels);
        self.recorder.register_counter(&key, &METADATA).increment(1);
    }

    pub(crate) fn store_failed(&self) {
        self.store_errors.increment(1);
    }

    pub(super) fn refused(&self, cause: &'static str) {
        self.recorder
            .register_counter(&refusal(cause), &METADATA)
            .increment(1);
    }

    /// Folds what histograms have gathered, so that they stay small when nobody asks for them.
    pub(super) fn tidy(&self) {
        self.recorder.handle().run_upkeep();
    }
}

fn refusal(cause: &'static str) -> Key {
    let labels = vec![Label::from_static_parts("cause", cause)];
    Key::from_parts(exposed::REFUSALS, labels)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of deliveries and flags lie far below 2^52"
)]
pub(super) fn as_f64(count: usize) -> f64 {
    count as f64
}
