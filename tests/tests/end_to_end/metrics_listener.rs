//! `envoy/metrics.yaml`: a listener for a Prometheus on another machine, with the metrics and nothing else of Envoy's
//! admin page, which shows secrets and changes things.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use postern_stand::Port;
use postern_tests::answer::Answer;
use postern_tests::connection::Connection;
use postern_tests::gate::Gate;
use postern_tests::message::Message;
use postern_tests::postback::registration;
use postern_tests::waiting::eventually;

const METRICS: &str = "/stats/prometheus";

/// What else the admin page would answer, by each way that might lead there.
const NOTHING_ELSE: [(&str, &str); 21] = [
    ("GET", "/"),
    ("GET", "/stats"),
    ("GET", "/stats?format=prometheus"),
    ("GET", "/config_dump"),
    ("GET", "/config_dump?path=/stats/prometheus"),
    ("GET", "/certs"),
    ("GET", "/clusters"),
    ("GET", "/listeners"),
    ("GET", "/server_info"),
    ("GET", "/ready"),
    ("GET", "/stats/prometheus/"),
    ("GET", "/stats/prometheus/../../config_dump"),
    ("GET", "/stats/prometheus/..%2f..%2fconfig_dump"),
    ("GET", "//config_dump"),
    ("GET", "http://127.0.0.1/config_dump"),
    ("POST", METRICS),
    ("PUT", METRICS),
    ("POST", "/quitquitquit"),
    ("POST", "/healthcheck/fail"),
    ("POST", "/logging?level=trace"),
    ("POST", "/reset_counters"),
];

async fn asks(at: SocketAddr, method: &str, target: &str) -> Answer {
    let connection = Connection::open_from(IpAddr::V4(Ipv4Addr::LOCALHOST), at).await;
    let message = Message::new(method, target).header("host", "envoy");
    let answer = connection.expect("it listens").exchange(&message).await;
    answer.unwrap_or_else(|error| panic!("{method} {target}: {error}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_metrics_are_passed_on_and_nothing_else_of_the_admin_page() {
    let port = Port::free().expect("a port");
    let at = SocketAddr::from(([127, 0, 0, 1], port.number()));
    let gate = Gate::of(|stand| stand.metrics(port.number())).await;
    gate.send(&registration("click-1"))
        .await
        .recorded("accepted");
    let counted = r#"postern_gate_requests_total{partner="partner_name",decision="accepted",reason="accepted"} 1"#;
    for target in [METRICS, "/stats/prometheus?usedonly"] {
        eventually(&format!("{target} counts it"), async || {
            let answer = asks(at, "GET", target).await;
            assert_eq!(answer.status, 200, "{target}: {answer:?}");
            let page = String::from_utf8_lossy(&answer.body).into_owned();
            page.lines().any(|line| line == counted).then_some(())
        })
        .await;
    }
    for (method, target) in NOTHING_ELSE {
        let answer = asks(at, method, target).await;
        assert!(
            [400, 404].contains(&answer.status),
            "{method} {target}: {answer:?}"
        );
    }
    // Nothing of it was done either: Envoy is there, and counts on.
    gate.send(&registration("click-2"))
        .await
        .recorded("accepted");
    gate.counts("partner_name", "accepted", 2).await;
}
