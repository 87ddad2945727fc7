//! What runs: its health, its end, its files, as `docker` tells of it.

use std::net::IpAddr;
use std::time::Duration;

use postern_stand::until;
use tokio::task::block_in_place;

use crate::commands::{docker, run, succeeded};
use crate::project::Project;

/// How long a container may take to become healthy, or to end. Machines may be busy.
const READY_WITHIN: Duration = Duration::from_secs(120);

impl Project {
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
        self.becomes(service, "healthy");
    }

    /// Waits until its health check has failed as often as it may.
    ///
    /// # Panics
    /// When it does not in time.
    pub fn becomes_unhealthy(&self, service: &str) {
        self.becomes(service, "unhealthy");
    }

    fn becomes(&self, service: &str, health: &str) {
        let is = || (self.inspects(service, "{{.State.Health.Status}}") == health).then_some(());
        let waited = block_in_place(|| until(READY_WITHIN, is));
        assert!(
            waited.is_some(),
            "{service} is not {health} after {READY_WITHIN:?}"
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
        (
            self.inspects(service, "{{.State.ExitCode}}"),
            self.logs(service),
        )
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

    /// All that a service's container has logged.
    #[must_use]
    pub fn logs(&self, service: &str) -> String {
        let logs = block_in_place(|| run(&mut docker(&["logs", &self.container(service)])));
        let said = String::from_utf8_lossy(&logs.stdout).into_owned();
        said + &String::from_utf8_lossy(&logs.stderr)
    }

    /// The address from which requests of this machine come to Envoy: its network's gateway.
    ///
    /// # Panics
    /// When Envoy runs in no network.
    #[must_use]
    pub fn host_as_envoy_sees_it(&self) -> String {
        let gateways = "{{range .NetworkSettings.Networks}}{{.Gateway}} {{end}}";
        let gateways = self.inspects("envoy", gateways);
        let first = gateways.split_whitespace().next();
        first.expect("the network has a gateway").to_owned()
    }
}
