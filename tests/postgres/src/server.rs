//! One server in a folder of its own.

use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, User};
use postern_stand::{Port, until};
use tempfile::TempDir;

use crate::error::{PostgresError, doing};
use crate::guarded::{Guarded, run_as};
use crate::{certificate, installed, statement};

/// The one role of a fresh server, and what opens it. The server listens on loopback only.
const ROLE: &str = "postern";
const PASSWORD: &str = "only-for-tests";

/// How long a server may take to be ready, also after a crash, on a busy machine.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// Who may connect: whoever knows the password. It is sent as it is, as that takes a client built
/// for tests the least time, and does not leave the machine.
const AUTHENTICATION: &str = "host all all 127.0.0.1/32 password\n";

/// A running PostgreSQL. It ends with this value, and its folder goes.
#[derive(Debug)]
pub struct Server {
    programs: PathBuf,
    user: Option<User>,
    port: Port,
    process: Option<Guarded>,
    folder: TempDir,
    settings: Vec<String>,
}

impl Server {
    /// Makes a fresh cluster and starts it.
    ///
    /// # Errors
    /// PostgreSQL is not installed, or does not start: then with what it said.
    pub fn start() -> Result<Self, PostgresError> {
        Self::start_with(&[])
    }

    /// The same with settings of `postgresql.conf`, such as `max_connections=10`.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_with(settings: &[&str]) -> Result<Self, PostgresError> {
        let mut server = Self::make(settings)?;
        server.restart()?;
        Ok(server)
    }

    /// The same, with TLS for whoever asks for it and a certificate for `name`. Also gives the
    /// authority to trust, as PEM.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_with_tls(name: &str) -> Result<(Self, String), PostgresError> {
        let mut server = Self::make(&["ssl=on"])?;
        let made = certificate::make(name)?;
        server.keep("server.crt", &made.certificate)?;
        server.keep("server.key", &made.key)?;
        server.restart()?;
        Ok((server, made.authority))
    }

    fn make(settings: &[&str]) -> Result<Self, PostgresError> {
        let server = Self {
            programs: installed::programs()?,
            user: installed::server_user()?,
            port: Port::free().map_err(doing("looking for a port"))?,
            process: None,
            folder: tempfile::tempdir().map_err(doing("making a folder"))?,
            settings: settings.iter().map(ToString::to_string).collect(),
        };
        server.make_cluster()?;
        Ok(server)
    }

    /// The URL of its maintenance database, with role and password.
    #[must_use]
    pub fn url(&self) -> String {
        let port = self.port.number();
        format!("postgres://{ROLE}:{PASSWORD}@127.0.0.1:{port}/postgres")
    }

    /// Starts it again on what it kept.
    ///
    /// # Errors
    /// It does not come up: then with what it said.
    pub fn restart(&mut self) -> Result<(), PostgresError> {
        // After SIGKILL the last of its children may still be ending; it refuses to start over them.
        let mut refused = None;
        until(READY_WITHIN, || {
            refused = self.try_start().err();
            refused.is_none().then_some(())
        });
        refused.map_or(Ok(()), Err)
    }

    /// Ends it as a power cut would: with all its processes, each of which could else still commit
    /// what it has begun.
    ///
    /// # Panics
    /// When it does not run.
    pub fn kill(&mut self) {
        let server = self.pid();
        kill(server, Signal::SIGSTOP).expect("the server runs"); // it starts no other meanwhile
        for child in children(server) {
            let _ = kill(child, Signal::SIGKILL); // it may just have ended by itself
        }
        self.end_by(Signal::SIGKILL);
    }

    /// Ends it in good order; open transactions are rolled back.
    ///
    /// # Panics
    /// When it does not run.
    pub fn stop(&mut self) {
        self.end_by(Signal::SIGINT);
    }

    /// Where its data lies.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn pid(&self) -> Pid {
        let pid_file = std::fs::read_to_string(self.data().join("postmaster.pid"));
        let pid = pid_file
            .ok()
            .and_then(|text| text.lines().next()?.parse().ok());
        Pid::from_raw(pid.expect("the server runs"))
    }

    fn end_by(&mut self, signal: Signal) {
        kill(self.pid(), signal).expect("the server runs");
        if let Some(mut process) = self.process.take() {
            process.wait();
        }
    }

    fn make_cluster(&self) -> Result<(), PostgresError> {
        let folder = self.folder.path();
        let password = folder.join("password");
        std::fs::write(&password, PASSWORD).map_err(doing("writing the password"))?;
        for path in [folder, &password] {
            self.hand_over(path)?;
        }
        let mut initdb = Command::new(self.programs.join("initdb"));
        // An ICU collation, as most servers have one: what sorts by bytes must say so.
        initdb
            .args(["--auth=password", "--encoding=UTF8", "--no-sync"])
            .args([
                "--locale=C.UTF-8",
                "--locale-provider=icu",
                "--icu-locale=en-US",
            ])
            .args(["--username", ROLE, "--pwfile"])
            .arg(&password)
            .arg("--pgdata")
            .arg(self.data());
        run_as(&mut initdb, self.user.as_ref());
        let made = initdb.output().map_err(doing("starting initdb"))?;
        if !made.status.success() {
            let said = String::from_utf8_lossy(&made.stderr);
            return Err(PostgresError::new(format!("initdb failed: {said}")));
        }
        std::fs::write(self.data().join("pg_hba.conf"), AUTHENTICATION)
            .map_err(doing("writing pg_hba.conf"))
    }

    /// Writes a file that only the server reads among its data.
    fn keep(&self, name: &str, text: &str) -> Result<(), PostgresError> {
        let path = self.data().join(name);
        let mut options = File::options();
        options.write(true).create_new(true).mode(0o600);
        let file = options.open(&path);
        file.and_then(|mut file| file.write_all(text.as_bytes()))
            .map_err(doing(format!("writing {name}")))?;
        self.hand_over(&path)
    }

    fn try_start(&mut self) -> Result<(), PostgresError> {
        let log = self.folder.path().join("server.log");
        let output = File::create(&log).map_err(doing("making the log"))?;
        let mut process = Guarded::start(
            &self.arguments(),
            self.folder.path(),
            output,
            self.user.as_ref(),
        )
        .map_err(doing("starting postgres"))?;
        let url = self.url();
        let is_up = until(READY_WITHIN, || {
            let has_ended = process.ended().is_some();
            let answers = !has_ended && statement::run(&url, "SELECT 1").is_ok();
            (has_ended || answers).then_some(answers)
        });
        if is_up == Some(true) {
            self.process = Some(process);
            return Ok(());
        }
        let said = std::fs::read_to_string(&log).unwrap_or_default();
        Err(PostgresError::new(format!(
            "PostgreSQL did not start:\n{said}"
        )))
    }

    fn arguments(&self) -> Vec<String> {
        let program = self.programs.join("postgres");
        let mut arguments = vec![
            program.display().to_string(),
            "-D".to_owned(),
            self.data().display().to_string(),
        ];
        let port = format!("port={}", self.port.number());
        let ours = [
            &port,
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "max_connections=200",
        ];
        let settings = ours
            .into_iter()
            .chain(self.settings.iter().map(String::as_str));
        for setting in settings {
            arguments.extend(["-c".to_owned(), setting.to_owned()]);
        }
        arguments
    }

    fn hand_over(&self, path: &Path) -> Result<(), PostgresError> {
        let Some(user) = &self.user else {
            return Ok(());
        };
        chown(path, Some(user.uid.as_raw()), Some(user.gid.as_raw())).map_err(doing(format!(
            "giving {} to {}",
            path.display(),
            user.name
        )))
    }
}

/// The processes a process has started.
fn children(parent: Pid) -> Vec<Pid> {
    let list = std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children"));
    let list = list.expect("the kernel tells them");
    let pids = list.split_whitespace().filter_map(|pid| pid.parse().ok());
    pids.map(Pid::from_raw).collect()
}
