//! `postern doctor` without a gate: each thing broken, told in plain words, healed.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde_json::Value;

use crate::backend::Backend;
use crate::desk::{ACME, Desk};

/// A desk that is applied and whose backend runs, with that backend's address.
fn running() -> (Desk, Backend, String) {
    let desk = Desk::with_acme();
    close(&desk.path("partners.toml"));
    desk.done(&["partners", "apply"]);
    let mut backend = Backend::start(&desk);
    let listen = backend.said("serving")["listen"].clone();
    let listen = listen.as_str().expect("an address").to_owned();
    (desk, backend, listen)
}

fn close(path: &Path) {
    set_mode(path, 0o600);
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is ours");
}

/// What it says, as JSON, with its exit code.
fn examined(desk: &Desk, backend: &str) -> (Option<i32>, Value) {
    let said = desk.run(&["doctor", "--no-gate", "--backend", backend, "--json"]);
    let json = serde_json::from_str(&said.out);
    (
        said.code,
        json.unwrap_or_else(|_| panic!("{}{}", said.out, said.err)),
    )
}

/// Claims that all is well.
fn is_well(desk: &Desk, backend: &str) {
    let (code, json) = examined(desk, backend);
    assert_eq!(
        (code, &json["ok"]),
        (Some(0), &Value::Bool(true)),
        "{json:#}"
    );
}

/// Claims that this check is of this level, and that what is said and advised holds these words.
fn is_told(desk: &Desk, backend: &str, check: &str, level: &str, words: &[&str]) {
    let (code, json) = examined(desk, backend);
    let all = json["checks"].as_array().expect("a list");
    let found = all
        .iter()
        .find(|it| it["check"] == check && it["level"] == level);
    let found = found.unwrap_or_else(|| panic!("no {level} {check}: {json:#}"));
    let text = format!("{} → {}", found["said"], found["advice"]);
    for word in words {
        assert!(text.contains(word), "{word} is not in: {text}");
    }
    let is_sound = all.iter().all(|it| it["level"] != "broken");
    assert_eq!(json["ok"], is_sound, "{json:#}");
    assert_eq!(code, Some(i32::from(!is_sound)), "{json:#}");
}

#[test]
fn an_installation_in_order_is_said_to_be() {
    let (desk, _backend, at) = running();
    is_well(&desk, &at);
    let said = desk.run(&["doctor", "--no-gate", "--backend", &at]);
    assert_eq!(said.code, Some(0));
    for line in ["✓ partners: ", "✓ backend_proof: ", "in order"] {
        assert!(said.out.contains(line), "{}", said.out);
    }
}

#[test]
fn partners_that_are_not_applied_or_wrong_are_told() {
    let (desk, _backend, at) = running();
    let changed = ACME.replace("rate_per_second = 100", "rate_per_second = 7");
    desk.write("partners.toml", &changed);
    is_told(
        &desk,
        &at,
        "partners",
        "broken",
        &["not applied yet", "7", "partners apply"],
    );
    desk.write("partners.toml", ACME.replace("major", "millions"));
    is_told(
        &desk,
        &at,
        "partners",
        "broken",
        &["mistakes", "amount_unit"],
    );
    desk.write("partners.toml", ACME);
    is_well(&desk, &at);
}

#[test]
fn an_edge_file_that_is_gone_or_damaged_is_told() {
    let (desk, _backend, at) = running();
    let edge = desk.path("edge/postern-filter.json");
    let good = fs::read(&edge).expect("it is there");
    fs::remove_file(&edge).expect("removed");
    is_told(
        &desk,
        &at,
        "edge_file",
        "broken",
        &["there is no", "partners apply"],
    );
    desk.write("edge/postern-filter.json", "{}");
    close(&edge);
    is_told(
        &desk,
        &at,
        "edge_file",
        "broken",
        &["not what a filter can load"],
    );
    desk.write("edge/postern-filter.json", good);
    is_well(&desk, &at);
}

