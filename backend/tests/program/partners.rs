//! `postern partners …`.

use crate::desk::{ACME, Desk, mode};

const EDGE: &str = "edge/postern-filter.json";

/// The filter's configuration inside the file for Envoy.
fn configuration(desk: &Desk) -> serde_json::Value {
    let file: serde_json::Value = serde_json::from_str(&desk.read(EDGE)).expect("JSON");
    let text = &file["resources"][0]["typed_config"]["config"]["configuration"]["value"];
    serde_json::from_str(text.as_str().expect("a text")).expect("JSON inside")
}

#[test]
fn apply_writes_both_parts_and_the_proof_for_their_owner_alone() {
    let desk = Desk::with_acme();
    let said = desk.done(&["partners", "apply"]);
    assert!(said.contains("+ partner acme"), "{said}");
    assert!(!said.contains("your_secret_key"), "{said}");
    for file in [EDGE, "partners.applied.json", "proof.tokens"] {
        assert_eq!(mode(&desk.path(file)), 0o600, "{file}");
    }
    let edge = configuration(&desk);
    assert_eq!(edge["proof"], desk.read("proof.tokens").trim());
    assert_eq!(
        edge["partners"][0]["secrets"][0]["secret"],
        "your_secret_key"
    );
    let backend = desk.read("partners.applied.json");
    assert!(
        backend.contains("major") && !backend.contains("your_secret_key"),
        "{backend}"
    );
}

#[test]
fn a_second_apply_changes_nothing_and_keeps_the_token() {
    let desk = Desk::with_acme();
    desk.done(&["partners", "apply"]);
    let before = (desk.read(EDGE), desk.read("proof.tokens"));
    assert!(
        desk.done(&["partners", "apply"])
            .contains("nothing changes")
    );
    assert_eq!((desk.read(EDGE), desk.read("proof.tokens")), before);
}

#[test]
fn a_mistake_changes_nothing() {
    let desk = Desk::with_acme();
    desk.done(&["partners", "apply"]);
    let before = (desk.read(EDGE), desk.read("partners.applied.json"));
    let broken = ACME
        .replace("127.0.0.1", "somewhere")
        .replace("burst = 200", "burst = 0");
    desk.write("partners.toml", broken);
    let said = desk.run(&["partners", "apply"]);
    assert_eq!(said.code, Some(1));
    assert!(
        said.err.contains("partner \"acme\".networks[1]"),
        "{}",
        said.err
    );
    assert!(said.err.contains("partner \"acme\".burst"), "{}", said.err);
    assert_eq!(
        (desk.read(EDGE), desk.read("partners.applied.json")),
        before
    );
}

#[test]
fn a_dry_run_writes_nothing() {
    let desk = Desk::with_acme();
    let said = desk.done(&["partners", "apply", "--dry-run"]);
    assert!(
        said.contains("+ partner acme") && said.contains("nothing was written"),
        "{said}"
    );
    assert_eq!(desk.names(), ["partners.toml"]);
}

#[test]
fn an_apply_finds_its_way_out_of_a_damaged_file() {
    let desk = Desk::with_acme();
    desk.done(&["partners", "apply"]);
    desk.write(EDGE, "{");
    let said = desk.run(&["partners", "apply"]);
    assert_eq!(said.code, Some(0));
    assert!(said.err.contains("is replaced"), "{}", said.err);
    assert_eq!(configuration(&desk)["partners"][0]["id"], "acme");
}

#[test]
fn a_damaged_proof_file_stops_the_apply() {
    let desk = Desk::with_acme();
    desk.write("proof.tokens", "short\n");
    let said = desk.run(&["partners", "apply"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("proof.tokens"), "{}", said.err);
    assert_eq!(
        desk.names(),
        [".partners.toml.lock", "partners.toml", "proof.tokens"]
    );
}

#[test]
fn a_partner_whose_secrets_have_run_out_is_told_of() {
    let desk = Desk::empty();
    let past = "your_secret_key\", not_after = \"2020-01-01\"";
    desk.write("partners.toml", ACME.replace("your_secret_key\"", past));
    let said = desk.run(&["partners", "apply"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(
        said.err.contains("no secret of partner acme counts now"),
        "{}",
        said.err
    );
}

#[test]
fn without_a_file_apply_says_how_to_begin() {
    let said = Desk::empty().run(&["partners", "apply"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("postern partners add"), "{}", said.err);
}

#[test]
fn add_makes_a_secret_shows_it_once_and_apply_takes_it() {
    let desk = Desk::empty();
    let network = ["--network", "2001:db8::/32"];
    let said = desk.done(
        &[
            &["partners", "add", "west", "--unit", "minor"],
            &network[..],
        ]
        .concat(),
    );
    let secret = said
        .lines()
        .find_map(|line| line.strip_prefix("secret  "))
        .expect("it is shown");
    assert_eq!(secret.len(), 64);
    desk.done(&["partners", "apply"]);
    assert_eq!(
        configuration(&desk)["partners"][0]["secrets"][0]["secret"],
        secret
    );
    assert!(!desk.done(&["partners", "list"]).contains(secret));
}

#[test]
fn an_add_that_would_be_a_mistake_leaves_the_file() {
    let desk = Desk::with_acme();
    let add = [
        "partners",
        "add",
        "west",
        "--unit",
        "major",
        "--network",
        "10.0.0.1/8",
    ];
    let said = desk.run(&add);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("10.0.0.0/8"), "{}", said.err);
    assert_eq!(desk.read("partners.toml"), ACME);
}

#[test]
fn rotate_keeps_the_comments_and_lets_the_old_secret_run_out() {
    let desk = Desk::with_acme();
    desk.done(&["partners", "apply"]);
    desk.done(&["partners", "rotate", "acme", "--overlap", "12h"]);
    assert!(desk.read("partners.toml").contains("# ours since 2024"));
    let said = desk.done(&["partners", "apply"]);
    assert!(
        said.contains("key k1       always valid → valid until"),
        "{said}"
    );
    let secrets = &configuration(&desk)["partners"][0]["secrets"];
    assert!(
        secrets[0]["not_after"].is_i64() && secrets[1]["not_after"].is_null(),
        "{secrets}"
    );
}

#[test]
fn rotate_refuses_whom_it_does_not_know_and_odd_times() {
    let desk = Desk::with_acme();
    let unknown = desk.run(&["partners", "rotate", "east"]);
    assert_eq!(unknown.code, Some(1));
    assert!(
        unknown.err.contains("postern partners list"),
        "{}",
        unknown.err
    );
    for odd in ["soon", "-1d", "1 month"] {
        let said = desk.run(&["partners", "rotate", "acme", &format!("--overlap={odd}")]);
        assert_eq!(said.code, Some(2), "{odd}: {}", said.err);
    }
    assert_eq!(desk.read("partners.toml"), ACME);
}

#[test]
fn list_shows_a_table_without_secrets() {
    let said = Desk::with_acme().done(&["partners", "list"]);
    insta::assert_snapshot!(said);
}
