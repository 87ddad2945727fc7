//! The metrics there are: one list of names, kinds, labels and help. A test holds docs/metrics.md
//! against it, and another what a server really exposes.

use metrics::Recorder;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusRecorder};

pub(super) const BUILD_INFO: &str = "postern_build_info";
pub(super) const DELIVERIES: &str = "postern_deliveries_total";
pub(super) const TEST_DELIVERIES: &str = "postern_test_deliveries_total";
pub(super) const REFUSALS: &str = "postern_refusals_total";
pub(super) const FLAGS_RAISED: &str = "postern_flags_raised_total";
pub(super) const REPORTED_AMOUNT: &str = "postern_reported_amount";
pub(super) const EVENT_DELAY: &str = "postern_event_delay_seconds";
pub(super) const QUEUE_DEPTH: &str = "postern_queue_depth";
pub(super) const BOOKING: &str = "postern_booking";
pub(super) const BATCH_DELIVERIES: &str = "postern_batch_deliveries";
pub(super) const COMMIT_SECONDS: &str = "postern_commit_seconds";
pub(super) const STORE_ERRORS: &str = "postern_store_errors_total";
pub(super) const FLAGS_OPEN: &str = "postern_flags_open";
pub(super) const FLAGS_OLDEST_AGE: &str = "postern_flags_oldest_age_seconds";
pub(super) const CLICKS_NEWEST_AGE: &str = "postern_clicks_newest_age_seconds";
pub(super) const CLICKS_IMPORTED_AGE: &str = "postern_clicks_imported_age_seconds";
pub(super) const BACKLOG_ERRORS: &str = "postern_backlog_errors_total";

/// What sort of metric it is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Counter,
    Gauge,
    Histogram(&'static [f64]),
}

/// A metric that is exposed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Exposed {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    #[cfg_attr(
        not(test),
        expect(
            dead_code,
            reason = "the tests hold the page and the server against it"
        )
    )]
    pub(crate) labels: &'static [&'static str],
    pub(crate) help: &'static str,
}

/// A step of ten each: an amount in the wrong unit is two steps off, whatever the currency.
const AMOUNT_BUCKETS: &[f64] = &[
    0.001, 0.01, 0.1, 1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8,
];
/// Below zero: the event lies in the future. Clocks differ by seconds, a wrong zone by hours.
const DELAY_BUCKETS_SECONDS: &[f64] = &[
    -3_600.0, -300.0, -60.0, -5.0, 5.0, 60.0, 300.0, 3_600.0, 86_400.0, 604_800.0,
];
const BATCH_BUCKETS: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0];
const COMMIT_BUCKETS_SECONDS: &[f64] = &[
    0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10.0,
];

const fn counter(
    name: &'static str,
    labels: &'static [&'static str],
    help: &'static str,
) -> Exposed {
    let kind = Kind::Counter;
    Exposed {
        name,
        kind,
        labels,
        help,
    }
}

const fn gauge(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Exposed {
    let kind = Kind::Gauge;
    Exposed {
        name,
        kind,
        labels,
        help,
    }
}

const fn histogram(
    name: &'static str,
    labels: &'static [&'static str],
    buckets: &'static [f64],
    help: &'static str,
) -> Exposed {
    let kind = Kind::Histogram(buckets);
    Exposed {
        name,
        kind,
        labels,
        help,
    }
}

