//! Starting the programs of a stand, each in the stand's folder and with nothing of our surroundings.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::error::{StandError, doing};
use crate::layout::Layout;
use crate::ports::Port;
use crate::probe::get;
use crate::process::Process;

/// How long a part may take to start. Envoy compiles the filter meanwhile; machines may be busy.
const START_LIMIT: Duration = Duration::from_secs(30);

/// The backend's program and how it is run.
#[derive(Debug)]
pub(crate) struct Postern {
    pub(crate) program: PathBuf,
    pub(crate) under: Vec<String>,
    pub(crate) env: Vec<(String, String)>,
    /// Keeps a terminal's Ctrl-C from it.
    pub(crate) own_group: bool,
}

/// Envoy's program and how it is run.
#[derive(Debug)]
pub(crate) struct Envoy {
    pub(crate) program: PathBuf,
    pub(crate) workers: u32,
    /// What it merges into its bootstrap.
    pub(crate) merged: Option<String>,
    /// Keeps a terminal's Ctrl-C from it.
    pub(crate) own_group: bool,
}

impl Postern {
    /// Runs one of its commands to the end and gives what it printed.
    pub(crate) fn run(&self, layout: &Layout, arguments: &[&str]) -> Result<String, StandError> {
        let mut command = command(&[], &self.program, layout, false);
        let output = command
            .args(arguments)
            .envs(self.env.iter().cloned())
            .output();
        let output = output.map_err(doing(format!("running {}", self.program.display())))?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(StandError::new(format!(
            "`postern {}` failed:\n{said}",
            arguments.join(" ")
        )))
    }

    /// Starts the server and waits until it is ready.
    pub(crate) fn serve(
        &self,
        layout: &Layout,
        address: SocketAddr,
    ) -> Result<Process, StandError> {
        let mut command = command(&self.under, &self.program, layout, self.own_group);
        command.arg("serve").envs(self.env.iter().cloned());
        // Several backends have one configuration.
        command.env("POSTERN_LISTEN", address.to_string());
        let mut process = Process::start("the backend", &mut command, &layout.backend_log(), None)?;
        process.wait_ready(START_LIMIT, || {
            matches!(get(address, "/readyz"), Some((200, _)))
        })?;
        Ok(process)
    }
}

impl Envoy {
    /// Starts it and waits until its listeners have the gate.
    pub(crate) fn start(&self, layout: &Layout, admin: SocketAddr) -> Result<Process, StandError> {
        let mut command = command(&[], &self.program, layout, self.own_group);
        command.arg("-c").arg(layout.bootstrap());
        if let Some(yaml) = &self.merged {
            command.args(["--config-yaml", yaml]);
        }
        command.args([
            "--concurrency",
            &self.workers.to_string(),
            "--log-level",
            "info",
        ]);
        // Many run side by side, and the tests read the access log.
        command.args(["--disable-hot-restart", "--file-flush-interval-msec", "100"]);
        let log = layout.envoy_log();
        let mut process = Process::start("Envoy", &mut command, &log, Some(&layout.access_log()))?;
        process.wait_ready(START_LIMIT, || {
            matches!(get(admin, "/ready"), Some((200, _)))
        })?;
        Ok(process)
    }
}

/// The address of a port of ours.
pub(crate) fn loopback(port: &Port) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port.number()))
}

/// A command in the stand's folder, without the settings of whoever started us.
fn command(under: &[String], program: &Path, layout: &Layout, own_group: bool) -> Command {
    let mut command = match under.split_first() {
        None => Command::new(program),
        Some((first, rest)) => {
            let mut command = Command::new(first);
            command.args(rest).arg(program);
            command
        }
    };
    command.current_dir(layout.folder());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("POSTERN_") {
            command.env_remove(name);
        }
    }
    if own_group {
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
    }
    command
}
