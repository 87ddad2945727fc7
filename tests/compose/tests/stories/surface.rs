//! What can be reached from outside, and what each container was left with.

use std::collections::BTreeMap;
use std::time::Duration;

use postern_compose_tests::file;
use postern_compose_tests::project::Project;
use postern_tests::message::Message;
use postern_tests::postback::registration;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// What runs here, or is made at least: all but Grafana, whose image is not to be had everywhere.
const CONTAINERS: [&str; 9] = [
    "envoy",
    "backend-1",
    "backend-2",
    "postgres",
    "first-start",
    "demo",
    "prometheus",
    "postern",
    "doctor",
];
/// What is published, and on which port inside.
const PUBLISHED: [(&str, &str); 4] = [
    ("backend-1", "8091"),
    ("backend-2", "8091"),
    ("envoy", "8443"),
    ("grafana", "3000"),
];
/// TLS says no more than this to whoever speaks something else: an alert's header, its level and its kind.
const ALERT_BYTES: usize = 7;
const ANSWER_WITHIN: Duration = Duration::from_secs(15);

#[tokio::test(flavor = "multi_thread")]
async fn each_container_has_given_up_what_it_does_not_need() {
    let project = Project::up();
    project.starts(&["prometheus", "demo"]);
    project.makes(&["postern", "doctor"]);
    for service in CONTAINERS {
        is_hardened(&project, service);
    }
    let services = file::services(&project);
    for (name, service) in &services {
        is_hardened_in_the_file(name, service);
    }
    let others = services
        .keys()
        .filter(|it| !CONTAINERS.contains(&it.as_str()));
    assert_eq!(others.collect::<Vec<_>>(), ["grafana"], "was not looked at");
    published(&project, &services);
    // Connections are open files: whoever takes many has all that the engine grants.
    for service in ["envoy", "backend-1", "backend-2"] {
        let limits = project.reads(service, "/proc/1/limits");
        let files = limits.lines().find(|it| it.starts_with("Max open files"));
        let files: Vec<&str> = files.expect("a limit").split_whitespace().collect();
        assert_eq!(files[3], files[4], "{service}: {files:?}");
    }
}

/// As the engine sees it.
fn is_hardened(project: &Project, service: &str) {
    let is = |format: &str| project.inspects(service, format);
    let user = is("{{.Config.User}}");
    assert!(
        !["", "0", "root", "0:0"].contains(&user.as_str()),
        "{service} runs as {user:?}"
    );
    assert_eq!(is("{{.HostConfig.ReadonlyRootfs}}"), "true", "{service}");
    assert_eq!(
        is("{{.HostConfig.CapDrop}}{{.HostConfig.CapAdd}}{{.HostConfig.Privileged}}"),
        "[ALL][]false",
        "{service}"
    );
    assert_eq!(
        is("{{.HostConfig.SecurityOpt}}"),
        "[no-new-privileges:true]",
        "{service}"
    );
    assert_ne!(is("{{.HostConfig.Memory}}"), "0", "{service}");
    assert_ne!(is("{{.HostConfig.PidsLimit}}"), "0", "{service}");
}

/// As the file asks for it, which is all there is of what does not run here.
fn is_hardened_in_the_file(name: &str, service: &Value) {
    assert_eq!(service["read_only"], true, "{name}: {service}");
    assert_eq!(service["cap_drop"], serde_json::json!(["ALL"]), "{name}");
    assert_eq!(
        service["security_opt"],
        serde_json::json!(["no-new-privileges:true"]),
        "{name}"
    );
    for more in ["cap_add", "privileged", "devices", "pid", "ipc"] {
        assert!(service[more].is_null(), "{name} has {more}: {service}");
    }
    for bound in ["mem_limit", "pids_limit", "logging"] {
        assert!(
            !service[bound].is_null(),
            "{name} has no {bound}: {service}"
        );
    }
    // The images that are not ours begin as root, or as whoever their makers chose.
    let ours = service["build"].is_object();
    let user = service["user"].as_str();
    let is_nobody = user.is_some_and(|user| !user.is_empty() && !user.starts_with('0'));
    assert!(ours || is_nobody, "{name} runs as {user:?}");
}

/// Claims that nothing else is published, and that on loopback.
fn published(project: &Project, services: &BTreeMap<String, Value>) {
    let in_file = services.iter().flat_map(|(name, service)| {
        let ports = service["ports"].as_array().cloned().unwrap_or_default();
        ports
            .into_iter()
            .map(move |port| (name.as_str(), port.to_string()))
    });
    let in_file: Vec<(&str, String)> = in_file.collect();
    assert_eq!(in_file.len(), PUBLISHED.len(), "{in_file:?}");
    for ((name, port), (expected, inside)) in in_file.iter().zip(PUBLISHED) {
        assert_eq!(*name, expected);
        assert!(
            port.contains("127.0.0.1") && port.contains(inside),
            "{port}"
        );
    }
    for service in CONTAINERS {
        let format = "{{range $port, $_ := .HostConfig.PortBindings}}{{$port}} {{end}}";
        let found = project.inspects(service, format);
        let expected = PUBLISHED.iter().find(|(name, _)| *name == service);
        let expected = expected.map_or_else(String::new, |(_, port)| format!("{port}/tcp"));
        assert_eq!(found, expected, "{service}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_http_gets_no_word_of_http_back_and_nothing_is_redirected() {
    let project = Project::up();
    let old = b"GET / HTTP/1.0\r\n\r\n".to_vec();
    for request in [registration("click-1").bytes(), old] {
        let said = plainly(&project, &request).await;
        assert!(
            said.len() <= ALERT_BYTES,
            "{:?}",
            String::from_utf8_lossy(&said)
        );
    }
    let certificate = project.certificate();
    for path in ["/", "/console", "/v1/event/"] {
        let answer = project
            .sends(&certificate, &Message::new("GET", path))
            .await;
        answer.refused(404, "not_found");
        assert_eq!(answer.header("location"), None, "{answer:?}");
    }
    let answer = project.sends(&certificate, &registration("click-1")).await;
    answer.recorded("flagged");
}

/// All that comes back for these bytes without TLS, up to the end of the connection.
async fn plainly(project: &Project, request: &[u8]) -> Vec<u8> {
    let connected = TcpStream::connect(project.https_addr()).await;
    let mut stream = connected.expect("it is published");
    // Envoy may have closed before all is written.
    let _ = stream.write_all(request).await;
    let mut said = Vec::new();
    let ended = timeout(ANSWER_WITHIN, stream.read_to_end(&mut said)).await;
    // Closed with bytes unread is an end as well.
    let _ = ended.expect("the connection is closed");
    said
}
