//! The running backend: away, by another clock, of another version.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

use super::{address, is_told, is_well, running};
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
        "the running backend is 9.",
        "this program",
        "restart the backend",
    ];
    is_told(&desk, &at, "backend_version", "broken", &words);
    drop(old);
    let mut new = Backend::start(&desk);
    is_well(&desk, &address(&mut new));
}
