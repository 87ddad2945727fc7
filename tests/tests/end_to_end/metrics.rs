//! What is really exposed is what docs/metrics.md says, and a real Prometheus over it raises the alerts that ship.

use std::collections::BTreeSet;

use postern_tests::event::Event;
use postern_tests::gate::Gate;
use postern_tests::load::Load;
use postern_tests::message::Message;
use postern_tests::metrics::{documented, panels};
use postern_tests::postback::{forged, raw, registration};
use postern_tests::prometheus::Prometheus;
use postern_tests::waiting::eventually;
use tokio::task::block_in_place;

/// Name and kind of all that Envoy exposes.
fn exposed(page: &str) -> BTreeSet<(String, String)> {
    let types = page.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    let pair = |line: &str| {
        line.split_once(' ')
            .map(|(name, kind)| (name.to_owned(), kind.to_owned()))
    };
    types.filter_map(pair).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gate_exposes_what_is_documented_and_nothing_else() {
    let gate = Gate::open().await;
    gate.send(&registration("click-1"))
        .await
        .recorded("accepted");
    let wanted: BTreeSet<_> = documented()
        .into_iter()
        .filter(|it| it.name.starts_with("postern_gate_") || it.name.starts_with("envoy_"))
        .collect::<Vec<_>>()
        .into_iter()
        .map(|it| (it.name, it.kind))
        .collect();
    // One callback in 61 is timed, so the histogram needs some.
    eventually("all that is documented is exposed", async || {
        gate.send(&registration("click-2")).await;
        let page = block_in_place(|| postern_stand::get(gate.admin_addr(), "/stats/prometheus"));
        let exposed = exposed(&page?.1);
        let ours = |it: &&(String, String)| it.0.starts_with("postern_");
        let unknown: Vec<_> = exposed
            .iter()
            .filter(ours)
            .filter(|it| !wanted.contains(*it))
            .collect();
        assert!(unknown.is_empty(), "docs/metrics.md lacks {unknown:?}");
        wanted.is_subset(&exposed).then_some(())
    })
    .await;
    let page = block_in_place(|| postern_stand::get(gate.admin_addr(), "/stats/prometheus"));
    let page = page.expect("the admin page answers").1;
    for it in documented()
        .iter()
        .filter(|it| it.name.starts_with("postern_gate_"))
    {
        let mut samples = page.lines().filter(|line| line.starts_with(&it.name));
        let all = |line: &str| {
            it.labels
                .iter()
                .all(|label| line.contains(&format!("{label}=\"")))
        };
        assert!(samples.any(all), "{it:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prometheus_over_gate_and_backend_raises_the_alerts_that_ship() {
    let gate = Gate::open().await;
    let prometheus = Prometheus::watching(&gate).await;
    let spike = r#"ALERTS{alertname="PosternRefusalsSpike",partner="partner_name"}"#;
    let bypass = r#"ALERTS{alertname="PosternGateBypassed",alertstate="firing"}"#;
    let down = r#"ALERTS{alertname="PosternBackendDown"}"#;
    gate.send(&registration("click-1"))
        .await
        .recorded("accepted");
    gate.send(&forged("click-1"))
        .await
        .refused(401, "unauthorized");
    // A rise is one only from a value that was scraped before.
    let refused = r#"postern_gate_requests_total{partner="partner_name",reason="sign_mismatch"}"#;
    prometheus.sees(refused).await;
    prometheus
        .sees(r#"postern_refusals_total{cause="no_proof"}"#)
        .await;
    prometheus
        .sees(r#"postern_deliveries_total{verdict="accepted"} == 1"#)
        .await;
    assert!(!prometheus.has(&format!("{spike} or {bypass} or {down}")));

    for _ in 0..60 {
        gate.send(&forged("click-1"))
            .await
            .refused(401, "unauthorized");
    }
    let past_the_gate = gate.send_to_backend(&registration("click-1")).await;
    assert_eq!(past_the_gate.status, 401, "{past_the_gate:?}");
    prometheus.sees(spike).await;
    prometheus.sees(bypass).await;

    gate.kills_backend();
    prometheus.sees(down).await;
    gate.restarts_backend();
    prometheus.sees_no(down).await;
}

/// Queries of the dashboard that show nothing while all is well.
const SHOWS_NOTHING: [(&str, &str); 1] = [(
    "Silent partners",
    "it looks back over a day, and nobody was silent",
)];

/// A first deposit that says when it was, of a click that nobody knows: it fills what the load does not.
fn late_and_unknown(number: usize) -> Message {
    raw(&Event::ftd(&format!("unknown-{number}")).token("timestamp", "1717000000"))
}

#[tokio::test(flavor = "multi_thread")]
async fn each_panel_of_the_dashboard_shows_a_number_while_postbacks_come_in() {
    let gate = Gate::open().await;
    knows_when_clicks_were(&gate);
    let prometheus = Prometheus::watching(&gate).await;
    let load = Load::start(gate.http_addr(), 2, "load");
    for (number, (title, query)) in panels().into_iter().enumerate() {
        gate.send(&forged("click-1"))
            .await
            .refused(401, "unauthorized");
        gate.send(&late_and_unknown(number))
            .await
            .recorded("flagged");
        let query = query
            .replace("$partner", ".*")
            .replace("$__rate_interval", "1m");
        let shows = || prometheus.shows_a_number(&query);
        if SHOWS_NOTHING.iter().any(|(silent, _)| *silent == title) {
            assert!(!shows(), "{title} shows something: {query}");
        } else {
            let what = format!("{title} shows a number: {query}");
            eventually(&what, async || shows().then_some(())).await;
        }
    }
    load.stop().await.is_all_acknowledged();
}

/// Imports a click with its time, without which no panel can say how old the newest is.
fn knows_when_clicks_were(gate: &Gate) {
    let path = gate.folder().join("timed.csv");
    std::fs::write(&path, "clickid,clicked_at\ntimed,2024-01-01T00:00:00Z\n").expect("written");
    gate.runs(&["clicks", "import", &path.to_string_lossy()]);
}
