//! A stand that runs: where it listens, what it wrote, and how its parts are broken and mended.

use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use nix::sys::signal::Signal;
use tempfile::TempDir;

use crate::builder::Builder;
use crate::error::{StandError, doing};
use crate::layout::Layout;
use crate::ports::Port;
use crate::probe::{get, until};
use crate::process::Process;
use crate::start::{Envoy, Postern, loopback};

/// How long a part may take to stop. The backend drains for 10 s at most.
const STOP_LIMIT: Duration = Duration::from_secs(25);
/// How long a change of partners may take to reach Envoy's workers.
const APPLY_LIMIT: Duration = Duration::from_secs(10);

/// A real Envoy with the gate, a real backend behind it, and their state. Ends with this value.
#[derive(Debug)]
pub struct Stand {
    // In the order in which they end: nothing is asked of a backend that is gone.
    envoy: Process,
    backend: Process,
    /// Those beside it, with the ports that are theirs.
    others: Vec<(Port, Process)>,
    postern: Postern,
    envoy_program: Envoy,
    layout: Layout,
    ports: [Port; 4],
    temporary: Option<TempDir>,
}

impl Stand {
    /// Says what the stand shall be like.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) fn start(
        layout: Layout,
        temporary: Option<TempDir>,
        (ports, others): ([Port; 4], Vec<Port>),
        (postern, envoy_program): (Postern, Envoy),
    ) -> Result<Self, StandError> {
        postern.run(&layout, &["partners", "apply"])?;
        let backend = postern.serve(&layout, loopback(&ports[3]))?;
        let serve = |port| {
            let process = postern.serve(&layout, loopback(&port))?;
            Ok((port, process))
        };
        let others: Result<_, StandError> = others.into_iter().map(serve).collect();
        let others = others?;
        let envoy = envoy_program.start(&layout, loopback(&ports[2]))?;
        Ok(Self {
            envoy,
            backend,
            others,
            postern,
            envoy_program,
            layout,
            ports,
            temporary,
        })
    }

    /// `https://127.0.0.1:PORT`, with a certificate for 127.0.0.1, ::1 and localhost.
    #[must_use]
    pub fn https_url(&self) -> String {
        format!("https://{}", self.https_addr())
    }

    /// `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn http_url(&self) -> String {
        format!("http://{}", self.http_addr())
    }

    /// The HTTPS listener; it listens on `[::1]` at the same port too.
    #[must_use]
    pub fn https_addr(&self) -> SocketAddr {
        loopback(&self.ports[0])
    }

    /// The plain listener; it listens on `[::1]` at the same port too.
    #[must_use]
    pub fn http_addr(&self) -> SocketAddr {
        loopback(&self.ports[1])
    }

    /// Envoy's admin page.
    #[must_use]
    pub fn admin_addr(&self) -> SocketAddr {
        loopback(&self.ports[2])
    }

    /// The backend itself, past Envoy.
    #[must_use]
    pub fn backend_addr(&self) -> SocketAddr {
        loopback(&self.ports[3])
    }

    /// The backend's process.
    #[must_use]
    pub fn backend_pid(&self) -> u32 {
        self.backend.id()
    }

    /// The backend's program, for commands of its own.
    #[must_use]
    pub fn program(&self) -> &Path {
        &self.postern.program
    }

    /// Envoy's process.
    #[must_use]
    pub fn envoy_pid(&self) -> u32 {
        self.envoy.id()
    }

    /// Where its files lie.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The certificate to trust, in PEM.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn certificate_pem(&self) -> Result<Vec<u8>, StandError> {
        std::fs::read(self.layout.certificate()).map_err(doing("reading the certificate"))
    }

    /// Each access log line so far. Envoy writes them within a tenth of a second: see [`until`].
    #[must_use]
    pub fn access_log(&self) -> Vec<serde_json::Value> {
        let text = std::fs::read_to_string(self.layout.access_log()).unwrap_or_default();
        text.lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect()
    }

    /// One of Envoy's counters or gauges by its full name; `None` when there is none.
    #[must_use]
    pub fn envoy_stat(&self, name: &str) -> Option<u64> {
        let (_, text) = get(self.admin_addr(), "/stats")?;
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))?;
        line.parse().ok()
    }

    /// Runs `postern ARGUMENTS…` with this stand's configuration and gives what it printed.
    ///
    /// # Errors
    /// With what it said, when it ends with another status than 0.
    pub fn run(&self, arguments: &[&str]) -> Result<String, StandError> {
        self.postern.run(&self.layout, arguments)
    }

    /// Writes `partners.toml`, applies it and waits until Envoy took or refused what came of it.
    /// Gives what `postern partners apply` printed.
    ///
    /// # Errors
    /// When the file has mistakes, or Envoy did not act on it in time or refused it.
    pub fn apply_partners(&self, toml: &str) -> Result<String, StandError> {
        let edge = || std::fs::read(self.layout.edge()).unwrap_or_default();
        let before = (edge(), self.edge_updates());
        self.layout.write_partners(toml)?;
        let said = self.run(&["partners", "apply"])?;
        if edge() == before.0 {
            return Ok(said); // nothing of it concerns the edge
        }
        let taken = until(APPLY_LIMIT, || {
            let now = self.edge_updates();
            (now != before.1).then_some(now.0 > before.1.0)
        });
        match taken {
            Some(true) => Ok(said),
            Some(false) => {
                Err(StandError::new("Envoy refused the partners")
                    .with_log(&self.layout.envoy_log()))
            }
            None => Err(StandError::new("Envoy did not see the partners")
                .with_log(&self.layout.envoy_log())),
        }
    }

    /// Edge configurations Envoy took, and ones it refused.
    #[must_use]
    pub fn edge_updates(&self) -> (u64, u64) {
        let stat = |name| {
            let name = format!("extension_config_discovery.http_filter.postern.{name}");
            self.envoy_stat(&name).unwrap_or(0)
        };
        (
            stat("config_reload"),
            stat("config_fail") + stat("update_rejected"),
        )
    }

    /// Ends the backend as a power cut would (SIGKILL).
    pub fn kill_backend(&mut self) {
        self.backend.kill();
    }

    /// Sends the backend a signal.
    pub fn signal_backend(&self, signal: Signal) {
        self.backend.signal(signal);
    }

    /// Stops the backend by SIGTERM and waits until it has drained.
    ///
    /// # Errors
    /// When it had to be killed.
    pub fn stop_backend(&mut self) -> Result<ExitStatus, StandError> {
        self.backend.stop(STOP_LIMIT)
    }

    /// Starts the backend on the same state and waits until it is ready. One that runs is killed.
    ///
    /// # Errors
    /// When it does not start.
    pub fn restart_backend(&mut self) -> Result<(), StandError> {
        self.backend.kill();
        self.backend = self.postern.serve(&self.layout, self.backend_addr())?;
        Ok(())
    }

    /// Ends Envoy as a power cut would (SIGKILL).
    pub fn kill_envoy(&mut self) {
        self.envoy.kill();
    }

    /// Starts Envoy again on the files that are there, and waits until it is ready. One that runs is
    /// killed.
    ///
    /// # Errors
    /// When it does not start.
    pub fn restart_envoy(&mut self) -> Result<(), StandError> {
        self.envoy.kill();
        self.envoy = self.envoy_program.start(&self.layout, self.admin_addr())?;
        Ok(())
    }

    /// Whether all of them run.
    pub fn running(&mut self) -> bool {
        let mut backends = self.others.iter_mut().map(|(_, process)| process);
        self.envoy.running() && self.backend.running() && backends.all(Process::running)
    }

    /// Stops Envoy, then each backend, by SIGTERM.
    ///
    /// # Errors
    /// When one of them had to be killed.
    pub fn stop(mut self) -> Result<(), StandError> {
        let envoy = self.envoy.stop(STOP_LIMIT);
        self.backend.stop(STOP_LIMIT)?;
        for (_, other) in &mut self.others {
            other.stop(STOP_LIMIT)?;
        }
        envoy.map(|_| ())
    }

    /// Leaves both running when this value goes.
    pub fn leave_running(mut self) {
        self.envoy.leave_running();
        self.backend.leave_running();
        for (_, other) in &mut self.others {
            other.leave_running();
        }
    }
}

impl Drop for Stand {
    fn drop(&mut self) {
        // What a failed test leaves behind is what explains it.
        if std::thread::panicking()
            && let Some(folder) = self.temporary.take()
        {
            eprintln!("the stand's files are kept: {}", folder.keep().display());
        }
    }
}
