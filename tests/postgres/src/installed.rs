//! Which PostgreSQL is installed, and who may run it.

use std::path::PathBuf;

use nix::unistd::{User, geteuid};

use crate::error::{PostgresError, doing};

/// Where Debian and its kin put the programs, one folder for each version.
const DEBIAN_VERSIONS: &str = "/usr/lib/postgresql";

/// Whom Debian's package makes. The server refuses to run as root.
const SERVER_USER: &str = "postgres";

/// The folder that holds `initdb` and `postgres`: the newest of Debian's, else the one on `PATH`.
pub(crate) fn programs() -> Result<PathBuf, PostgresError> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir(DEBIAN_VERSIONS)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    versions.sort();
    let newest_first = versions.into_iter().rev().map(|(_, folder)| folder);
    newest_first
        .chain(std::env::split_paths(&path))
        .find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
        .ok_or_else(|| {
            PostgresError::new(format!(
                "PostgreSQL is not installed: there is no initdb below {DEBIAN_VERSIONS} nor on PATH; \
                 install Debian's package postgresql (apt-get install postgresql)"
            ))
        })
}

/// Under whom the server runs when we are root; `None`: as we are.
pub(crate) fn server_user() -> Result<Option<User>, PostgresError> {
    if !geteuid().is_root() {
        return Ok(None);
    }
    let user = User::from_name(SERVER_USER).map_err(doing("looking for the user postgres"))?;
    user.map(Some).ok_or_else(|| {
        PostgresError::new(
            "PostgreSQL does not run as root, and there is no user postgres to run it; \
             install Debian's package postgresql, or run this as another user",
        )
    })
}
