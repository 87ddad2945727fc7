//! `postern doctor` over a real gate: what is broken there, in plain words, and healed.

use postern_tests::gate::Gate;
use postern_tests::metrics::project_file;
use postern_tests::tls::Identity;
use postern_tests::waiting::eventually;
use postern_tests::yaml::without_filter;
use serde_json::Value;
use std::cell::Cell;
use std::path::{Path, PathBuf};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// What it says of a gate, as JSON, with its exit code.
fn examined(gate: &Gate, more: &[&str]) -> (Option<i32>, Value) {
    let url = format!("https://{}", gate.https_addr());
    let admin = gate.admin_addr().to_string();
    let mut arguments = vec!["doctor", "--json", "--cacert", "tls/server.crt"];
    arguments.extend(["--gate", &url, "--edge-admin", &admin]);
    // What a story says last counts.
    for pair in more.chunks(2) {
        let place = arguments.iter().position(|it| *it == pair[0]);
        match place {
            Some(place) => arguments[place + 1] = pair[1],
            None => arguments.extend(pair),
        }
    }
    let (code, text) = gate.tries(&arguments);
    let json = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}"));
    (code, json)
}

fn finding<'j>(json: &'j Value, check: &str) -> &'j Value {
    let all = json["checks"].as_array().expect("a list");
    let found = all.iter().find(|it| it["check"] == check);
    found.unwrap_or_else(|| panic!("nothing is said of {check}: {json:#}"))
}

/// Claims that this is broken and that what is said and advised holds these words.
fn is_broken(gate: &Gate, more: &[&str], check: &str, words: &[&str]) {
    let (code, json) = examined(gate, more);
    let found = finding(&json, check);
    assert_eq!(found["level"], "broken", "{json:#}");
    let text = format!("{} → {}", found["said"], found["advice"]);
    for word in words {
        assert!(text.contains(word), "{word} is not in: {text}");
    }
    assert_eq!(code, Some(1));
}

