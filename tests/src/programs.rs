//! The programs that stories run, and the bootstrap that ships.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The Envoy of this run: `POSTERN_ENVOY`, else what `tools/envoy` finds.
#[must_use]
pub fn envoy() -> PathBuf {
    built("POSTERN_ENVOY", "tools/envoy", &[])
}

/// The lowest Envoy we stand for: `POSTERN_ENVOY_LOWEST`, else the pinned one.
#[must_use]
pub fn lowest_envoy() -> PathBuf {
    built("POSTERN_ENVOY_LOWEST", "tools/envoy", &["lowest"])
}

/// axe-core, the script that looks for what keeps people out of a page: `POSTERN_AXE`, else what
/// `tools/axe` fetches.
#[must_use]
pub fn axe() -> PathBuf {
    built("POSTERN_AXE", "tools/axe", &[])
}

/// Kubernetes' own JSON Schema of its objects: `POSTERN_KUBERNETES_SCHEMA`, else what
/// `tools/kubernetes-schema` fetches.
#[must_use]
pub fn kubernetes_schema() -> PathBuf {
    built("POSTERN_KUBERNETES_SCHEMA", "tools/kubernetes-schema", &[])
}

/// The demo: `POSTERN_DEMO`, else what `make build` built.
///
/// # Panics
/// When it is not there.
#[must_use]
pub fn demo() -> PathBuf {
    built_by_make("POSTERN_DEMO", "target/release/postern-demo", "build")
}

fn built_by_make(variable: &str, place: &str, target: &str) -> PathBuf {
    let path = std::env::var_os(variable).filter(|path| path != OsStr::new(""));
    let path = path.map_or_else(|| root().join(place), PathBuf::from);
    path.canonicalize().unwrap_or_else(|_| {
        let path = path.display();
        panic!("{path} is not there; run `make {target}`, or set {variable}")
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

/// The backend's program: `POSTERN_BIN`, else what `make build` built.
///
/// # Panics
/// When it is not there.
#[must_use]
pub fn postern() -> PathBuf {
    built_by_make("POSTERN_BIN", "target/release/postern", "build")
}

/// The filter: `POSTERN_FILTER_WASM`, else what `make filter` built.
///
/// # Panics
/// When it is not there.
#[must_use]
pub fn filter() -> PathBuf {
    built_by_make(
        "POSTERN_FILTER_WASM",
        "target/postern_filter.wasm",
        "filter",
    )
}

/// The rate limit service: `POSTERN_RATE_LIMIT_SERVICE`, else what `tools/ratelimit` builds.
#[must_use]
pub fn rate_limit_service() -> PathBuf {
    built("POSTERN_RATE_LIMIT_SERVICE", "tools/ratelimit", &[])
}

/// The text of a file that ships.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn shipped(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The folder of the whole project.
///
/// # Panics
/// When the tests lie in none.
#[must_use]
pub fn root() -> &'static Path {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests
        .parent()
        .expect("the tests are a folder of the project")
}

/// A program that one of `tools/` installs: what the variable names, else the path that the tool prints.
///
/// # Panics
/// When it cannot be had.
#[must_use]
pub fn tool(variable: &str, tool: &str) -> PathBuf {
    built(variable, tool, &[])
}

/// What a variable names, else the path that a tool prints.
fn built(variable: &str, tool: &str, arguments: &[&str]) -> PathBuf {
    if let Some(path) = std::env::var_os(variable).filter(|path| path != OsStr::new("")) {
        return PathBuf::from(path);
    }
    let ran = Command::new(root().join(tool))
        .args(arguments)
        .stderr(Stdio::inherit())
        .output();
    let ran = ran.unwrap_or_else(|error| panic!("{tool}: {error}"));
    let path = PathBuf::from(String::from_utf8_lossy(&ran.stdout).trim());
    assert!(
        path.is_file(),
        "set {variable}, or see why `{tool} {}` fails",
        arguments.join(" ")
    );
    path
}

/// A program that is killed when this value goes.
pub struct Running(Child);

impl Running {
    /// Starts it; what it prints to stdout is not kept.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn start(command: &mut Command) -> Running {
        let started = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn();
        let name = command.get_program().display().to_string();
        Running(started.unwrap_or_else(|error| panic!("{name} does not start: {error}")))
    }

    /// Sends it a signal.
    ///
    /// # Panics
    /// When it has ended.
    pub fn is_told(&self, signal: Signal) {
        let pid = i32::try_from(self.0.id()).expect("a pid");
        kill(Pid::from_raw(pid), signal).expect("it is there");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill(); // it may have ended by itself
        let _ = self.0.wait();
    }
}
