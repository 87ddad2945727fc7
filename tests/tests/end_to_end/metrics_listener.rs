//! `envoy/metrics.yaml`: a listener for a Prometheus on another machine, with the metrics and nothing else of Envoy's
//! admin page, which shows secrets and changes things. And what containers make of it, for their doctor.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use postern_stand::{Port, container_bootstrap};
use postern_tests::answer::Answer;
use postern_tests::connection::Connection;
use postern_tests::gate::Gate;
use postern_tests::message::Message;
use postern_tests::postback::registration;
use postern_tests::programs::root;
use postern_tests::waiting::eventually;
use postern_tests::yaml::ports_of;

const METRICS: &str = "/stats/prometheus";

/// What is passed on in containers besides.
const FOR_THE_DOCTOR: [&str; 3] = ["/stats", "/stats?format=prometheus", "/certs"];

/// What else the admin page would answer, by each way that might lead there.
const NOTHING_ELSE: [(&str, &str); 25] = [
    ("GET", "/"),
    ("GET", "/config_dump"),
    ("GET", "/config_dump?path=/stats/prometheus"),
    ("GET", "/stats/recentlookups"),
    ("GET", "/stats/../config_dump"),
    ("GET", "/certs/..%2fconfig_dump"),
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
    ("POST", "/stats"),
    ("PUT", "/stats"),
    ("POST", "/certs"),
    ("POST", "/drain_listeners"),
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
    for target in FOR_THE_DOCTOR {
        is_not_passed_on(at, "GET", target).await;
    }
    nothing_else_is_passed_on(at).await;
    // Nothing of it was done either: Envoy is there, and counts on.
    gate.send(&registration("click-2"))
        .await
        .recorded("accepted");
    gate.counts("partner_name", "accepted", 2).await;
}

async fn nothing_else_is_passed_on(at: SocketAddr) {
    for (method, target) in NOTHING_ELSE {
        is_not_passed_on(at, method, target).await;
    }
}

async fn is_not_passed_on(at: SocketAddr, method: &str, target: &str) {
    let answer = asks(at, method, target).await;
    assert!(
        [400, 404].contains(&answer.status),
        "{method} {target}: {answer:?}"
    );
}

/// The bootstrap that Envoy's image is built with, at a stand's ports and places.
fn in_a_container(stand: &str, metrics: u16) -> String {
    let [admin, https, http, backend] = ports_of(stand);
    let folder = stand.lines().find_map(|line| {
        line.trim()
            .strip_prefix("path: ")?
            .strip_suffix("/edge/postern-filter.json")
    });
    let backends = [format!("127.0.0.1:{backend}")];
    let made = container_bootstrap(&root().join("envoy"), &backends).expect("made");
    let ports = [(8443, https), (8080, http), (9901, admin), (9902, metrics)];
    let made = made
        .replace("/etc/postern", folder.expect("the stand's folder"))
        .replace("address: \"::\"", "address: 127.0.0.1")
        .replace(", ipv4_compat: true", "")
        .replace("address: 0.0.0.0, port", "address: 127.0.0.1, port");
    ports.iter().fold(made, |text, (old, new)| {
        text.replace(&format!("port_value: {old}"), &format!("port_value: {new}"))
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn in_containers_statistics_and_certificates_are_passed_on_and_nothing_else() {
    let port = Port::free().expect("a port");
    let at = SocketAddr::from(([127, 0, 0, 1], port.number()));
    let metrics = port.number();
    let gate =
        Gate::of(|stand| stand.edit_bootstrap(move |yaml| in_a_container(&yaml, metrics))).await;
    gate.send_tls(&registration("click-1"))
        .await
        .recorded("accepted");
    for target in [&FOR_THE_DOCTOR[..], &[METRICS]].concat() {
        assert_eq!(asks(at, "GET", target).await.status, 200, "{target}");
    }
    nothing_else_is_passed_on(at).await;
    // There is no port without TLS.
    let plain = Connection::open_from(IpAddr::V4(Ipv4Addr::LOCALHOST), gate.http_addr()).await;
    assert!(plain.is_err(), "somebody listens");
    // Nothing was done: Envoy is there, and counts on.
    gate.send_tls(&registration("click-2"))
        .await
        .recorded("accepted");
    gate.counts("partner_name", "accepted", 2).await;
}
