//! Running `docker`, and compose in whichever form is here.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

/// Where `docker-compose.yml` lies: `POSTERN_COMPOSE_FOLDER`, else the project's own folder.
#[must_use]
pub fn folder() -> PathBuf {
    let ours = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    std::env::var_os("POSTERN_COMPOSE_FOLDER").map_or(ours, PathBuf::from)
}

/// `docker` with these arguments.
#[must_use]
pub fn docker(arguments: &[&str]) -> Command {
    let mut command = Command::new("docker");
    command.args(arguments).stdin(Stdio::null());
    command
}

/// The words of `POSTERN_COMPOSE`; else `docker compose`, or `docker-compose` where the engine's command has no such
/// verb.
///
/// # Panics
/// When `POSTERN_COMPOSE` holds no word.
#[must_use]
pub fn compose() -> Command {
    static WORDS: OnceLock<String> = OnceLock::new();
    let words = WORDS.get_or_init(|| std::env::var("POSTERN_COMPOSE").unwrap_or_else(|_| found()));
    let mut words = words.split_whitespace();
    let mut command = Command::new(words.next().expect("POSTERN_COMPOSE names a program"));
    command
        .args(words)
        .stdin(Stdio::null())
        .current_dir(folder());
    command
}

fn found() -> String {
    let asked = docker(&["compose", "version"]).output();
    let has_verb = asked.is_ok_and(|output| output.status.success());
    let words = if has_verb {
        "docker compose"
    } else {
        "docker-compose"
    };
    words.to_owned()
}

/// Runs it to the end.
///
/// # Panics
/// When it cannot be run.
pub fn run(command: &mut Command) -> Output {
    let output = command.output();
    output.unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

/// Runs it with this as its stdin.
///
/// # Panics
/// When it cannot be run.
pub fn run_with_input(command: &mut Command, input: &str) -> Output {
    let piped = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap_or_else(|error| panic!("{error}"));
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(input.as_bytes()).expect("it reads");
    drop(stdin);
    child.wait_with_output().expect("it ends")
}

/// What it printed.
///
/// # Panics
/// When it did not end with success; the message is all it said.
#[must_use]
pub fn succeeded(what: &str, output: &Output) -> String {
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(
        output.status.success(),
        "{what}: {}\n{out}{err}",
        output.status
    );
    out.into_owned()
}
