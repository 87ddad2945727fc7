//! Our images before anything runs: how large they are, what is not in them, and what a change of our code makes anew.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use postern_compose_tests::commands::{docker, folder, run, succeeded};
use postern_compose_tests::images::{self, OURS};
use tokio::task::block_in_place;

/// What each may take, in MB: it is on each machine that runs it, and goes there at each update.
const AT_MOST: [(&str, u64); 3] = [("backend", 170), ("demo", 180), ("envoy", 250)];
const MB: u64 = 1_000_000;
/// A CA that `tools/compose` puts into `docker/ca` beside the machine's own.
const EXTRA_CA: &str = "tests/compose/extra-ca.crt";
/// What is tried here is built under this tag.
const TAG: &str = "changed";

#[test]
fn an_image_is_small() {
    for (ours, at_most) in AT_MOST {
        let size = images::size(&images::name(ours));
        assert!(size <= at_most * MB, "{ours} takes {} MB", size / MB);
    }
    assert_eq!(AT_MOST.map(|(ours, _)| ours), OURS, "was not looked at");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_extra_ca_is_trusted_while_building_and_by_nothing_that_runs() {
    let extra = std::fs::read_to_string(folder().join(EXTRA_CA)).expect("it is in the context");
    let line = extra.lines().nth(1).expect("a line between its ends");
    let builder = images::name("builder");
    does(&[
        "build",
        "-q",
        "-f",
        "docker/Dockerfile",
        "--target",
        "rust",
        "-t",
        &builder,
        ".",
    ]);
    let trusted = "/etc/ssl/certs/ca-certificates.crt";
    let count = [
        "run",
        "--rm",
        "--entrypoint",
        "grep",
        &builder,
        "-cF",
        line,
        trusted,
    ];
    assert_eq!(does(&count).trim(), "1", "it is not trusted while building");
    // Of each image, what certainly is in it is looked for besides.
    let control = "# Whether a GET on loopback is answered by 200";
    for ours in OURS {
        let found = images::texts_in(&images::name(ours), &[line, control]);
        assert_eq!(found, [control], "{ours}");
    }
    does(&["rmi", &builder]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_our_code_leaves_what_was_made_of_others_code() {
    let copy = tempfile::tempdir().expect("a folder");
    images::copies_context(copy.path());
    takes_what_is_compiled(copy.path());
    let _ = images::builds(copy.path(), "backend-1", TAG);
    let code = copy.path().join("backend/src/lib.rs");
    let mut code = OpenOptions::new()
        .append(true)
        .open(code)
        .expect("it is there");
    code.write_all(b"\n// A line more.\n").expect("written");

    let steps = images::builds(copy.path(), "backend-1", TAG);
    does(&["rmi", &format!("postern/backend:{TAG}")]);
    for (begins, ends, is_cached) in [
        // Dependencies, of the programs and of the filter.
        ("RUN docker/take target/release", "-p postern-stand", true),
        ("RUN docker/take target ", "tools/wasm dependencies", true),
        // The filter itself, of which nothing has changed.
        ("RUN docker/take target ", "tools/wasm build; }", true),
        ("COPY backend backend", "", false),
        (
            "RUN docker/take target/release",
            "-p postern-stand; }",
            false,
        ),
    ] {
        let is_this = |it: &&images::Step| {
            it.instruction.starts_with(begins) && it.instruction.ends_with(ends)
        };
        let told: Vec<bool> = steps
            .iter()
            .filter(is_this)
            .map(|it| it.is_cached)
            .collect();
        assert_eq!(told, [is_cached], "{begins} … {ends}");
    }
}

/// So that nothing is compiled here, however the images were built.
fn takes_what_is_compiled(context: &Path) {
    for (file, ours, from) in [
        ("postern", "demo", "/usr/local/bin"),
        ("postern-demo", "demo", "/usr/local/bin"),
        ("postern_filter.wasm", "backend", "/etc/postern"),
    ] {
        let container = does(&["create", &images::name(ours)]);
        let from = format!("{}:{from}/{file}", container.trim());
        let ready = context.join("docker/ready");
        does(&["cp", &from, &ready.display().to_string()]);
        does(&["rm", container.trim()]);
    }
}

/// Runs `docker` in the project's folder, and gives what it printed.
fn does(arguments: &[&str]) -> String {
    let output = block_in_place(|| run(docker(arguments).current_dir(folder())));
    succeeded(arguments[0], &output)
}
