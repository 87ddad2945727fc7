//! Bodies that grow when they are unpacked: nobody here unpacks any.

use postern_tests::event::Event;
use postern_tests::gate::Gate;
use postern_tests::partner::SECRET;
use postern_tests::postback::registration;
use postern_tests::signing::hmac_hex;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// What `gzip` makes of these bytes.
fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = Command::new("gzip")
        .args(["-9", "-c"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("gzip is part of every Linux");
    let mut input = gzip.stdin.take().expect("piped");
    let bytes = bytes.to_vec();
    let writer = std::thread::spawn(move || input.write_all(&bytes));
    let output = gzip.wait_with_output().expect("gzip runs").stdout;
    writer.join().expect("no panic").expect("gzip reads");
    output
}

#[tokio::test(flavor = "multi_thread")]
async fn compressed_bodies_are_not_unpacked_by_anybody() {
    let gate = Gate::open().await;
    let json = Event::registration("click-1").json();
    // 32 MiB in 32 KiB: as JSON it would be a good event behind many blanks.
    let bomb = gzipped(format!("{}{json}", " ".repeat(32 << 20)).as_bytes());
    assert!(
        bomb.len() < 65_536,
        "it fits the body limit: {}",
        bomb.len()
    );
    let before = gate.envoy_counts("server.memory_allocated");
    for body in [gzipped(json.as_bytes()), bomb] {
        let plain = registration("click-1")
            .without("x-rs-sign")
            .sign(&hmac_hex(SECRET, &body));
        let message = plain.body(&body);
        let coded = message.clone().header("content-encoding", "gzip");
        gate.send(&coded)
            .await
            .refused(415, "unsupported_media_type");
        gate.send_tls(&coded)
            .await
            .refused(415, "unsupported_media_type");
        // Without a word about it they are no JSON, though the signature is good.
        gate.send(&message).await.refused(400, "unreadable");
        let twice = coded.header("content-encoding", "identity");
        gate.send(&twice)
            .await
            .refused(415, "unsupported_media_type");
    }
    let grown = gate
        .envoy_counts("server.memory_allocated")
        .saturating_sub(before);
    assert!(grown < 16 << 20, "Envoy grew by {grown} bytes");
    gate.backend_saw_only(0).await;
}
