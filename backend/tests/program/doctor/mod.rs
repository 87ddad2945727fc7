//! `postern doctor` without a gate: each thing broken, told in plain words, healed.

mod files;
mod store;
mod backend;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde_json::Value;

use crate::backend::Backend;
use crate::desk::Desk;

/// A desk that is applied and whose backend runs, with that backend's address.
fn running() -> (Desk, Backend, String) {
    let desk = Desk::with_acme();
    let (backend, listen) = runs_in(&desk);
    (desk, backend, listen)
}

/// The same on this store.
fn running_on(database: &str) -> (Desk, Backend, String) {
    let desk = Desk::with_acme();
    desk.write("postern.toml", format!("database = \"{database}\"\n"));
    let (backend, listen) = runs_in(&desk);
    (desk, backend, listen)
}

fn runs_in(desk: &Desk) -> (Backend, String) {
    close(&desk.path("partners.toml"));
    desk.done(&["partners", "apply"]);
    let mut backend = Backend::start(desk);
    let listen = address(&mut backend);
    (backend, listen)
}

/// Where a backend listens, once it does.
fn address(backend: &mut Backend) -> String {
    let listen = backend.said("serving")["listen"].clone();
    listen.as_str().expect("an address").to_owned()
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
