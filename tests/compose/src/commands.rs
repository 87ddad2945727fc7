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

/// `docker compose`, or `docker-compose` where the engine's command has no such verb.
#[must_use]
pub fn compose() -> Command {
    static HAS_VERB: OnceLock<bool> = OnceLock::new();
    let has_verb = HAS_VERB.get_or_init(|| {
        let asked = docker(&["compose", "version"]).output();
        asked.is_ok_and(|output| output.status.success())
    });
    let mut command = if *has_verb {
        docker(&["compose"])
    } else {
        Command::new("docker-compose")
    };
    command.stdin(Stdio::null()).current_dir(folder());
    command
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