/// Every metric of the backend.
pub(crate) const EXPOSED: [Exposed; 17] = [
    gauge(BUILD_INFO, &["version"], "1, with the backend's version."),
    counter(DELIVERIES, &["partner", "verdict"], "Deliveries recorded."),
    counter(
        TEST_DELIVERIES,
        &["partner", "verdict"],
        "Test deliveries kept; no other figure counts them.",
    ),
    counter(REFUSALS, &["cause"], "Requests not recorded."),
    counter(
        FLAGS_RAISED,
        &["partner", "reason"],
        "Flags raised by deliveries.",
    ),
    histogram(
        REPORTED_AMOUNT,
        &["partner", "currency"],
        AMOUNT_BUCKETS,
        "Amounts as read from deliveries that are no duplicates, in the currency's major unit.",
    ),
    histogram(
        EVENT_DELAY,
        &["partner"],
        DELAY_BUCKETS_SECONDS,
        "From an event's own timestamp to its receipt; below zero it lies in the future.",
    ),
    gauge(
        QUEUE_DEPTH,
        &[],
        "Deliveries that waited when the last batch was taken.",
    ),
    gauge(BOOKING, &[], "Deliveries in the transactions under way."),
    histogram(
        BATCH_DELIVERIES,
        &[],
        BATCH_BUCKETS,
        "Deliveries in one transaction.",
    ),
    histogram(
        COMMIT_SECONDS,
        &[],
        COMMIT_BUCKETS_SECONDS,
        "To book one batch durably.",
    ),
    counter(STORE_ERRORS, &[], "Batches the store did not take."),
    gauge(FLAGS_OPEN, &["reason"], "Flags that wait for a decision."),
    gauge(
        FLAGS_OLDEST_AGE,
        &["reason"],
        "How long the oldest of them has waited; 0: none waits.",
    ),
    gauge(
        CLICKS_NEWEST_AGE,
        &[],
        "How long ago the newest click of the click log was clicked.",
    ),
    gauge(
        CLICKS_IMPORTED_AGE,
        &[],
        "How long ago a click log was last imported.",
    ),
    counter(
        BACKLOG_ERRORS,
        &[],
        "Times that flags and clicks could not be read for these figures.",
    ),
];

/// A recorder that knows all of them.
pub(super) fn recorder() -> PrometheusRecorder {
    let mut builder = PrometheusBuilder::new();
    for Exposed { name, kind, .. } in EXPOSED {
        if let Kind::Histogram(buckets) = kind {
            let matcher = Matcher::Full(name.to_owned());
            builder = builder
                .set_buckets_for_metric(matcher, buckets)
                .expect("the constant bucket lists above are not empty");
        }
    }
    let recorder = builder.build_recorder();
    for Exposed {
        name, kind, help, ..
    } in EXPOSED
    {
        let (name, help) = (name.into(), help.into());
        match kind {
            Kind::Counter => recorder.describe_counter(name, None, help),
            Kind::Gauge => recorder.describe_gauge(name, None, help),
            Kind::Histogram(_) => recorder.describe_histogram(name, None, help),
        }
    }
    recorder
}

#[cfg(test)]
mod tests {
    use super::{EXPOSED, Kind};

    /// A row of the backend's table in docs/metrics.md: name, kind and labels.
    type Row = (String, String, Vec<String>);

    fn documented() -> Vec<Row> {
        let page = include_str!("../../../../docs/metrics.md");
        let rows = page.lines().filter(|line| line.starts_with("| `postern_"));
        let rows = rows.map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            let labels = cells[2]
                .split(", ")
                .map(|it| it.trim_matches('`').to_owned());
            let labels = labels.filter(|label| label != "–").collect();
            let named = |text: &str| !text.is_empty();
            assert!(
                cells.len() == 6 && cells.iter().all(|it| named(it)),
                "{line}"
            );
            (
                cells[0].trim_matches('`').to_owned(),
                cells[1].to_owned(),
                labels,
            )
        });
        // The gate's own are held against a real Envoy.
        rows.filter(|(name, ..)| !name.starts_with("postern_gate_"))
            .collect()
    }

    #[test]
    fn the_page_documents_what_is_exposed_and_nothing_else() {
        let exposed = EXPOSED.map(|it| {
            let kind = match it.kind {
                Kind::Counter => "counter",
                Kind::Gauge => "gauge",
                Kind::Histogram(_) => "histogram",
            };
            let labels = it.labels.iter().map(ToString::to_string).collect();
            (it.name.to_owned(), kind.to_owned(), labels)
        });
        let documented = documented();
        for row in &exposed {
            assert!(documented.contains(row), "docs/metrics.md lacks {row:?}");
        }
        for row in &documented {
            assert!(
                exposed.contains(row),
                "docs/metrics.md has {row:?}, which is not exposed so"
            );
        }
    }
}
