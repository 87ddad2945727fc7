//! What `make up` and `make down` run, as people do: started, looked at, refused, stopped.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use postern_stand::{Port, alive, until};
use postern_tests::programs::{demo, envoy};
use serde_json::Value;
use tempfile::TempDir;

/// How long a demo may take to show everything, or to stop.
const DONE_WITHIN: Duration = Duration::from_secs(60);
/// Postbacks of one showing; the burst is one row.
const ROWS: usize = 8;

/// A demo with a folder and ports of its own. What runs of it ends with this value.
struct Demo {
    folder: TempDir,
    ports: [Port; 4],
}

impl Demo {
    fn new() -> Self {
        let port = || Port::free().expect("a port");
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            ports: [port(), port(), port(), port()],
        }
    }

    fn command(&self, action: &str) -> Command {
        self.command_in(self.folder.path(), action)
    }

    fn command_in(&self, folder: &Path, action: &str) -> Command {
        let mut command = Command::new(demo());
        command.arg(action).arg("--folder").arg(folder);
        let [https, http, admin, api] =
            [0, 1, 2, 3].map(|index| self.ports[index].number().to_string());
        command.env("POSTERN_HTTPS_PORT", https);
        command.env("POSTERN_HTTP_PORT", http);
        command.env("POSTERN_ENVOY_ADMIN_PORT", admin);
        command.env("POSTERN_API_PORT", api);
        command
            .env("POSTERN_ENVOY", envoy())
            .env("POSTERN_PARTNERS", "");
        command.stdin(Stdio::null());
        command
    }

    /// Where the admin API listens.
    fn api_port(&self) -> u16 {
        self.ports[3].number()
    }

    /// Envoy's process and the backend's, once it is up.
    fn processes(&self) -> Option<[u32; 2]> {
        let note = fs::read_to_string(self.folder.path().join("running.json")).ok()?;
        let note: Value = serde_json::from_str(&note).ok()?;
        let id = |name: &str| note[name].as_u64()?.try_into().ok();
        Some([id("envoy")?, id("backend")?])
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.command("down").output(); // all of it may have ended
    }
}

fn run(command: &mut Command) -> Output {
    command.output().expect("the demo can be run")
}

fn said(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    String::from_utf8_lossy(out).into_owned() + &String::from_utf8_lossy(err)
}

/// What it says when it will not start.
fn refused(command: &mut Command) -> String {
    let output = run(command);
    let said = said(&output);
    assert!(!output.status.success(), "{said}");
    said
}

#[test]
fn a_detached_demo_shows_all_stays_and_is_taken_down() {
    let demo = Demo::new();
    let up = run(demo.command("up").env("POSTERN_DETACH", "1"));
    let shown = said(&up);
    assert!(up.status.success(), "{shown}");
    assert_eq!(shown.matches('✓').count(), ROWS, "{shown}");
    assert!(!shown.contains('✗'), "{shown}");
    for word in ["accepted", "duplicate", "flagged", "quarantined", "× 429"] {
        assert!(shown.contains(word), "{word}: {shown}");
    }
    let processes = demo.processes().expect("a note of what runs");
    assert!(processes.into_iter().all(alive));
    assert_eq!(at_work_in(demo.folder.path()), processes.len());

    the_console_opens_as_shown(&demo, &shown);

    let again = refused(&mut demo.command("up"));
    assert!(
        again.contains("it runs already") && again.contains("make down"),
        "{again}"
    );
    let elsewhere = tempfile::tempdir().expect("a folder");
    let busy = refused(&mut demo.command_in(elsewhere.path(), "up"));
    assert!(
        busy.contains("is in use") && busy.contains("POSTERN_HTTPS_PORT"),
        "{busy}"
    );
    assert!(
        processes.into_iter().all(alive),
        "nobody else's start stops it"
    );

    let down = run(&mut demo.command("down"));
    assert!(down.status.success(), "{}", said(&down));
    assert!(!processes.into_iter().any(alive));
    let nothing = said(&run(&mut demo.command("down")));
    assert!(nothing.contains("Nothing runs here"), "{nothing}");
}

