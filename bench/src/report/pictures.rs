//! The two pictures: what a request costs at the edge, and how many deliveries become durable.

use super::svg::{Bar, Chart};
use super::table::or_all;
use super::thousands;
use crate::backend::Recording;
use crate::edge::{Edge, Figures};

/// File names beside `bench.md`.
pub(crate) const EDGE: &str = "bench-edge.svg";
pub(crate) const BACKEND: &str = "bench-backend.svg";

/// CPU per request of each contestant.
pub(crate) fn edge(edge: &Edge) -> String {
    Chart {
        title: "What one request costs at the edge".to_owned(),
        subtitle:
            "CPU µs per request, one worker on one core, 300-byte signed JSON. Shorter is better."
                .to_owned(),
        bars: edge.contestants.iter().map(contestant).collect(),
        foot: "Bare Envoy checks nothing. ext_authz: first Envoy's part, then the verifier's."
            .to_owned(),
    }
    .draw()
}

fn contestant(one: &Figures) -> Bar {
    let parts = match one.service_cpu_micros {
        Some(service) => vec![one.proxy_cpu_micros, service],
        None => vec![one.cpu_micros],
    };
    Bar {
        label: one.name.clone(),
        parts,
        figure: format!("{:.1} µs · {:.2} ×", one.cpu_micros, one.ratio_to_bare),
        ours: one.id.starts_with("postern"),
    }
}

/// Durable deliveries a second of each way to record them.
pub(crate) fn backend(recordings: &[Recording]) -> String {
    let bars = recordings.iter().map(|one| Bar {
        label: format!(
            "{}, {} ({})",
            one.engine.name(),
            one.name,
            or_all(one.in_flight)
        ),
        parts: vec![one.per_second],
        figure: format!("{} /s", thousands(one.per_second)),
        ours: one.id == "http",
    });
    Chart {
        title: "Durable deliveries".to_owned(),
        subtitle:
            "A second, on two cores with the load, each synced to disk before it is answered. Longer is better."
                .to_owned(),
        bars: bars.collect(),
        foot: "In brackets: deliveries on their way at once, or in one transaction.".to_owned(),
    }
    .draw()
}
