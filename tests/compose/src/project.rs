//! One story's own containers, networks and volumes.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use postern_stand::Port;
use tokio::task::block_in_place;

use crate::commands::{compose, run, succeeded};

/// Lines of each log that are shown when a story fails.
const LOG_LINES: &str = "40";
/// Leads each project's name, so that what a killed story leaves behind is known.
const NAME: &str = "postern-test";
/// The partner's limit in the demo's file, and one that no load reaches.
const MORE_RATE: &str =
    "s/^rate_per_second = 1000$/rate_per_second = 100000/; s/^burst = 2000$/burst = 100000/";

/// `docker-compose.yml`, up under a name and ports of its own. All of it goes with this value.
pub struct Project {
    pub(crate) name: String,
    pub(crate) https: Port,
    pub(crate) admin: [Port; 2],
    grafana: Port,
    /// Folders of one's own, by the variables that name them.
    folders: Vec<(&'static str, PathBuf)>,
}

impl Project {
    /// Brings up all but the demo, and waits until Envoy is healthy. The page's partner has room for
    /// any load.
    pub fn up() -> Project {
        Project::up_with("true")
    }

    /// The same, after this line of shell was run where the partners lie.
    pub fn up_with(line: &str) -> Project {
        let project = Project::new();
        block_in_place(|| {
            project.starts(&["postgres"]);
            project.in_config(&format!(
                "sed -i '{MORE_RATE}' partners.toml && {{ {line}; }} && postern partners apply"
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
            folders: Vec::new(),
        }
    }

    /// From now on this folder stands in place of a volume.
    pub fn takes(&mut self, variable: &'static str, folder: &Path) {
        self.folders.push((variable, folder.to_owned()));
    }

    /// From now on the volumes are used again.
    pub fn takes_its_volumes(&mut self) {
        self.folders.clear();
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
        command.envs(self.folders.iter().map(|(name, folder)| (name, folder)));
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

    /// What `docker compose run --rm doctor` finds: whether all is sound, and all it says.
    #[must_use]
    pub fn doctor(&self) -> (bool, String) {
        let examine = ["run", "--rm", "-T", "--no-deps", "doctor"];
        let told = block_in_place(|| run(&mut self.compose(&examine)));
        let said = String::from_utf8_lossy(&told.stdout).into_owned();
        let said = said + &String::from_utf8_lossy(&told.stderr);
        (told.status.success(), said)
    }

    /// Makes containers of these services that are not started.
    pub fn makes(&self, services: &[&str]) {
        let make = ["up", "--no-start", "--no-deps", "--no-build"];
        self.runs(&[&make, services].concat());
    }

    /// Runs a shell's line where the partners lie, with the rights of `postern`.
    ///
    /// # Panics
    /// When it fails.
    pub fn in_config(&self, line: &str) -> String {
        self.shell("postern", &format!("cd /etc/postern/partners && {line}"))
    }

    /// Runs a shell's line in a container of this service, with what it sees.
    ///
    /// # Panics
    /// When it fails.
    pub fn shell(&self, service: &str, line: &str) -> String {
        let shell = ["run", "--rm", "-T", "--no-deps", "--entrypoint", "bash"];
        self.runs(&[&shell[..], &[service, "-c", line]].concat())
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
