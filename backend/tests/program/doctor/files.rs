//! What people wrote and what was made of it, and the disk it lies on.

use std::fs;

use postern_test_postgres::Disk;

use super::{close, is_told, is_well, running, running_on, set_mode};
use crate::desk::ACME;

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
fn a_disk_that_fills_is_told_until_there_is_room() {
    let disk = Disk::mount(None).unwrap_or_else(|error| panic!("{error}"));
    let database = disk.path().join("postern.db");
    let (desk, _backend, at) = running_on(&format!("sqlite://{}", database.display()));
    let told = |level, words: &[&str]| is_told(&desk, &at, "disk", level, words);
    disk.fill().expect("it is filled");
    told("broken", &["has 0 MiB left", "make room", "prune"]);
    disk.make_room().expect("it was filled");
    told("broken", &["MiB left", "make room"]);
    disk.grows_to("1g").expect("it grows");
    told("doubtful", &["MiB left", "make room"]);
    disk.grows_to("4g").expect("it grows");
    is_well(&desk, &at);
}
