//! The Envoys and the demo that stories run, and the bootstrap that ships.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The Envoy of this run: `POSTERN_ENVOY`, else what `tools/envoy` finds.
#[must_use]
pub fn envoy() -> PathBuf {
    program("POSTERN_ENVOY", &[])
}

/// The lowest Envoy we stand for: `POSTERN_ENVOY_LOWEST`, else the pinned one.
#[must_use]
pub fn lowest_envoy() -> PathBuf {
    program("POSTERN_ENVOY_LOWEST", &["lowest"])
}

/// The demo: `POSTERN_DEMO`, else what `make build` built.
///
/// # Panics
/// When it is not there.
#[must_use]
pub fn demo() -> PathBuf {
    let path = std::env::var_os("POSTERN_DEMO").filter(|path| path != OsStr::new(""));
    let path = path.map_or_else(|| root().join("target/release/postern-demo"), PathBuf::from);
    path.canonicalize().unwrap_or_else(|_| {
        panic!(
            "{} is not the demo; run `make build`, or set POSTERN_DEMO",
            path.display()
        )
    })
}

/// Writes the bootstrap that ships into a folder that stands for `/etc/postern`, all else as it is.
///
/// # Panics
/// When the folder cannot be written.
#[must_use]
pub fn shipped_bootstrap_in(folder: &Path) -> PathBuf {
    for part in ["edge", "envoy", "tls"] {
        fs::create_dir_all(folder.join(part)).expect("the folder can be written");
    }
    // Envoy looks whether it is there; what is in it is the filter's to judge.
    fs::write(folder.join("edge/postern-filter.json"), "{}").expect("the folder can be written");
    for name in ["tls.yaml", "envoy.yaml"] {
        let shipped = fs::read_to_string(root().join("envoy").join(name)).expect("it ships");
        let here = shipped.replace("/etc/postern/", &format!("{}/", folder.display()));
        fs::write(folder.join("envoy").join(name), here).expect("the folder can be written");
    }
    folder.join("envoy/envoy.yaml")
}

fn root() -> &'static Path {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests
        .parent()
        .expect("the tests are a folder of the project")
}

fn program(variable: &str, which: &[&str]) -> PathBuf {
    if let Some(path) = std::env::var_os(variable).filter(|path| path != OsStr::new("")) {
        return PathBuf::from(path);
    }
    let tool = root().join("tools/envoy");
    let ran = Command::new(&tool)
        .args(which)
        .stderr(Stdio::inherit())
        .output();
    let ran = ran.unwrap_or_else(|error| panic!("{}: {error}", tool.display()));
    let path = PathBuf::from(String::from_utf8_lossy(&ran.stdout).trim());
    assert!(
        path.is_file(),
        "there is no Envoy; set {variable}, or see why `tools/envoy {}` fails",
        which.join(" ")
    );
    path
}