#[test]
fn proof_tokens_that_differ_are_told() {
    let (desk, mut backend, at) = running();
    let good = desk.read("proof.tokens");
    let other = "n".repeat(40);
    desk.write("proof.tokens", &other);
    backend.said("partners reloaded");
    is_told(
        &desk,
        &at,
        "proof",
        "broken",
        &["none of those", "partners apply"],
    );
    is_told(
        &desk,
        &at,
        "backend_proof",
        "broken",
        &["does not take the token"],
    );
    desk.write("proof.tokens", format!("{other}\n{good}"));
    backend.said("partners reloaded");
    is_told(
        &desk,
        &at,
        "proof",
        "doubtful",
        &["still sends the old one"],
    );
    desk.write("proof.tokens", format!("{good}\n{other}"));
    is_told(&desk, &at, "proof", "doubtful", &["remove the second line"]);
    fs::remove_file(desk.path("proof.tokens")).expect("removed");
    is_told(&desk, &at, "proof", "broken", &["there is no proof file"]);
    desk.write("proof.tokens", good);
    close(&desk.path("proof.tokens"));
    is_well(&desk, &at);
}

#[test]
fn secrets_that_others_can_read_or_replace_are_told() {
    let (desk, _backend, at) = running();
    for name in [
        "partners.toml",
        "proof.tokens",
        "edge/postern-filter.json",
        "postern.db",
    ] {
        let path = desk.path(name);
        set_mode(&path, 0o640);
        is_told(
            &desk,
            &at,
            "secrets",
            "broken",
            &[name, "0640", "chmod 600"],
        );
        close(&path);
    }
    let edge = desk.path("edge");
    set_mode(&edge, 0o777);
    is_told(
        &desk,
        &at,
        "secrets",
        "broken",
        &["anybody can replace", "chmod o-w"],
    );
    set_mode(&edge, 0o755);
    is_well(&desk, &at);
}

#[test]
fn a_store_that_is_missing_or_away_is_told() {
    let (desk, _backend, at) = running();
    let elsewhere = |url: &str, words: &[&str]| {
        let mut command = desk.command(&["doctor", "--no-gate", "--backend", &at, "--json"]);
        let output = command
            .env("POSTERN_DATABASE", url)
            .output()
            .expect("it runs");
        let text = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{text}");
        for word in words {
            assert!(text.contains(word), "{word} is not in: {text}");
        }
    };
    let missing = desk.path("elsewhere.db");
    let url = format!("sqlite://{}", missing.display());
    elsewhere(&url, &["no ledger in it yet", "it makes one"]);
    assert!(!missing.exists(), "looking makes nothing");
    elsewhere("postgres://me@127.0.0.1:1/none", &["127.0.0.1:1"]);
    is_well(&desk, &at);
}

#[test]
fn a_store_that_is_older_or_newer_is_told() {
    let (desk, _backend, at) = running();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let run = |statement: &'static str| {
        let url = format!("sqlite://{}", desk.path("postern.db").display());
        runtime.block_on(async {
            use sqlx::{Connection as _, Executor as _};
            let mut file = sqlx::SqliteConnection::connect(&url).await.expect("open");
            file.execute(statement).await.expect("run");
            file.close().await.expect("closed");
        });
    };
    run("UPDATE _sqlx_migrations SET version = 9001 WHERE version = 2");
    is_told(
        &desk,
        &at,
        "store",
        "broken",
        &["newer Postern", "migration 9001", "newer version"],
    );
    run("UPDATE _sqlx_migrations SET version = 2, success = false WHERE version = 9001");
    is_told(
        &desk,
        &at,
        "store",
        "broken",
        &["lacks migration 2", "it migrates"],
    );
    run("UPDATE _sqlx_migrations SET success = true WHERE version = 2");
    is_well(&desk, &at);
}

#[test]
fn a_backend_that_is_away_is_told() {
    let (desk, backend, at) = running();
    drop(backend);
    is_told(
        &desk,
        &at,
        "backend",
        "broken",
        &["does not answer", "postern serve"],
    );
    let mut again = Backend::start(&desk);
    let at = again.said("serving")["listen"].clone();
    is_well(&desk, at.as_str().expect("an address"));
}
