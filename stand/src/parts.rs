//! Where the programs and files lie that a stand is made of: the environment decides, and what it
//! leaves open is found where `make` puts it.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::{StandError, doing};

/// The programs of a stand.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parts {
    pub(crate) envoy: Option<PathBuf>,
    pub(crate) postern: Option<PathBuf>,
}

impl Parts {
    /// `POSTERN_ENVOY`, else what `tools/envoy` finds.
    pub(crate) fn envoy(&self) -> Result<PathBuf, StandError> {
        if let Some(path) = self
            .envoy
            .clone()
            .or_else(|| from_environment("POSTERN_ENVOY"))
        {
            return there(path, "an Envoy; set POSTERN_ENVOY or run `tools/envoy`");
        }
        let tool = root().join("tools/envoy");
        let found = Command::new(&tool)
            .stderr(Stdio::inherit())
            .output()
            .map_err(doing(format!("running {}", tool.display())))?;
        let path = PathBuf::from(String::from_utf8_lossy(&found.stdout).trim());
        there(path, "an Envoy: `tools/envoy` found none")
    }

    /// `POSTERN_FILTER_WASM`, else what `make filter` built.
    pub(crate) fn filter() -> Result<PathBuf, StandError> {
        let path = from_environment("POSTERN_FILTER_WASM");
        there(
            path.unwrap_or_else(|| root().join("target/postern_filter.wasm")),
            "the filter; run `make filter`",
        )
    }

    /// `POSTERN_BIN`, else what `make build` built.
    pub(crate) fn postern(&self) -> Result<PathBuf, StandError> {
        let path = self
            .postern
            .clone()
            .or_else(|| from_environment("POSTERN_BIN"));
        there(
            path.unwrap_or_else(|| root().join("target/release/postern")),
            "the backend; run `make build`",
        )
    }
}

/// The folder of the whole project.
pub(crate) fn root() -> &'static Path {
    let stand = Path::new(env!("CARGO_MANIFEST_DIR"));
    stand.parent().unwrap_or(stand)
}

fn from_environment(name: &str) -> Option<PathBuf> {
    env::var_os(name)
        .filter(|path| !path.is_empty())
        .map(PathBuf::from)
}

/// The absolute path: a stand's programs run in a folder of their own.
fn there(path: PathBuf, what: &str) -> Result<PathBuf, StandError> {
    path.canonicalize()
        .map_err(|_| StandError::new(format!("{} is not {what}", path.display())))
}
