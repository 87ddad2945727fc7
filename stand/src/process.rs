//! A process of a stand: started with its output in log files, stopped politely, never left over.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::error::{StandError, doing};
use crate::probe::until;

/// A running program and where it writes.
#[derive(Debug)]
pub(crate) struct Process {
    name: &'static str,
    child: Child,
    log: PathBuf,
    /// Lives on when we end.
    left_running: bool,
}

impl Process {
    /// Starts `command` with stderr, and stdout unless it is set apart, at the end of `log`.
    pub(crate) fn start(
        name: &'static str,
        command: &mut Command,
        log: &Path,
        output: Option<&Path>,
    ) -> Result<Self, StandError> {
        let child = command
            .stdin(Stdio::null())
            .stdout(open(output.unwrap_or(log))?)
            .stderr(open(log)?)
            .spawn()
            .map_err(doing(format!(
                "starting {}",
                command.get_program().display()
            )))?;
        Ok(Self {
            name,
            child,
            log: log.to_owned(),
            left_running: false,
        })
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Waits until `ready`, and stops waiting when the program ends.
    pub(crate) fn wait_ready(
        &mut self,
        limit: Duration,
        mut ready: impl FnMut() -> bool,
    ) -> Result<(), StandError> {
        let end = until(limit, || match self.child.try_wait() {
            Ok(None) => ready().then_some(Ok(())),
            Ok(Some(status)) => Some(Err(format!(
                "{} ended ({status}) before it was ready",
                self.name
            ))),
            Err(cause) => Some(Err(format!("{} cannot be watched: {cause}", self.name))),
        });
        let late = || {
            Err(format!(
                "{} was not ready after {} s",
                self.name,
                limit.as_secs()
            ))
        };
        end.unwrap_or_else(late)
            .map_err(|reason| StandError::new(reason).with_log(&self.log))
    }

    /// Asks it to end by SIGTERM and waits; kills it when it does not.
    ///
    /// # Errors
    /// When it had to be killed.
    pub(crate) fn stop(&mut self, limit: Duration) -> Result<ExitStatus, StandError> {
        self.signal(Signal::SIGTERM);
        let ended = until(limit, || self.child.try_wait().ok().flatten());
        ended.ok_or_else(|| {
            self.kill();
            let reason = format!(
                "{} did not end {} s after SIGTERM and was killed",
                self.name,
                limit.as_secs()
            );
            StandError::new(reason).with_log(&self.log)
        })
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill(); // it may have ended by itself
        let _ = self.child.wait();
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let _ = kill(pid(self.child.id()), signal); // it may have ended by itself
    }

    pub(crate) fn leave_running(&mut self) {
        self.left_running = true;
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if !self.left_running {
            self.kill();
        }
    }
}

/// Whether a process with this id runs. A zombie does not.
#[must_use]
pub fn alive(id: u32) -> bool {
    let Ok(status) = std::fs::read_to_string(format!("/proc/{id}/status")) else {
        return false;
    };
    !status.lines().any(|line| line.starts_with("State:\tZ"))
}

/// Asks a process that is not our child to end, and waits until it has. Gives whether it has.
#[must_use]
pub fn terminate(id: u32, limit: Duration) -> bool {
    let _ = kill(pid(id), Signal::SIGTERM); // it may have ended by itself
    until(limit, || (!alive(id)).then_some(())).is_some()
}

fn pid(id: u32) -> Pid {
    Pid::from_raw(id.cast_signed())
}

fn open(path: &Path) -> Result<File, StandError> {
    let file = OpenOptions::new().create(true).append(true).open(path);
    file.map_err(doing(format!("opening {}", path.display())))
}
