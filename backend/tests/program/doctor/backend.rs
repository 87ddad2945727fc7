//! The running backends: away, by another clock, of another version, one of several.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

use postern_test_postgres::Schema;
use serde_json::Value;

use super::{address, is_told, is_well, running, running_on};
use crate::backend::Backend;
use crate::desk::Desk;

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

/// What is said of two backends: for each finding about either, its level and its words.
fn told_of_both(desk: &Desk, one: &str, other: &str) -> (Option<i32>, Vec<(String, String)>) {
    let examine = [
        "doctor",
        "--no-gate",
        "--json",
        "--backend",
        one,
        "--backend",
        other,
    ];
    let said = desk.run(&examine);
    let json: Value = serde_json::from_str(&said.out).expect("JSON");
    let all = json["checks"].as_array().expect("a list").iter();
    let of_backends = all.filter(|it| {
        let check = it["check"].as_str().unwrap_or_default();
        check.starts_with("backend")
    });
    let text = |it: &Value, name: &str| it[name].as_str().unwrap_or_default().to_owned();
    let told = of_backends.map(|it| (text(it, "level"), text(it, "said")));
    (said.code, told.collect())
}

#[test]
fn of_several_backends_each_is_examined_and_named() {
    let schema = Schema::create();
    let (desk, _first, one) = running_on(&schema.url());
    let mut second = Backend::start(&desk);
    let other = address(&mut second);
    let (code, told) = told_of_both(&desk, &one, &other);
    assert_eq!(code, Some(0), "{told:?}");
    for at in [&one, &other] {
        let of_this = told.iter().filter(|(_, said)| said.contains(at.as_str()));
        assert_eq!(of_this.count(), told.len() / 2, "{at}: {told:?}");
    }

    drop(second);
    let (code, told) = told_of_both(&desk, &one, &other);
    assert_eq!(code, Some(1), "{told:?}");
    let broken = told.iter().filter(|(level, _)| level == "broken");
    let broken: Vec<&String> = broken.map(|(_, said)| said).collect();
    assert!(
        broken.len() == 1 && broken[0].contains(&other) && broken[0].contains("does not answer"),
        "{told:?}"
    );

    let mut again = Backend::start(&desk);
    let (code, told) = told_of_both(&desk, &one, &address(&mut again));
    assert_eq!(code, Some(0), "{told:?}");
}

/// The library that gives one program another time, out of Debian's `faketime`.
fn faketime() -> String {
    let told = Command::new("faketime")
        .args(["-f", "+0s", "sh", "-c", "echo $LD_PRELOAD"])
        .output();
    let told = told.expect("faketime is there: `tools/need faketime:faketime` installs it");
    let path = String::from_utf8_lossy(&told.stdout).trim().to_owned();
    assert!(!path.is_empty(), "faketime names no library");
    path
}

#[test]
fn a_backend_whose_clock_is_wrong_is_told_until_it_is_set() {
    let (desk, right, _) = running();
    drop(right);
    let clock = desk.path("clock");
    let set = |text: &str| fs::write(&clock, text).expect("written");
    set("+0");
    let mut command = desk.command(&["serve"]);
    command
        .env("LD_PRELOAD", faketime())
        .env("FAKETIME_TIMESTAMP_FILE", &clock)
        .env("FAKETIME_NO_CACHE", "1") // it is read at each look at the clock
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1"); // a clock that steps moves no timer
    let mut backend = Backend::of(command);
    let at = address(&mut backend);
    is_well(&desk, &at);
    for (offset, word) in [
        ("-3600", "behind the clock here"),
        ("+60", "ahead of the clock here"),
    ] {
        set(offset);
        is_told(
            &desk,
            &at,
            "backend_clock",
            "broken",
            &[word, "one time source"],
        );
    }
    set("+0");
    is_well(&desk, &at);
}

/// The program as if it were of another version.
fn of_another_version(desk: &Desk) -> PathBuf {
    let old = env!("CARGO_PKG_VERSION").as_bytes();
    let new = [b"9", &old[1..]].concat();
    let mut program = fs::read(env!("CARGO_BIN_EXE_postern")).expect("it is built");
    let places: Vec<usize> = (0..=program.len() - old.len())
        .filter(|at| program[*at..].starts_with(old))
        .collect();
    assert!(!places.is_empty(), "the program holds its version");
    for at in places {
        program[at..at + old.len()].copy_from_slice(&new);
    }
    let path = desk.path("another-postern");
    fs::write(&path, program).expect("written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it is ours");
    path
}

#[test]
fn a_backend_of_another_version_is_told_until_it_is_restarted() {
    let (desk, right, _) = running();
    drop(right);
    let other = of_another_version(&desk);
    let mut old = Backend::of(desk.command_of(&other, &["serve"]));
    let at = address(&mut old);
    let words = [
        "the running backend at",
        "is 9.",
        "this program",
        "restart the backend",
    ];
    is_told(&desk, &at, "backend_version", "broken", &words);
    drop(old);
    let mut new = Backend::start(&desk);
    is_well(&desk, &address(&mut new));
}
