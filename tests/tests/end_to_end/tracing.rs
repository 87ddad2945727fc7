//! One request from Envoy's log through the backend's to its row, by its id and its trace.

use std::sync::mpsc;
use std::time::Duration;

use postern_tests::event::Event;
use postern_tests::gate::Gate;
use postern_tests::metrics::project_text;
use postern_tests::postback::{get, registration};
use postern_tests::waiting::eventually;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// Waits for the line of the backend's log about this request.
async fn backend_line(gate: &Gate, request_id: &str) -> Value {
    eventually("a line in the backend's log", async || {
        let [_, _, (_, log)] = gate.logs();
        let lines = log
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let mut fields = lines.map(|line| line["fields"].clone());
        fields.find(|it| it["request_id"] == request_id)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_id_stands_in_access_log_backend_log_answer_and_row() {
    let level = "info,postern::delivery=debug";
    let gate = Gate::of(|stand| stand.backend_env("POSTERN_LOG_LEVEL", level)).await;
    let parent = format!("00-{TRACE}-00f067aa0ba902b7-01");
    let answer = gate
        .send(&registration("click-1").header("traceparent", &parent))
        .await;
    answer.recorded("accepted");
    let id = answer.header("x-request-id").expect("an id").to_owned();
    gate.log_entry(|entry| {
        entry["request_id"] == id.as_str() && entry["traceparent"] == parent.as_str()
    })
    .await;
    let line = backend_line(&gate, &id).await;
    assert_eq!(line["trace_id"], TRACE, "{line}");
    assert_eq!(line["verdict"], "accepted", "{line}");
    assert_eq!(line["delivery"], answer.text("id"), "{line}");
    let row = gate.ledger().await.delivery(&answer.text("id")).await;
    assert_eq!(row.request_id, id);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_needs_a_look_is_logged_without_asking_for_it() {
    let gate = Gate::open().await;
    let good = gate.send(&registration("click-1")).await;
    let flagged = gate.send(&get(&Event::registration("nobody"))).await;
    flagged.recorded("flagged");
    let line = backend_line(&gate, flagged.header("x-request-id").expect("an id")).await;
    assert_eq!(line["verdict"], "flagged", "{line}");
    let [_, _, (_, log)] = gate.logs();
    assert!(
        !log.contains(good.header("x-request-id").expect("an id")),
        "{log}"
    );
}

/// Takes what is posted to it as a collector would, and hands on the bodies of traces.
async fn collector() -> (u16, mpsc::Receiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let (send, received) = mpsc::channel();
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            let send = send.clone();
            tokio::spawn(async move {
                let mut bytes = Vec::new();
                while let Ok(count @ 1..) = connection.read_buf(&mut bytes).await {
                    let _ = count;
                    let Some(request) = whole(&bytes) else {
                        continue;
                    };
                    assert!(request.starts_with(b"POST /v1/traces "), "{request:?}");
                    let _ = send.send(request);
                    bytes.clear();
                    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
                    let _ = connection.write_all(answer).await;
                }
            });
        }
    });
    (port, received)
}

/// The bytes, once they are a whole request.
fn whole(bytes: &[u8]) -> Option<Vec<u8>> {
    let head = bytes.windows(4).position(|it| it == b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
    let is_whole = match text.split("content-length: ").nth(1) {
        Some(rest) => {
            let length: usize = rest.split("\r\n").next()?.parse().ok()?;
            bytes.len() >= head + length
        }
        None => bytes.ends_with(b"\r\n0\r\n\r\n"), // in chunks
    };
    is_whole.then(|| bytes.to_vec())
}

/// `envoy/tracing.yaml` put into the bootstrap as its comments say.
fn with_tracing(bootstrap: &str, port: u16) -> String {
    let shipped = project_text("envoy/tracing.yaml").replace("4318", &port.to_string());
    // Each request of the story, not one in a hundred.
    let shipped = shipped.replace("value: 1 }", "value: 100 }");
    let (_, pieces) = shipped.split_once("\ntracing:\n").expect("the first piece");
    let (tracing, clusters) = pieces
        .split_once("\nclusters:\n")
        .expect("the second piece");
    let moved = |text: &str, by: usize| {
        let lines = text
            .lines()
            .filter(|line| !line.trim_start().starts_with('#'));
        let lines = lines.map(|line| format!("{}{line}\n", " ".repeat(by)));
        lines.collect::<String>()
    };
    let tracing = format!("          tracing:\n{}", moved(tracing, 10));
    let prefix = "          stat_prefix: postern\n";
    assert!(bootstrap.contains(prefix) && bootstrap.contains("\n  clusters:\n"));
    let text = bootstrap.replacen(prefix, &format!("{prefix}{tracing}"), 1);
    let clusters = format!("\n  clusters:\n{}", moved(clusters, 2));
    text.replacen("\n  clusters:\n", &clusters, 1)
}

#[tokio::test(flavor = "multi_thread")]
async fn envoy_exports_spans_of_the_trace_that_the_backend_logs() {
    let (port, received) = collector().await;
    let level = "info,postern::delivery=debug";
    let gate = Gate::of(|stand| {
        stand
            .backend_env("POSTERN_LOG_LEVEL", level)
            .edit_bootstrap(move |yaml| with_tracing(&yaml, port))
    })
    .await;
    // Without a trace of the caller's: Envoy begins one.
    let answer = gate.send(&registration("click-1")).await;
    let line = backend_line(&gate, answer.header("x-request-id").expect("an id")).await;
    let trace = line["trace_id"].as_str().expect("a text").to_owned();
    assert_eq!(trace.len(), 32, "{line}");
    let bytes: Vec<u8> = (0..trace.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&trace[at..at + 2], 16).expect("hex"))
        .collect();
    eventually("a span of this trace at the collector", async || {
        let span = received.recv_timeout(Duration::from_millis(1)).ok()?;
        let has = |name: &[u8]| span.windows(name.len()).any(|it| it == name);
        (has(&bytes) && has(b"postern-gate")).then_some(())
    })
    .await;
}
