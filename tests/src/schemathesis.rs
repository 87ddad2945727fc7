//! Schemathesis: requests made out of an OpenAPI document, good ones and bad ones, and each answer
//! held against the document.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tokio::task::block_in_place;

use crate::programs::{root, tool};

/// The same requests in each run.
const SEED: &str = "20260131";

/// What is asked of one listener.
pub struct Asked<'a> {
    /// The document.
    pub document: &'a Path,
    /// Only this path, where one is named.
    pub only: Option<&'a str>,
    /// Where the listener is, as `http://127.0.0.1:8091`.
    pub url: String,
    /// Requests for each operation and phase at most.
    pub examples: u32,
    /// Checks that are left out, each for a reason the story gives.
    pub without: &'a [&'a str],
    /// A header for every request, as `name: value`.
    pub header: Option<String>,
    /// A Python file that has a hand in each request, below `tests/schemathesis`, with its variables.
    pub hooks: Option<(&'a str, Vec<(&'a str, &'a str)>)>,
}

impl Asked<'_> {
    /// Runs it, and claims that nothing was found.
    ///
    /// # Panics
    /// With all that was found.
    pub fn finds_nothing(&self) {
        let output = block_in_place(|| self.run());
        let said = String::from_utf8_lossy(&output.stdout);
        let wrong = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}\n{wrong}");
        assert!(said.contains("No issues found"), "{said}\n{wrong}");
    }

    fn run(&self) -> Output {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = Command::new(program());
        command
            .current_dir(folder.path())
            .args(["run", "--no-color", "--seed", SEED])
            .args(["--generation-database", "none"])
            .args(["--phases", "examples,coverage,fuzzing"])
            .args(["--max-examples", &self.examples.to_string()])
            .args(["--warnings", "off", "--checks", "all"])
            .args(["--exclude-checks", &self.without.join(",")])
            .args(["--url", &self.url])
            .args(self.only.iter().flat_map(|path| ["--include-path", path]))
            .args(self.header.iter().flat_map(|header| ["-H", header]))
            .arg(self.document);
        if let Some((file, variables)) = &self.hooks {
            let hooks = root().join("tests/schemathesis").join(file);
            command.env("SCHEMATHESIS_HOOKS", hooks);
            command.envs(variables.iter().copied());
        }
        command.output().expect("schemathesis runs")
    }
}

/// The program: `POSTERN_SCHEMATHESIS`, else what `tools/schemathesis` installs.
fn program() -> PathBuf {
    tool("POSTERN_SCHEMATHESIS", "tools/schemathesis")
}
