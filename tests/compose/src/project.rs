//! One story's own containers, networks and volumes.

use std::net::{IpAddr, SocketAddr};
use std::process::{Command, Output};
use std::time::Duration;

use postern_stand::{Port, until};
use postern_tests::answer::Answer;
use postern_tests::connection::Connection;
use postern_tests::message::Message;
use postern_tests::shared_ledger::SharedLedger;
use tokio::task::block_in_place;

use crate::commands::{compose, docker, run, run_with_input, succeeded};

/// How long a container may take to become healthy, or to end. Machines may be busy.
const READY_WITHIN: Duration = Duration::from_secs(120);
/// Lines of each log that are shown when a story fails.
const LOG_LINES: &str = "40";
/// Leads each project's name, so that what a killed story leaves behind is known.
const NAME: &str = "postern-test";
/// The partner's limit in the demo's file, and one that no load reaches.
const MORE_RATE: &str =
    "s/^rate_per_second = 1000$/rate_per_second = 100000/; s/^burst = 2000$/burst = 100000/";

/// `docker-compose.yml`, up under a name and ports of its own. All of it goes with this value.
pub struct Project {
    name: String,
    https: Port,
    admin: [Port; 2],
    grafana: Port,
}

impl Project {
    /// Brings up all but the demo, and waits until Envoy is healthy. The page's partner has room for
    /// any load.
    pub fn up() -> Project {
        let project = Project::new();
        block_in_place(|| {
            project.starts(&["postgres"]);
            project.in_config(&format!(
                "sed -i '{MORE_RATE}' partners.toml && postern partners apply"
            ));
            project.starts(&["envoy"]);
            project.becomes_healthy("envoy");
        });
        project
    }

    /// A project of which nothing runs yet.
    ///
    /// # Panics
    /// When no port is free.
    #[must_use]
    pub fn new() -> Project {
        let port = || Port::free().unwrap_or_else(|error| panic!("{error}"));
        let run = std::env::var("POSTERN_COMPOSE_RUN").unwrap_or_else(|_| NAME.to_owned());
        let https = port();
        Project {
            name: format!("{run}-{}", https.number()),
            https,
            admin: [port(), port()],
            grafana: port(),
        }
    }

    /// Compose for this project.
    #[must_use]
    pub fn compose(&self, arguments: &[&str]) -> Command {
        let mut command = compose();
        command.args(["--project-name", &self.name]).args(arguments);
        command.env("POSTERN_HTTPS_PORT", self.https.number().to_string());
        command.env("POSTERN_ADMIN_PORT", self.admin[0].number().to_string());
        command.env("POSTERN_ADMIN_PORT_2", self.admin[1].number().to_string());
        command.env("POSTERN_GRAFANA_PORT", self.grafana.number().to_string());
        command
    }

    /// Runs compose to the end and gives what it printed.
    ///
    /// # Panics
    /// When it fails.
    pub fn runs(&self, arguments: &[&str]) -> String {
        let output = block_in_place(|| run(&mut self.compose(arguments)));
        succeeded(&arguments.join(" "), &output)
    }

    /// Starts these services and those they need.
    pub fn starts(&self, services: &[&str]) {
        self.runs(&[&["up", "-d", "--no-build"], services].concat());
    }

    /// Runs a command of `postern`, as `docker compose run --rm postern …` does.
    #[must_use]
    pub fn postern(&self, arguments: &[&str]) -> Output {
        let run_postern = ["run", "--rm", "-T", "--no-deps", "postern"];
        block_in_place(|| run(&mut self.compose(&[&run_postern, arguments].concat())))
    }

    /// Runs a shell's line where the partners lie, with the rights of `postern`.
    ///
    /// # Panics
    /// When it fails.
    pub fn in_config(&self, line: &str) -> String {
        let shell = [
            "run",
            "--rm",
            "-T",
            "--no-deps",
            "--entrypoint",
            "bash",
            "postern",
            "-c",
        ];
        let line = format!("cd /etc/postern/partners && {line}");
        let output = block_in_place(|| {
            run_with_input(&mut self.compose(&[&shell[..], &[&line]].concat()), "")
        });
        succeeded(&line, &output)
    }

