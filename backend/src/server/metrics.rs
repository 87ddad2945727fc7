//! `/metrics`: what happened, counted, in Prometheus' text form.
//!
//! The recorder belongs to one server, not to the process, so that several can run side by side.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use metrics::{Counter, Gauge, Histogram, Key, Label, Level, Metadata, Recorder};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusRecorder};
use postern_protocol::answer::Verdict;
use postern_protocol::id::PartnerId;

use super::App;

const BATCH_BUCKETS: [f64; 10] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0];
const COMMIT_BUCKETS_SECONDS: [f64; 9] =
    [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5];

static METADATA: Metadata<'static> = Metadata::new("postern", Level::INFO, None);

/// The figures of one server.
pub struct Metrics {
    recorder: PrometheusRecorder,
    queue_depth: Gauge,
    booking: Gauge,
    batch_deliveries: Histogram,
    commit_seconds: Histogram,
    store_errors: Counter,
}

pub(super) async fn show(State(app): State<Arc<App>>) -> String {
    app.metrics.render()
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let recorder = recorder();
        describe(&recorder);
        let plain = Key::from_static_name;
        Self {
            queue_depth: recorder.register_gauge(&plain("postern_queue_depth"), &METADATA),
            booking: recorder.register_gauge(&plain("postern_booking"), &METADATA),
            batch_deliveries: recorder
                .register_histogram(&plain("postern_batch_deliveries"), &METADATA),
            commit_seconds: recorder
                .register_histogram(&plain("postern_commit_seconds"), &METADATA),
            store_errors: recorder
                .register_counter(&plain("postern_store_errors_total"), &METADATA),
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

    pub(crate) fn delivery_recorded(&self, partner: &PartnerId, verdict: Verdict) {
        let labels = vec![
            Label::new("partner", partner.as_str().to_owned()),
            Label::from_static_parts("verdict", verdict.name()),
        ];
        let key = Key::from_parts("postern_deliveries_total", labels);
        self.recorder.register_counter(&key, &METADATA).increment(1);
    }

    pub(crate) fn store_failed(&self) {
        self.store_errors.increment(1);
    }

    pub(super) fn refused(&self, cause: &'static str) {
        let labels = vec![Label::from_static_parts("cause", cause)];
        let key = Key::from_parts("postern_refusals_total", labels);
        self.recorder.register_counter(&key, &METADATA).increment(1);
    }

    /// Folds what histograms have gathered, so that they stay small when nobody asks for them.
    pub(super) fn tidy(&self) {
        self.recorder.handle().run_upkeep();
    }
}

fn recorder() -> PrometheusRecorder {
    let batch = Matcher::Full("postern_batch_deliveries".to_owned());
    let commit = Matcher::Full("postern_commit_seconds".to_owned());
    PrometheusBuilder::new()
        .set_buckets_for_metric(batch, &BATCH_BUCKETS)
        .and_then(|it| it.set_buckets_for_metric(commit, &COMMIT_BUCKETS_SECONDS))
        .expect("the constant bucket lists above are not empty")
        .build_recorder()
}

fn describe(recorder: &PrometheusRecorder) {
    let texts = [
        (
            "postern_deliveries_total",
            "Deliveries recorded, by partner and verdict.",
        ),
        ("postern_refusals_total", "Requests not recorded, by cause."),
        (
            "postern_store_errors_total",
            "Batches the store did not take.",
        ),
    ];
    for (name, text) in texts {
        recorder.describe_counter(name.into(), None, text.into());
    }
    let depth = "Deliveries that waited when the last batch was taken.";
    recorder.describe_gauge("postern_queue_depth".into(), None, depth.into());
    let booking = "Deliveries in the transactions under way.";
    recorder.describe_gauge("postern_booking".into(), None, booking.into());
    let batch = "Deliveries in one transaction.";
    recorder.describe_histogram("postern_batch_deliveries".into(), None, batch.into());
    let commit = "Seconds to book one batch durably.";
    recorder.describe_histogram("postern_commit_seconds".into(), None, commit.into());
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of deliveries in memory lie far below 2^52"
)]
fn as_f64(count: usize) -> f64 {
    count as f64
}