/// Waits until all is well: Envoy acts on a moved file within a moment.
async fn is_well(gate: &Gate) {
    eventually("the doctor finds nothing", async || {
        (examined(gate, &[]).0 == Some(0)).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_in_order_is_said_to_be() {
    let gate = Gate::open().await;
    let (code, json) = examined(&gate, &[]);
    assert_eq!(code, Some(0), "{json:#}");
    for check in [
        "partners",
        "edge_file",
        "proof",
        "secrets",
        "store",
        "backend",
        "backend_proof",
        "backend_version",
        "backend_clock",
        "gate",
        "gate_clock",
        "filter",
        "edge_configuration",
        "certificates",
    ] {
        assert_eq!(finding(&json, check)["level"], "good", "{check}: {json:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_or_an_admin_page_that_does_not_answer_is_told() {
    let gate = Gate::open().await;
    let nobody = postern_stand::Port::free().expect("a port").number();
    let url = format!("https://127.0.0.1:{nobody}");
    is_broken(&gate, &["--gate", &url], "gate", &["start Envoy", &url]);
    let admin = format!("127.0.0.1:{nobody}");
    is_broken(
        &gate,
        &["--edge-admin", &admin],
        "envoy",
        &["--edge-admin", "--no-gate"],
    );
    let elsewhere = format!("http://{}", gate.backend_addr());
    is_broken(
        &gate,
        &["--edge-admin", &gate.backend_addr().to_string()],
        "envoy",
        &["404"],
    );
    is_broken(
        &gate,
        &["--gate", &elsewhere],
        "gate",
        &["is not the gate", "401"],
    );
    is_well(&gate).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_envoy_that_is_away_is_told_until_it_is_back() {
    let gate = Gate::open().await;
    is_well(&gate).await;
    gate.kills_envoy();
    is_broken(&gate, &[], "gate", &["start Envoy"]);
    is_broken(&gate, &[], "envoy", &["does not answer", "--no-gate"]);
    gate.restarts_envoy(str::to_owned);
    is_well(&gate).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_nobody_trusts_is_told_until_a_trusted_one_is_back() {
    let gate = Gate::open().await;
    let tls = gate.folder().join("tls");
    let key = std::fs::read_to_string(tls.join("server.key")).expect("the stand has made it");
    let certificate = String::from_utf8(gate.certificate().to_vec()).expect("PEM");
    std::fs::write(gate.folder().join("trusted.crt"), &certificate).expect("written");
    let trusted = ["--cacert", "trusted.crt"];
    let other = Identity::new();
    gate.renews_certificate(&other.certificate_pem(), &other.key_pem());
    eventually("the other certificate is not trusted", async || {
        let (_, json) = examined(&gate, &trusted);
        (finding(&json, "gate")["level"] == "broken").then_some(())
    })
    .await;
    is_broken(&gate, &trusted, "gate", &["certificate", "--cacert"]);
    gate.renews_certificate(&certificate, &key);
    is_well(&gate).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_that_envoy_does_not_run_is_told() {
    let elsewhere = tempfile::tempdir().expect("a folder");
    let watched = format!(
        "watched_directory: {{ path: {} }} #",
        elsewhere.path().display()
    );
    let start = "watched_directory: { path: ";
    let gate = Gate::of(|stand| {
        stand.edit_bootstrap(move |yaml| {
            assert!(yaml.contains(start), "the bootstrap watches a folder");
            yaml.replace(start, &format!("{watched} "))
        })
    })
    .await;
    is_well(&gate).await;
    // Applied, but Envoy looks elsewhere.
    let path = gate.folder().join("partners.toml");
    let partners = std::fs::read_to_string(&path).expect("it is there");
    let fewer = partners.replacen("burst = 100000", "burst = 77", 1);
    assert_ne!(fewer, partners);
    std::fs::write(&path, fewer).expect("written");
    gate.runs(&["partners", "apply"]);
    is_broken(
        &gate,
        &[],
        "edge_configuration",
        &["is applied", "another folder"],
    );
    std::fs::write(&path, partners).expect("written");
    gate.runs(&["partners", "apply"]);
    is_well(&gate).await;
}

/// The edge's file holds secrets, and a move by hand leaves it open to others.
fn close(path: &Path) {
    let owner_only = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(path, owner_only).expect("it is ours");
}

/// The filter of this run, as if it were of another version.
fn filter_of_another_version() -> PathBuf {
    let filter = std::env::var_os("POSTERN_FILTER_WASM").map(PathBuf::from);
    let filter = filter.unwrap_or_else(|| project_file("target/postern_filter.wasm"));
    let mut code = std::fs::read(&filter).expect("the filter; run `make filter`");
    let old = format!("version.{}", env!("CARGO_PKG_VERSION"));
    let new = format!(
        "version.{}",
        env!("CARGO_PKG_VERSION").replacen('0', "9", 1)
    );
    let places: Vec<usize> = (0..code.len() - old.len())
        .filter(|at| code[*at..].starts_with(old.as_bytes()))
        .collect();
    assert_eq!(places.len(), 1, "where the filter holds its version");
    code[places[0]..places[0] + old.len()].copy_from_slice(new.as_bytes());
    let folder = tempfile::tempdir().expect("a folder").keep();
    let path = folder.join("filter.wasm");
    std::fs::write(&path, code).expect("written");
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_of_another_version_is_told() {
    let gate = Gate::open().await;
    is_well(&gate).await;
    let other = filter_of_another_version();
    let edge = gate.edge_file();
    let mut changed: Value = serde_json::from_str(&edge).expect("JSON");
    let code = "/resources/0/typed_config/config/vm_config/code/local/filename";
    *changed.pointer_mut(code).expect("the code's place") = other.display().to_string().into();
    gate.moves_in_edge_file(&changed.to_string());
    eventually("the other filter runs", async || {
        let (_, json) = examined(&gate, &[]);
        let said = finding(&json, "filter")["said"].to_string();
        said.contains("9.1.0").then_some(())
    })
    .await;
    is_broken(&gate, &[], "filter", &["this program", "one version"]);
    gate.moves_in_edge_file(&edge);
    close(&gate.folder().join("edge/postern-filter.json"));
    is_well(&gate).await;
    let _ = std::fs::remove_dir_all(other.parent().expect("its folder"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_envoy_without_the_filter_is_told_until_it_has_it() {
    let gate = Gate::open().await;
    is_well(&gate).await;
    let shipped = Cell::default();
    gate.restarts_envoy(|yaml| {
        shipped.set(yaml.to_owned());
        without_filter(yaml, "postern")
    });
    is_broken(&gate, &[], "filter", &["no filter that tells its version"]);
    gate.restarts_envoy(|_| shipped.take());
    is_well(&gate).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_ends_is_told_until_it_is_renewed() {
    let gate = Gate::open().await;
    let tls = gate.folder().join("tls");
    let read = |name: &str| std::fs::read(tls.join(name)).expect("it is there");
    let (certificate, key) = (read("server.crt"), read("server.key"));
    let put = |certificate: &[u8], key: &[u8]| {
        for (name, text) in [("server.key", key), ("server.crt", certificate)] {
            let beside = gate.folder().join(name);
            std::fs::write(&beside, text).expect("written");
            std::fs::rename(beside, tls.join(name)).expect("a move");
        }
    };
    let mut wanted = rcgen::CertificateParams::new(["127.0.0.1".to_owned()]).expect("a name");
    let now = std::time::UNIX_EPOCH
        + std::time::Duration::from_secs(postern_tests::unix_now().unsigned_abs());
    wanted.not_after = (now + std::time::Duration::from_secs(36 * 3_600)).into();
    let pair = rcgen::KeyPair::generate().expect("a key");
    let ending = wanted.self_signed(&pair).expect("signed");
    put(ending.pem().as_bytes(), pair.serialize_pem().as_bytes());
    eventually("the ending certificate is told", async || {
        let (_, json) = examined(&gate, &["--cacert", "tls/server.crt"]);
        (finding(&json, "certificates")["level"] == "broken").then_some(())
    })
    .await;
    is_broken(&gate, &[], "certificates", &["ends in 1 days", "renew it"]);
    put(&certificate, &key);
    is_well(&gate).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_whose_clock_is_wrong_is_told() {
    let gate = Gate::open().await;
    // A server of another time: it answers as the gate does.
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            let mut request = [0; 4_096];
            let _ = connection.read(&mut request).await;
            let body = r#"{"ok":false,"error":"forbidden","request_id":"r"}"#;
            let answer = format!(
                "HTTP/1.1 403 Forbidden\r\ndate: Mon, 01 Jan 2024 00:00:00 GMT\r\n\
                 x-request-id: r\r\n\
                 content-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
            let _ = connection.write_all(answer.as_bytes()).await;
        }
    });
    is_broken(
        &gate,
        &["--gate", &url],
        "gate_clock",
        &["behind the clock here", "time source"],
    );
    is_well(&gate).await;
}