    /// The id of a service's container, whether it runs or not.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn container(&self, service: &str) -> String {
        let project = format!("label=com.docker.compose.project={}", self.name);
        let wanted = format!("label=com.docker.compose.service={service}");
        let once = "label=com.docker.compose.oneoff=False";
        let listed = docker(&[
            "ps", "-aq", "--filter", &project, "--filter", &wanted, "--filter", once,
        ])
        .output();
        let listed = succeeded("docker ps", &listed.expect("docker can be run"));
        let id = listed.split_whitespace().next();
        id.unwrap_or_else(|| panic!("there is no container of {service}"))
            .to_owned()
    }

    /// What `docker inspect` says of a service's container, in this format.
    #[must_use]
    pub fn inspects(&self, service: &str, format: &str) -> String {
        let id = self.container(service);
        let output = block_in_place(|| run(&mut docker(&["inspect", "-f", format, &id])));
        succeeded("docker inspect", &output).trim().to_owned()
    }

    /// Waits until its health check passes.
    ///
    /// # Panics
    /// When it does not in time.
    pub fn becomes_healthy(&self, service: &str) {
        let healthy =
            || (self.inspects(service, "{{.State.Health.Status}}") == "healthy").then_some(());
        let waited = block_in_place(|| until(READY_WITHIN, healthy));
        assert!(
            waited.is_some(),
            "{service} is not healthy after {READY_WITHIN:?}"
        );
    }

    /// Waits until a one-shot service has ended, and gives its exit code and what it printed.
    ///
    /// # Panics
    /// When it does not end in time.
    #[must_use]
    pub fn ended(&self, service: &str) -> (String, String) {
        let is_over = || (self.inspects(service, "{{.State.Status}}") == "exited").then_some(());
        let waited = block_in_place(|| until(READY_WITHIN, is_over));
        assert!(
            waited.is_some(),
            "{service} has not ended after {READY_WITHIN:?}"
        );
        let logs = run(&mut docker(&["logs", &self.container(service)]));
        let said = String::from_utf8_lossy(&logs.stdout).into_owned()
            + &String::from_utf8_lossy(&logs.stderr);
        (self.inspects(service, "{{.State.ExitCode}}"), said)
    }

    /// Ends a service's process as a crash would: its container is not told, and comes back by itself.
    ///
    /// # Panics
    /// When there is no such process, or it is not ours to kill.
    pub fn kills(&self, service: &str) {
        let pid = self.inspects(service, "{{.State.Pid}}");
        let pid: i32 = pid.parse().expect("a process id");
        assert!(pid > 0, "{service} does not run");
        let killed = nix::sys::signal::kill(
            nix::unistd::Pid::from_raw(pid),
            nix::sys::signal::Signal::SIGKILL,
        );
        killed.unwrap_or_else(|error| {
            panic!("killing {service}: {error}; run this as root, on the engine's machine")
        });
    }

    /// A file's text inside a running service.
    #[must_use]
    pub fn reads(&self, service: &str, path: &str) -> String {
        let id = self.container(service);
        let output = block_in_place(|| run(&mut docker(&["exec", &id, "cat", path])));
        succeeded(path, &output)
    }

    /// The address of a service's container, which the engine's machine can reach.
    ///
    /// # Panics
    /// When it runs in no network.
    #[must_use]
    pub fn address(&self, service: &str) -> IpAddr {
        let all = "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}";
        let addresses = self.inspects(service, all);
        let first = addresses.split_whitespace().next();
        first
            .and_then(|text| text.parse().ok())
            .unwrap_or_else(|| panic!("{service} has no address"))
    }

    /// The ledger, read past the product.
    pub async fn ledger(&self) -> SharedLedger {
        let url = self.reads("backend-2", "/etc/postern/database/url");
        let host = format!("@{}/", self.address("postgres"));
        SharedLedger::open(&url.trim().replace("@postgres/", &host)).await
    }

    /// Envoy's HTTPS listener, as published.
    #[must_use]
    pub fn https_addr(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.https.number()))
    }

    /// The backends' admin APIs, as published.
    #[must_use]
    pub fn admin_addrs(&self) -> [SocketAddr; 2] {
        let published = |port: &Port| SocketAddr::from(([127, 0, 0, 1], port.number()));
        self.admin.each_ref().map(published)
    }

    /// The certificate to trust, in PEM.
    #[must_use]
    pub fn certificate(&self) -> Vec<u8> {
        self.reads("envoy", "/etc/postern/tls/server.crt")
            .into_bytes()
    }

    /// Sends one request over HTTPS on a connection of its own.
    ///
    /// # Panics
    /// When it gets no answer.
    pub async fn sends(&self, certificate: &[u8], message: &Message) -> Answer {
        let here = IpAddr::from([127, 0, 0, 1]);
        let connection = Connection::open_tls_from(here, self.https_addr(), certificate).await;
        let answer = connection.expect("Envoy listens").exchange(message).await;
        answer.unwrap_or_else(|error| panic!("no answer: {error}"))
    }

    /// What a published port that speaks no TLS answers; nothing while nobody does.
    pub async fn asks(&self, at: SocketAddr, message: &Message) -> Option<Answer> {
        let here = IpAddr::from([127, 0, 0, 1]);
        let mut connection = Connection::open_from(here, at).await.ok()?;
        connection.exchange(message).await.ok()
    }
}

impl Default for Project {
    fn default() -> Self {
        Project::new()
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        if std::thread::panicking()
            && let Ok(logs) = self
                .compose(&["logs", "--no-color", "--tail", LOG_LINES])
                .output()
        {
            eprintln!("{}", String::from_utf8_lossy(&logs.stdout));
        }
        let down = [
            "--profile",
            "observe",
            "--profile",
            "commands",
            "down",
            "-v",
            "--remove-orphans",
            "-t",
            "1",
        ];
        let ended = self.compose(&down).output();
        let is_down = ended.as_ref().is_ok_and(|output| output.status.success());
        // A story that failed has more to say than this.
        if !is_down && !std::thread::panicking() {
            panic!("{} is not taken down: {ended:?}", self.name);
        }
    }
}
