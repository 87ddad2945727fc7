//! What Envoy answers by itself, over TLS: in the gate's language, and with the headers that stand on every answer.

use postern_tests::answer::Answer;
use postern_tests::gate::Gate;
use postern_tests::postback::{padded, registration};
use postern_tests::waiting::eventually;
use postern_tests::yaml::{with_edge_folder, without_filter};

const FILTER: &str = "postern";

/// The shipped bootstrap with another figure.
async fn gate_with(ours: &'static str, other: &'static str) -> Gate {
    Gate::of(|stand| {
        stand.edit_bootstrap(move |yaml| {
            assert!(yaml.contains(ours), "the bootstrap lacks `{ours}`");
            yaml.replace(ours, other)
        })
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_valid_request_hears_so_in_the_gates_words() {
    let gate = Gate::open().await;
    let hidden = registration("click-1").target("/v1%2Fevent");
    let answer = gate.send_tls(&hidden).await;
    answer.refused_unread(400, "bad_request").hardened();
    let large = registration("click-1").header("x-large", "x".repeat(40 * 1024));
    let answer = gate.send_tls(&large).await;
    answer.refused_unread(431, "headers_too_large").hardened();
    let upgrade = registration("click-1")
        .header("connection", "upgrade")
        .header("upgrade", "websocket");
    let answer = gate.send_tls(&upgrade).await;
    answer.refused(403, "forbidden").hardened();
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_that_do_not_end_in_time_hear_so() {
    let sooner = "request_headers_timeout: 1s";
    let gate = gate_with("request_headers_timeout: 10s", sooner).await;
    let mut slow = gate.tls().await;
    let head = registration("click-1").head();
    let half = slow.write(&head[..head.len() - 2]).await;
    half.expect("the gate reads");
    let answer = slow.read_answer("POST").await.expect("an answer");
    answer.refused_unread(408, "request_timeout").hardened();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_envoy_itself_finds_too_long_hears_the_same_as_from_the_gate() {
    let ours = "per_connection_buffer_limit_bytes: 131072";
    let gate = gate_with(ours, "per_connection_buffer_limit_bytes: 16384").await;
    let answer = gate.send_tls(&padded("click-1", 60_000)).await;
    answer.refused(413, "body_too_large").hardened();
    let entry = gate.log_entry(|entry| entry["status"] == 413).await;
    assert_eq!(entry["details"], "request_payload_too_large", "{entry}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_lock_and_other_paths_answer_like_the_gate() {
    let gate = Gate::of(|stand| stand.edit_bootstrap(|yaml| without_filter(&yaml, FILTER))).await;
    let answer = gate.send_tls(&registration("click-1")).await;
    answer.refused(403, "forbidden").hardened();
    let elsewhere = registration("click-1").target("/elsewhere");
    let answer = gate.send_tls(&elsewhere).await;
    answer.refused(404, "not_found").hardened();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backend_that_is_away_and_a_gate_that_has_no_file_are_503() {
    let gate = Gate::open().await;
    gate.kills_backend();
    let away = |answer: &Answer| answer.status == 503;
    let answer = eventually("the backend is missed", async || {
        Some(gate.send_tls(&registration("click-1")).await).filter(away)
    })
    .await;
    answer.refused(503, "unavailable").hardened();
    assert_eq!(answer.header("retry-after"), Some("1"), "{answer:?}");

    let folder = tempfile::tempdir().expect("a folder");
    let useless = gate
        .edge_file()
        .replacen("max_body_bytes", "max_body_bites", 1);
    std::fs::write(folder.path().join("postern-filter.json"), useless).expect("written");
    let path = folder.path().to_owned();
    let gate =
        Gate::of(|stand| stand.edit_bootstrap(move |yaml| with_edge_folder(&yaml, &path))).await;
    let answer = gate.send_tls(&registration("click-1")).await;
    answer.refused(503, "misconfigured").hardened();
    assert_eq!(answer.header("retry-after"), Some("5"), "{answer:?}");
}
