//! A server the bench has started: its CPU time as the kernel counts it, and its end when the guard is dropped.

use std::fs::{self, File};
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// How long a server may take until it accepts connections.
const START_LIMIT: Duration = Duration::from_secs(20);
/// How long a server may take to stop by itself before it is killed.
const STOP_LIMIT: Duration = Duration::from_secs(10);
/// The unit of the times in `/proc/PID/stat` on Linux.
const TICKS_PER_SECOND: u64 = 100;

/// A child process that ends with its guard.
pub(crate) struct Server {
    child: Child,
    name: String,
    log: PathBuf,
}

impl Server {
    /// Starts `command` with its standard output thrown away (access logs are written, but to nowhere) and its
    /// messages in `<folder>/<name>.log`, then waits until `address` accepts a connection.
    pub(crate) fn start(
        name: &str,
        mut command: Command,
        folder: &Path,
        address: SocketAddr,
    ) -> Result<Self, String> {
        let log = folder.join(format!("{name}.log"));
        let messages = File::create(&log).map_err(|error| format!("{}: {error}", log.display()))?;
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(messages)
            .spawn()
            .map_err(|error| format!("{name} cannot be started: {error}"))?;
        let mut server = Self {
            child,
            name: name.to_owned(),
            log,
        };
        server.wait_until_accepting(address)?;
        Ok(server)
    }

    fn wait_until_accepting(&mut self, address: SocketAddr) -> Result<(), String> {
        let start = Instant::now();
        while TcpStream::connect_timeout(&address, Duration::from_millis(100)).is_err() {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(format!(
                    "{} stopped with {status}:\n{}",
                    self.name,
                    self.last_words()
                ));
            }
            if start.elapsed() > START_LIMIT {
                return Err(format!(
                    "{} does not listen on {address}:\n{}",
                    self.name,
                    self.last_words()
                ));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// The CPU time the process has used so far, user and system, all threads.
    pub(crate) fn cpu_time(&self) -> io::Result<Duration> {
        cpu_time_of(&self.child.id().to_string())
    }

    /// The last lines the server wrote, for an error message.
    pub(crate) fn last_words(&self) -> String {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(12)..].join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Ok(pid) = i32::try_from(self.child.id()) {
            // A process that is already gone is what we want; there is nothing to do about another error here.
            let _ = kill(Pid::from_raw(pid), Signal::SIGTERM);
        }
        let start = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) && start.elapsed() < STOP_LIMIT {
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The CPU time this process has used so far.
pub(crate) fn own_cpu_time() -> io::Result<Duration> {
    cpu_time_of("self")
}

/// The CPU time a process and its children that run have used so far.
pub(crate) fn family_cpu_time(parent: u32) -> io::Result<Duration> {
    let mut total = cpu_time_of(&parent.to_string())?;
    for entry in fs::read_dir("/proc")?.flatten() {
        // A process may end while we look; then it has nothing to say.
        let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else {
            continue;
        };
        if parent_of(&stat) == Some(parent) {
            total += ticks(cpu_ticks(&stat).unwrap_or(0));
        }
    }
    Ok(total)
}

fn ticks(count: u64) -> Duration {
    Duration::from_millis(count * 1_000 / TICKS_PER_SECOND)
}

fn cpu_time_of(process: &str) -> io::Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    cpu_ticks(&stat)
        .map(ticks)
        .ok_or_else(|| io::Error::other("/proc/PID/stat has an unknown shape"))
}

/// A loopback address nobody listens on now.
pub(crate) fn free_address() -> Result<SocketAddr, String> {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .map_err(|error| format!("No free port on 127.0.0.1: {error}"))
}

/// `utime + stime` of a line of `/proc/PID/stat`. The name in it may hold blanks and brackets, so the fields are
/// counted from its last closing bracket.
fn cpu_ticks(stat: &str) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_ascii_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(user + system)
}

/// The parent in a line of `/proc/PID/stat`.
fn parent_of(stat: &str) -> Option<u32> {
    let (_, fields) = stat.rsplit_once(')')?;
    fields.split_ascii_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cpu_time_is_found_behind_a_name_with_blanks_and_brackets() {
        let stat = "7 (a) b (c) S 1 7 7 0 -1 4194560 100 0 0 0 250 30 0 0 20 0 1 0 99 1 2";
        assert_eq!(cpu_ticks(stat), Some(280));
        assert_eq!(parent_of(stat), Some(1));
    }

    #[test]
    fn a_line_that_ends_too_early_is_no_figure() {
        assert_eq!(cpu_ticks("7 (a) S 1 7"), None);
    }

    #[test]
    fn a_server_that_stops_at_once_is_reported_with_its_last_words() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = Command::new("sh");
        command.args(["-c", "echo the port is taken >&2; exit 3"]);
        let nobody = free_address().expect("a port");
        let error = Server::start("shell", command, folder.path(), nobody)
            .err()
            .expect("an error");
        assert!(error.contains("the port is taken"), "{error}");
    }
}
