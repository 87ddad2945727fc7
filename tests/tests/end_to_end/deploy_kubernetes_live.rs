//! What changes in ConfigMaps and Secrets, seen by a pod that runs: a real Envoy and a real backend on volumes that are
//! changed as the kubelet changes them. No cluster is asked.
//!
//! Run once: it asks both Envoys itself.

use crate::deploy_kubernetes::{applied, applies, moved, render, succeeded};
use postern_stand::Port;
use postern_tests::answer::Answer;
use postern_tests::connection::Connection;
use postern_tests::manifest::{Objects, list, text};
use postern_tests::message::Message;
use postern_tests::partner::{Partner, SECRET};
use postern_tests::postback::{registration, registration_of};
use postern_tests::programs::{Running, envoy, lowest_envoy, postern};
use postern_tests::tls::Identity;
use postern_tests::waiting::eventually;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A pod of ours with a network of its own would have these ports to itself.
struct Ports {
    https: Port,
    metrics: Port,
    envoy_admin: Port,
    backend: Port,
    admin: Port,
}

/// A pod's two containers. They and what they mount go with this value.
struct Pod {
    _containers: [Running; 2],
    ports: Ports,
    folder: TempDir,
    mounts: TempDir,
}

impl Pod {
    fn start(program: &Path, certificate: &Identity) -> Pod {
        let port = || Port::free().expect("a port");
        let ports = Ports {
            https: port(),
            metrics: port(),
            envoy_admin: port(),
            backend: port(),
            admin: port(),
        };
        let (folder, mounts) = (applied(), tempfile::tempdir().expect("a folder"));
        let objects = brings(&folder, &mounts, &ports, certificate);
        let backend = Running::start(&mut ports.backend(&objects, &mounts));
        let envoy = Running::start(&mut ports.envoy(&objects, &mounts, program));
        Pod {
            _containers: [envoy, backend],
            ports,
            folder,
            mounts,
        }
    }

    /// What was applied comes to be mounted, as after another `render | kubectl apply`.
    fn changes(&self, certificate: &Identity) {
        brings(&self.folder, &self.mounts, &self.ports, certificate);
    }

    async fn connects(&self, trusted: &Identity) -> io::Result<Connection> {
        let here = IpAddr::from(Ipv4Addr::LOCALHOST);
        let to = SocketAddr::from((here, self.ports.https.number()));
        Connection::open_tls_from(here, to, trusted.certificate_pem().as_bytes()).await
    }

    async fn sends(&self, trusted: &Identity, message: &Message) -> Option<Answer> {
        self.connects(trusted)
            .await
            .ok()?
            .exchange(message)
            .await
            .ok()
    }

    /// Sends until it is answered so.
    async fn comes(&self, trusted: &Identity, status: u16, message: &Message) {
        eventually(&format!("the answer {status}"), async || {
            let answer = self.sends(trusted, message).await?;
            (answer.status == status).then_some(())
        })
        .await;
    }
}

/// Renders what was applied and has it mounted, Envoy's part first: Kubernetes promises no order.
fn brings(folder: &TempDir, mounts: &TempDir, ports: &Ports, certificate: &Identity) -> Objects {
    let rendered = render(folder.path());
    succeeded(&rendered);
    let objects = Objects::read(&rendered.stdout);
    for container in ["envoy", "backend"] {
        let root = mounts.path().join(container);
        objects.mount(container, &root, certificate, |text| {
            ports.moved(&moved(&root, text))
        });
    }
    objects
}

impl Ports {
    fn moved(&self, text: &str) -> String {
        let moved: [(u16, &Port); 4] = [
            (8443, &self.https),
            (9902, &self.metrics),
            (9901, &self.envoy_admin),
            (8090, &self.backend),
        ];
        moved.iter().fold(text.to_owned(), |text, (shipped, here)| {
            let named = |port: u16| format!("port_value: {port}");
            text.replace(&named(*shipped), &named(here.number()))
        })
    }

    fn backend(&self, objects: &Objects, mounts: &TempDir) -> Command {
        let root = mounts.path().join("backend");
        let arguments = list(&objects.container("backend")["args"]).iter();
        let mut command = Command::new(postern());
        command.args(arguments.map(|argument| moved(&root, text(argument))));
        let listen = |port: &Port| format!("127.0.0.1:{}", port.number());
        command.env("POSTERN_LISTEN", listen(&self.backend));
        command.env("POSTERN_ADMIN_LISTEN", listen(&self.admin));
        command.current_dir(mounts.path());
        command
    }

    fn envoy(&self, objects: &Objects, mounts: &TempDir, program: &Path) -> Command {
        let root = mounts.path().join("envoy");
        let words = &objects.container("envoy")["command"];
        let [shell, option, line] = [0, 1, 2].map(|at| text(&words[at]));
        let mut command = Command::new(shell);
        command.arg(option);
        command.arg(moved(&root, line).replace("exec envoy", "exec \"$0\""));
        command.arg(program);
        command
    }
}

async fn a_pod_takes_what_changes(program: PathBuf) {
    let (first, next) = (Identity::new(), Identity::new());
    let pod = Pod::start(&program, &first);
    pod.comes(&first, 200, &registration("click-1")).await;
    let held = pod.connects(&first).await;
    let mut held = held.expect("Envoy listens");
    let acme = |click: &str| registration_of("acme", click);
    let stranger = pod.sends(&first, &acme("click-2")).await;
    stranger.expect("an answer").refused(403, "forbidden");

    // A new partner.
    let new = Partner::new("acme").secret("k1", SECRET);
    applies(pod.folder.path(), &[Partner::of_the_page(), new]);
    pod.changes(&first);
    pod.comes(&first, 200, &acme("click-2")).await;

    // A new certificate.
    assert!(pod.connects(&next).await.is_err(), "it is not there yet");
    pod.changes(&next);
    let shown = async || pod.connects(&next).await.ok();
    eventually("the new certificate is shown", shown).await;
    let old = pod.connects(&first).await;
    assert!(old.is_err(), "the old one is shown still");

    // A partner who is gone. Who was connected before all of it is so still: nothing was started anew.
    applies(pod.folder.path(), &[Partner::of_the_page()]);
    pod.changes(&next);
    pod.comes(&next, 403, &acme("click-3")).await;
    let answer = held.exchange(&registration("click-4")).await;
    answer.expect("an answer").recorded("flagged");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_pod_takes_new_partners_and_a_new_certificate() {
    a_pod_takes_what_changes(envoy()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_pod_on_the_lowest_envoy_takes_new_partners_and_a_new_certificate() {
    a_pod_takes_what_changes(lowest_envoy()).await;
}
