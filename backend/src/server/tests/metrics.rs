//! What is exposed, after everything that is counted has happened once.

use std::collections::BTreeSet;

use postern_protocol::proof::PROOF_HEADER;
use reqwest::Method;

use super::stand::{PAGE_BODY, Stand, TOKEN, proof, reply};
use crate::server::STATUS_PATH;
use crate::server::metrics::exposed::{EXPOSED, Exposed, Kind};
use crate::store::Click;
use crate::testing::{START, click};
use postern_protocol::time::UnixSeconds;
use sqlx::Executor as _;

/// Each name and kind that a page of metrics declares, and the labels its samples carry.
fn declared(page: &str) -> BTreeSet<(String, String)> {
    let types = page.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    let pair = |line: &str| {
        let (name, kind) = line.split_once(' ').unwrap();
        (name.to_owned(), kind.to_owned())
    };
    types.map(pair).collect()
}

/// The newest click of the log is a minute old.
async fn import_a_dated_click(stand: &Stand) {
    let dated = Click {
        clicked_at: Some(UnixSeconds(START.0 - 60)),
        ..click("dated", None)
    };
    let record = crate::store::ImportRecord {
        name: "clicks.csv".to_owned(),
        mark: crate::store::Mark {
            lines: 1,
            bytes: 1,
            digest: [0; 32],
        },
        imported_at: START,
    };
    stand
        .store
        .import_chunk(&[dated], Some(&record))
        .await
        .unwrap();
}

/// Whether some sample of this metric carries all its labels.
fn has_a_labelled_sample(page: &str, it: &Exposed) -> bool {
    let samples = page.lines().filter(|line| {
        let rest = line.strip_prefix(it.name);
        rest.is_some_and(|rest| rest.starts_with(['{', ' ', '_']))
    });
    let plain = |line: &&str| !line.starts_with(&format!("{}_", it.name));
    let is_histogram = matches!(it.kind, Kind::Histogram(_));
    let mut samples = samples.filter(|line| is_histogram || plain(line));
    samples.any(|line| {
        it.labels
            .iter()
            .all(|it| line.contains(&format!("{it}=\"")))
    })
}

#[tokio::test]
async fn all_that_is_listed_is_exposed_and_nothing_else() {
    let stand = Stand::up().await;
    import_a_dated_click(&stand).await;
    stand.posts(PAGE_BODY).await;
    stand
        .gets("clickid=nobody&event=lead&status=approved")
        .await;
    stand
        .gets("clickid=nobody&event=lead&status=approved&test=1")
        .await;
    stand
        .metrics_hold("postern_clicks_newest_age_seconds 60")
        .await;
    stand
        .metrics_hold("postern_flags_open{reason=\"unknown_click\"} 1")
        .await;
    let page = stand.metrics().await;
    let listed = EXPOSED.map(|it| {
        let kind = match it.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram(_) => "histogram",
        };
        (it.name.to_owned(), kind.to_owned())
    });
    assert_eq!(declared(&page), BTreeSet::from(listed), "{page}");
    for it in EXPOSED {
        assert!(
            has_a_labelled_sample(&page, &it),
            "{} lacks {:?}",
            it.name,
            it.labels
        );
    }
}

#[tokio::test]
async fn amounts_and_delays_are_told_by_partner_and_repeats_are_not() {
    let stand = Stand::up().await;
    for _ in 0..2 {
        stand.posts(PAGE_BODY).await;
    }
    let page = stand.metrics().await;
    for line in [
        // 50.00 USD, an event of the very second.
        "postern_reported_amount_bucket{partner=\"partner_name\",currency=\"USD\",le=\"10\"} 0",
        "postern_reported_amount_bucket{partner=\"partner_name\",currency=\"USD\",le=\"100\"} 1",
        "postern_reported_amount_sum{partner=\"partner_name\",currency=\"USD\"} 50",
        "postern_event_delay_seconds_bucket{partner=\"partner_name\",le=\"-60\"} 0",
        "postern_event_delay_seconds_bucket{partner=\"partner_name\",le=\"5\"} 1",
        "postern_deliveries_total{partner=\"partner_name\",verdict=\"accepted\"} 1",
        "postern_deliveries_total{partner=\"partner_name\",verdict=\"duplicate\"} 1",
        "postern_deliveries_total{partner=\"partner_name\",verdict=\"invalid\"} 0",
    ] {
        assert!(
            page.lines().any(|it| it == line),
            "{line} is not in:\n{page}"
        );
    }
}

#[tokio::test]
async fn a_backlog_that_cannot_be_read_is_counted_until_it_can() {
    let stand = Stand::up().await;
    let mut other = stand.other_connection().await;
    other
        .execute("ALTER TABLE imports RENAME TO away")
        .await
        .unwrap();
    stand.metrics_hold("postern_backlog_errors_total 1").await;
    stand
        .gets("clickid=nobody&event=lead&status=approved")
        .await;
    other
        .execute("ALTER TABLE away RENAME TO imports")
        .await
        .unwrap();
    stand
        .metrics_hold("postern_flags_open{reason=\"unknown_click\"} 1")
        .await;
}

#[tokio::test]
async fn the_status_is_for_the_holder_of_the_token_alone() {
    let stand = Stand::up().await;
    let ask = || stand.request(Method::GET, STATUS_PATH);
    assert_eq!(reply(ask()).await.status, 401);
    let wrong = proof("another-token-of-more-than-32-characters", "x");
    assert_eq!(reply(ask().header(PROOF_HEADER, wrong)).await.status, 401);
    let told = reply(ask().header(PROOF_HEADER, proof(TOKEN, "x"))).await;
    assert_eq!(
        (told.status, told.text("version")),
        (200, env!("CARGO_PKG_VERSION"))
    );
    assert_eq!(told.body["unix_seconds"], START.0);
}
