//! What happens to a gate in its life: partners change, files are broken, processes die.

use super::Gate;
use nix::sys::signal::Signal;
use std::process::Command;
use tokio::task::block_in_place;

/// Runs the backend so that a file that may not grow is an error to it, as a full disk is, and
/// not a signal that ends it.
pub const UNDER_NO_FILE_SIGNAL: [&str; 3] = ["sh", "-c", "trap '' XFSZ; exec \"$0\" \"$@\""];

impl Gate {
    /// Applies partners and waits until Envoy has taken them.
    ///
    /// # Panics
    /// When they are refused.
    pub async fn applies(&self, partners_toml: &str) {
        let applied = block_in_place(|| self.stand().apply_partners(partners_toml));
        applied.unwrap_or_else(|error| panic!("the partners are not applied: {error}"));
    }

    /// Runs `postern` with these arguments in the gate's folder, and gives what it printed.
    ///
    /// # Panics
    /// When it fails.
    pub fn runs(&self, arguments: &[&str]) -> String {
        let ran = block_in_place(|| self.stand().run(arguments));
        ran.unwrap_or_else(|error| panic!("{error}"))
    }

    /// Applies partners that must be refused, and gives what was said about it.
    ///
    /// # Panics
    /// When they are taken.
    pub async fn refuses_to_apply(&self, partners_toml: &str) -> String {
        match block_in_place(|| self.stand().apply_partners(partners_toml)) {
            Ok(said) => panic!("the partners were applied: {said}"),
            Err(error) => error.to_string(),
        }
    }

    /// Moves a file into the folder Envoy watches, as an operator without `postern` would.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn moves_in_edge_file(&self, text: &str) {
        let edge = self.layout.edge();
        let beside = self.layout.folder().join("edge.new");
        std::fs::write(&beside, text).expect("the stand's folder can be written");
        std::fs::rename(&beside, &edge).expect("a move inside the stand's folder");
    }

    /// Replaces certificate and key, each by a move into the folder Envoy watches, as renewals do.
    ///
    /// # Panics
    /// When they cannot be written.
    pub fn renews_certificate(&self, certificate_pem: &str, key_pem: &str) {
        for (name, pem) in [("server.key", key_pem), ("server.crt", certificate_pem)] {
            let beside = self.layout.folder().join(name);
            std::fs::write(&beside, pem).expect("the stand's folder can be written");
            std::fs::rename(&beside, self.layout.folder().join("tls").join(name)).expect("a move");
        }
    }

    /// Puts these tokens into the file that proves what came through the gate.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn has_proof_tokens(&self, tokens: &[&str]) {
        let beside = self.layout.folder().join("proof.new");
        std::fs::write(&beside, tokens.join("\n")).expect("the stand's folder can be written");
        std::fs::rename(&beside, self.layout.folder().join("proof.tokens")).expect("a move");
    }

    /// Stops the backend in its tracks: it holds its connections and does nothing.
    pub fn freezes_backend(&self) {
        self.stand().signal_backend(Signal::SIGSTOP);
    }

    /// Lets a frozen backend go on.
    pub fn thaws_backend(&self) {
        self.stand().signal_backend(Signal::SIGCONT);
    }

    /// Ends the backend as a power cut would.
    pub fn kills_backend(&self) {
        block_in_place(|| self.stand().kill_backend());
    }

    /// Tells the backend to stop and waits until it has ended by itself.
    ///
    /// # Panics
    /// When it does not end, or not with success.
    pub fn stops_backend(&self) {
        let ended = block_in_place(|| self.stand().stop_backend());
        let status = ended.unwrap_or_else(|error| panic!("the backend does not stop: {error}"));
        assert!(status.success(), "the backend ended with {status}");
    }

    /// Starts the backend again on the same state.
    ///
    /// # Panics
    /// When it does not start.
    pub fn restarts_backend(&self) {
        let started = block_in_place(|| self.stand().restart_backend());
        started.unwrap_or_else(|error| panic!("the backend does not start again: {error}"));
    }

    /// Ends Envoy as a power cut would.
    pub fn kills_envoy(&self) {
        block_in_place(|| self.stand().kill_envoy());
    }

    /// Starts Envoy again, with a bootstrap that differs in what `change` does to it.
    ///
    /// # Panics
    /// When it does not start.
    pub fn restarts_envoy(&self, change: impl FnOnce(&str) -> String) {
        let path = self.layout.bootstrap();
        let bootstrap = std::fs::read_to_string(&path).expect("the stand has a bootstrap");
        std::fs::write(path, change(&bootstrap)).expect("the stand's folder can be written");
        let started = block_in_place(|| self.stand().restart_envoy());
        started.unwrap_or_else(|error| panic!("Envoy does not start again: {error}"));
    }

    /// Lets no file of the backend grow beyond the database's present size and `more` bytes.
    ///
    /// # Panics
    /// When the limit cannot be set.
    pub fn limits_file_growth(&self, more: u64) {
        let database = self.layout.database();
        let size = |path: &std::path::Path| std::fs::metadata(path).map_or(0, |file| file.len());
        let log = database.with_extension("db-wal");
        self.limits_files(&(size(&database).max(size(&log)) + more).to_string());
    }

    /// Lets the backend's files grow again.
    ///
    /// # Panics
    /// When the limit cannot be lifted.
    pub fn lifts_file_limit(&self) {
        self.limits_files("unlimited");
    }

    /// Sets the soft limit only, so that it can be lifted.
    fn limits_files(&self, bytes: &str) {
        let pid = self.stand().backend_pid().to_string();
        let ran = Command::new("prlimit")
            .args(["--pid", &pid, &format!("--fsize={bytes}:unlimited")])
            .status();
        assert!(
            ran.expect("prlimit is part of util-linux").success(),
            "the limit is not set"
        );
    }
}
