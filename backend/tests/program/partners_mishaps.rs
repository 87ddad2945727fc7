//! `postern partners …` when people, files or other commands get in the way.

use std::collections::BTreeSet;
use std::fs;
use std::process::Stdio;

use crate::desk::{ACME, Desk};

const EDGE: &str = "edge/postern-filter.json";

fn add(id: &str) -> [&str; 7] {
    ["partners", "add", id, "--unit", "major", "--network", "::1"]
}

/// The ids in partners.toml.
fn partners(desk: &Desk) -> BTreeSet<String> {
    let file: toml::Table = desk.read("partners.toml").parse().expect("TOML");
    let partners = file["partner"].as_array().expect("a list").iter();
    let id = |partner: &toml::Value| partner["id"].as_str().expect("a text").to_owned();
    partners.map(id).collect()
}

#[test]
fn a_broken_line_is_told_by_its_place_and_never_shown() {
    let desk = Desk::empty();
    desk.write(
        "partners.toml",
        ACME.replace("your_secret_key\"", "your_secret_key"),
    );
    for command in [&add("west")[..], &["partners", "rotate", "acme"]] {
        let said = desk.run(command);
        assert_eq!(said.code, Some(1));
        assert!(said.err.contains("is not TOML: line "), "{}", said.err);
        assert!(!said.err.contains("your_secret_key"), "{}", said.err);
    }
}

#[test]
fn partners_added_at_once_are_all_there() {
    let desk = Desk::with_acme();
    let names: Vec<String> = (1..=12).map(|number| format!("partner-{number}")).collect();
    let running: Vec<_> = names
        .iter()
        .map(|name| {
            let mut command = desk.command(&add(name));
            command.stdout(Stdio::null());
            command.spawn().expect("postern runs")
        })
        .collect();
    for mut child in running {
        assert!(child.wait().expect("it ends").success());
    }
    let mut expected: BTreeSet<String> = names.into_iter().collect();
    expected.insert("acme".to_owned());
    assert_eq!(partners(&desk), expected);
}

#[test]
fn first_applies_at_once_agree_on_one_proof() {
    let desk = Desk::with_acme();
    let running: Vec<_> = (0..6)
        .map(|_| {
            let mut command = desk.command(&["partners", "apply"]);
            command.stdout(Stdio::null()).stderr(Stdio::null());
            command.spawn().expect("postern runs")
        })
        .collect();
    for mut child in running {
        assert!(child.wait().expect("it ends").success());
    }
    let proof = desk.read("proof.tokens");
    assert_eq!(proof.lines().count(), 1);
    assert!(desk.read(EDGE).contains(proof.trim()));
}

#[test]
fn nobody_is_removed_by_an_empty_file_unless_it_is_meant() {
    let desk = Desk::with_acme();
    desk.done(&["partners", "apply"]);
    let before = (desk.read(EDGE), desk.read("partners.applied.json"));
    desk.write("partners.toml", "");
    for apply in [
        &["partners", "apply"][..],
        &["partners", "apply", "--dry-run"],
    ] {
        let said = desk.run(apply);
        assert_eq!(said.code, Some(1));
        assert!(said.out.contains("- partner acme"), "{}", said.out);
        assert!(said.err.contains("--remove-all"), "{}", said.err);
    }
    for (lost, text) in [(EDGE, &before.0), ("partners.applied.json", &before.1)] {
        fs::remove_file(desk.path(lost)).expect("it is there");
        let said = desk.run(&["partners", "apply"]);
        assert_eq!(said.code, Some(1), "the other part knows of partners");
        desk.write(lost, text);
    }
    assert_eq!(
        (desk.read(EDGE), desk.read("partners.applied.json")),
        before
    );
    desk.done(&["partners", "apply", "--remove-all"]);
    assert!(!desk.read("partners.applied.json").contains("acme"));
}

#[test]
fn a_lost_proof_file_does_not_shut_out_what_the_edge_still_sends() {
    let desk = Desk::with_acme();
    desk.done(&["partners", "apply"]);
    let old = desk.read("proof.tokens").trim().to_owned();
    fs::remove_file(desk.path("proof.tokens")).expect("it is there");
    let said = desk.done(&["partners", "apply"]);
    assert!(said.contains("second line"), "{said}");
    let proof = desk.read("proof.tokens");
    let tokens: Vec<&str> = proof.lines().collect();
    assert_eq!(tokens.len(), 2);
    assert_ne!(tokens[0], old);
    assert_eq!(tokens[1], old);
    assert!(desk.read(EDGE).contains(tokens[0]));
}

#[test]
fn an_apply_that_cannot_write_for_the_edge_changes_nothing() {
    let desk = Desk::with_acme();
    // The name fits a file, but not with the marks of a temporary one around it.
    let long = "x".repeat(250);
    desk.write("postern.toml", format!("[edge]\noutput = \"{long}\"\n"));
    let said = desk.run(&["partners", "apply"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("cannot write xxx"), "{}", said.err);
    assert!(!desk.path("partners.applied.json").exists());
    assert!(!desk.path("proof.tokens").exists());
}

#[test]
fn the_secret_that_ran_out_makes_room_for_the_next() {
    let desk = Desk::empty();
    let past = "your_secret_key\", not_after = \"2020-01-01\"";
    desk.write("partners.toml", ACME.replace("your_secret_key\"", past));
    let said = desk.done(&["partners", "rotate", "acme"]);
    assert!(said.contains("took out what had run out: k1"), "{said}");
    assert!(!desk.read("partners.toml").contains("your_secret_key"));
    desk.done(&["partners", "apply"]);
}

#[test]
fn the_first_lines_of_the_introduction_work() {
    let desk = Desk::empty();
    let line = "partners add NAME --network 203.0.113.0/24 --unit major";
    desk.done(&line.split(' ').collect::<Vec<_>>());
    desk.done(&["partners", "apply"]);
    assert!(desk.done(&["partners", "list"]).contains("203.0.113.0/24"));
}
