//! The note of what runs: so that a second `up` says so, and `down` finds what to stop.

use std::fs;
use std::path::{Path, PathBuf};

use postern_stand::{StandError, alive};
use serde_json::{Value, json};

/// The processes of a demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Running {
    /// The demo itself, when it stays to stop the others.
    pub(crate) demo: Option<u32>,
    pub(crate) envoy: u32,
    pub(crate) backend: u32,
}

impl Running {
    /// What runs with its state in `folder`. A note left by a crash counts for nothing.
    pub(crate) fn find(folder: &Path) -> Option<Self> {
        let note: Value = serde_json::from_str(&fs::read_to_string(path(folder)).ok()?).ok()?;
        let id = |name: &str| note.get(name)?.as_u64()?.try_into().ok();
        let noted = Self {
            demo: id("demo"),
            envoy: id("envoy")?,
            backend: id("backend")?,
        };
        // Ids are used again: ours are the ones that work in this folder.
        let ours = |id: u32| alive(id) && works_in(id, folder);
        (ours(noted.envoy) || ours(noted.backend)).then_some(noted)
    }

    pub(crate) fn note(self, folder: &Path) -> Result<(), StandError> {
        let note = json!({ "demo": self.demo, "envoy": self.envoy, "backend": self.backend });
        fs::write(path(folder), note.to_string()).map_err(|cause| {
            StandError::new(format!("writing {}: {cause}", path(folder).display()))
        })
    }

    pub(crate) fn forget(folder: &Path) {
        let _ = fs::remove_file(path(folder)); // a left-over note counts for nothing
    }
}

/// Whether the process works in this folder.
pub(crate) fn works_in(id: u32, folder: &Path) -> bool {
    let folder = folder.canonicalize();
    folder.is_ok_and(|folder| fs::read_link(format!("/proc/{id}/cwd")).is_ok_and(|at| at == folder))
}

/// Whether the process is a demo, this one or another. Its file may have been built anew meanwhile.
pub(crate) fn is_demo(id: u32) -> bool {
    let program = fs::read_link(format!("/proc/{id}/exe")).unwrap_or_default();
    let name = program.file_name().unwrap_or_default().to_string_lossy();
    name.trim_end_matches(" (deleted)") == env!("CARGO_BIN_NAME")
}

fn path(folder: &Path) -> PathBuf {
    folder.join("running.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_of_processes_that_are_gone_counts_for_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(Running::find(folder.path()), None);
        let ours = std::process::id(); // alive, but at work elsewhere
        let note = Running {
            demo: None,
            envoy: ours,
            backend: ours,
        };
        note.note(folder.path()).expect("noted");
        assert_eq!(Running::find(folder.path()), None);
    }
}
