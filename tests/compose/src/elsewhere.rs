//! A PostgreSQL that is not one of the project's: behind this machine, as seen from its containers, so that only
//! those with a way out of their networks reach it. It runs in no network of the engine's: a cable of two ends leads
//! from the machine into its container.

use std::net::Ipv4Addr;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::time::Duration;

use postern_stand::until;
use tempfile::NamedTempFile;
use tokio::task::block_in_place;

use crate::commands::{docker, run, succeeded};
use crate::file;
use crate::project::Project;

/// How long it may take to answer at first.
const READY_WITHIN: Duration = Duration::from_secs(60);
const PASSWORD: &str = "a-password-of-the-operators-own";
/// Addresses for trials, which nobody has: four for each port a project may have.
const TRIALS: Ipv4Addr = Ipv4Addr::new(198, 18, 0, 0);

/// A database server in a container beside the project. It goes with this value, and the cable with it.
pub struct Elsewhere {
    container: String,
    address: Ipv4Addr,
    /// As the image wants it: in a file.
    password: NamedTempFile,
}

impl Elsewhere {
    /// Starts one of the project's own image, and waits until it answers.
    ///
    /// # Panics
    /// When it does not start, or not answer in time; when the cable cannot be laid, as only root may.
    #[must_use]
    pub fn start(project: &Project) -> Elsewhere {
        let password = NamedTempFile::new().expect("a file");
        std::fs::write(password.path(), PASSWORD).expect("written");
        let open = std::fs::Permissions::from_mode(0o644); // the image's user is not ours
        std::fs::set_permissions(password.path(), open).expect("it is ours");
        let port = project.https.number();
        let [here, there] = [1, 2].map(|end| address_of(port, end));
        let elsewhere = Elsewhere {
            container: format!("{}-elsewhere", project.name),
            address: there,
            password,
        };
        elsewhere.runs(&image(project));
        elsewhere.lays_cable(&format!("postern-{port}"), here);
        let answers = || elsewhere.answers().then_some(());
        let waited = block_in_place(|| until(READY_WITHIN, answers));
        assert!(waited.is_some(), "the database elsewhere does not answer");
        elsewhere
    }

    /// Its URL, from inside a container and from here.
    #[must_use]
    pub fn url(&self) -> String {
        format!("postgres://theirs:{PASSWORD}@{}/theirs", self.address)
    }

    fn runs(&self, image: &str) {
        let mount = format!("{}:/run/password:ro", self.password.path().display());
        let mut start = docker(&["run", "-d", "--name", &self.container]);
        start.args(["--network", "none", "--user", "999:999", "-v", &mount]);
        for setting in ["USER=theirs", "DB=theirs", "PASSWORD_FILE=/run/password"] {
            start.args(["-e", &format!("POSTGRES_{setting}")]);
        }
        does(start.arg(image));
    }

    /// One end is here, the other in the container.
    fn lays_cable(&self, name: &str, here: Ipv4Addr) {
        let inspect = ["inspect", "-f", "{{.State.Pid}}", &self.container];
        let pid = does(&mut docker(&inspect));
        let inside = ["-t", &pid, "-n", "ip"];
        let (here, there) = (format!("{here}/30"), format!("{}/30", self.address));
        let peer = ["type", "veth", "peer", "name", "eth0", "netns", &pid];
        does(ip().args(["link", "add", name]).args(peer));
        does(ip().args(["address", "add", &here, "dev", name]));
        does(ip().args(["link", "set", name, "up"]));
        let nsenter = || {
            let mut command = Command::new("nsenter");
            command.args(inside);
            command
        };
        does(nsenter().args(["address", "add", &there, "dev", "eth0"]));
        does(nsenter().args(["link", "set", "eth0", "up"]));
    }

    fn answers(&self) -> bool {
        let address = self.address.to_string();
        let ready = ["exec", &self.container, "pg_isready", "-q", "-d", "theirs"];
        let ready = [&ready[..], &["-h", &address]].concat();
        run(&mut docker(&ready)).status.success()
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        let _ = docker(&["rm", "-f", "-v", &self.container]).output();
    }
}

fn address_of(port: u16, end: u32) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(TRIALS) + 4 * u32::from(port) + end)
}

fn ip() -> Command {
    Command::new("ip")
}

/// Runs it to the end and gives what it printed.
fn does(command: &mut Command) -> String {
    let output = block_in_place(|| run(command));
    succeeded(&format!("{command:?}"), &output)
        .trim()
        .to_owned()
}

fn image(project: &Project) -> String {
    let postgres = &file::services(project)["postgres"];
    postgres["image"].as_str().expect("an image").to_owned()
}