/// Runs the command that makes a token, as it is shown, and logs in with it where console and API are said to be.
fn the_console_opens_as_shown(demo: &Demo, shown: &str) {
    let host = format!("127.0.0.1:{}", demo.api_port());
    for page in ["console", "admin/openapi.json"] {
        let url = format!("http://{host}/{page}");
        assert!(shown.contains(&url), "{shown}");
    }
    let line = shown.lines().find(|line| line.contains("admin token NAME"));
    let words = line.expect("the command is shown").replace("NAME", "ada");
    let mut words = words.split_whitespace();
    let token = run(Command::new(words.next().expect("a program")).args(words));
    assert!(token.status.success(), "{}", said(&token));
    let open = until(DONE_WITHIN, || TcpStream::connect(&host).ok());
    let mut open = open.unwrap_or_else(|| panic!("nobody listens at {host}"));
    let form = format!("token={}", String::from_utf8_lossy(&token.stdout).trim());
    let length = form.len();
    let request = format!(
        "POST /console/login HTTP/1.1\r\nhost: {host}\r\norigin: http://{host}\r\nconnection: close\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n\r\n{form}"
    );
    open.write_all(request.as_bytes()).expect("it is read");
    let mut answer = String::new();
    open.read_to_string(&mut answer).expect("it is answered");
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    let cookie = format!("set-cookie: postern_session_{}=", demo.api_port());
    assert!(answer.contains(&cookie), "{cookie}: {answer}");
}

/// Starts a demo, sends it `signal` once `file` is there, and claims that nothing is left of it.
fn ends_all_by(signal: Signal, detach: &str, file: &str) {
    let demo = Demo::new();
    let mut command = demo.command("up");
    command.env("POSTERN_DETACH", detach);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut process = command.spawn().expect("the demo can be run");
    let file = demo.folder.path().join(file);
    until(DONE_WITHIN, || file.exists().then_some(())).expect("it comes up");
    let id = Pid::from_raw(process.id().cast_signed());
    kill(id, signal).expect("it runs");
    let ended = until(DONE_WITHIN, || process.try_wait().ok().flatten());
    assert!(ended.is_some(), "{signal} did not end it");
    assert!(demo.folder.path().join("log/envoy.log").exists());
    assert_eq!(at_work_in(demo.folder.path()), 0, "some run on");
    assert!(demo.processes().is_none(), "the note is left");
}

/// How many processes work in this folder, as Envoy and the backend do.
fn at_work_in(folder: &Path) -> usize {
    let folder = folder.canonicalize().expect("it is there");
    let processes = fs::read_dir("/proc")
        .expect("a list of processes")
        .flatten();
    let cwd = |process: fs::DirEntry| fs::read_link(process.path().join("cwd")).ok();
    processes
        .filter_map(cwd)
        .filter(|cwd| *cwd == folder)
        .count()
}

#[test]
fn a_terminal_closed_meanwhile_leaves_nothing_running() {
    ends_all_by(Signal::SIGHUP, "", "running.json");
}

#[test]
fn ctrl_c_before_all_is_shown_leaves_nothing_running() {
    ends_all_by(Signal::SIGINT, "1", "log/postern.log");
}

#[test]
fn ports_that_cannot_be_had_are_told_before_anything_starts() {
    let demo = Demo::new();
    let port = demo.ports[0].number().to_string();
    let twice = refused(demo.command("up").env("POSTERN_HTTP_PORT", &port));
    assert!(
        twice.contains("chosen twice, by POSTERN_HTTPS_PORT and POSTERN_HTTP_PORT"),
        "{twice}"
    );
    let none = refused(demo.command("up").env("POSTERN_HTTPS_PORT", "https"));
    assert!(none.contains("a whole number from 1 to 65535"), "{none}");
    let _taken = TcpListener::bind(("127.0.0.1", demo.api_port())).expect("it is free");
    let busy = refused(&mut demo.command("up"));
    assert!(
        busy.contains("is in use") && busy.contains("choose another with POSTERN_API_PORT"),
        "{busy}"
    );
    assert!(is_empty(demo.folder.path()), "nothing was written");
}

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut files| files.next().is_none())
}
