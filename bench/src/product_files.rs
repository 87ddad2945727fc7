//! The product's own programs and files, as its own command line makes them.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The binary `postern`: `POSTERN_BIN`, else what the release build made.
pub(crate) fn postern() -> Result<PathBuf, String> {
    there("POSTERN_BIN", "target/release/postern", "make build")
}

/// The filter: `POSTERN_FILTER_WASM`, else what `make filter` made.
fn filter() -> Result<PathBuf, String> {
    there(
        "POSTERN_FILTER_WASM",
        "target/postern_filter.wasm",
        "make filter",
    )
}

fn there(variable: &str, default: &str, remedy: &str) -> Result<PathBuf, String> {
    let path =
        std::env::var_os(variable).map_or_else(|| crate::repository().join(default), PathBuf::from);
    path.canonicalize().map_err(|_| {
        format!(
            "{} is not there. Run `{remedy}`, or set {variable}.",
            path.display()
        )
    })
}

/// Writes `partners.toml` and `postern.toml` into `folder` (made here) and applies them.
///
/// Returns the file the gate is configured by.
pub(crate) fn apply(folder: &Path, partners: &str) -> Result<PathBuf, String> {
    let nowhere = SocketAddr::from(([127, 0, 0, 1], 1));
    write_settings(folder, nowhere, partners)?;
    run(folder, &["partners", "apply"])?;
    Ok(folder.join("edge/postern-filter.json"))
}

/// Writes `partners.toml` and `postern.toml` into `folder`, both made here.
pub(crate) fn write_settings(
    folder: &Path,
    listen: SocketAddr,
    partners: &str,
) -> Result<(), String> {
    let settings = format!(
        "listen = \"{listen}\"\ndatabase = \"sqlite://postern.db\"\n\n[edge]\nwasm = {:?}\n\n[log]\nlevel = \"warn\"\n",
        filter()?
    );
    let written = std::fs::create_dir_all(folder.join("edge"))
        .and_then(|()| std::fs::write(folder.join("postern.toml"), settings))
        .and_then(|()| std::fs::write(folder.join("partners.toml"), partners));
    written.map_err(|error| format!("{}: {error}", folder.display()))
}

/// Keeps from the product whatever `POSTERN_…` is set where the bench was started: the folder decides.
pub(crate) fn forget_settings(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("POSTERN_") {
            command.env_remove(name);
        }
    }
}

/// Runs one of `postern`'s commands in `folder` to its end.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Result<(), String> {
    let mut command = Command::new(postern()?);
    forget_settings(&mut command);
    finish(command, folder, arguments).map(drop)
}

/// The same, for what it prints.
pub(crate) fn said(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let mut command = Command::new(postern()?);
    forget_settings(&mut command);
    finish(command, folder, arguments)
}

/// The same on the store with this URL.
pub(crate) fn run_on(folder: &Path, database: &str, arguments: &[&str]) -> Result<(), String> {
    let mut command = Command::new(postern()?);
    forget_settings(&mut command);
    command.env("POSTERN_DATABASE", database);
    finish(command, folder, arguments).map(drop)
}

fn finish(mut command: Command, folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = command
        .args(arguments)
        .current_dir(folder)
        .output()
        .map_err(|error| format!("postern {}: {error}", arguments.join(" ")))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(format!(
        "`postern {}` failed:\n{words}",
        arguments.join(" ")
    ))
}
