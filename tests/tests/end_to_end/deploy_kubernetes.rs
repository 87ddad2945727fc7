//! What ships for Kubernetes, taken as its users take it: rendered, read, and each container's files laid out as the
//! pod would mount them. The real Envoy and the real backend then run on these. No cluster is asked.
//!
//! Run once: it asks both Envoys itself.

use postern_stand::{Port, get, until};
use postern_tests::manifest::{Objects, list, named, text};
use postern_tests::partner::{Partner, partners_toml};
use postern_tests::programs::{envoy, filter, lowest_envoy, postern, root, shipped};
use serde_norway::Value;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;
use tempfile::TempDir;

const READY_WITHIN: Duration = Duration::from_secs(30);
const PROBES: [&str; 3] = ["startupProbe", "readinessProbe", "livenessProbe"];

/// A folder where partners were applied for Kubernetes, with all that `render` asks for.
fn applied() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    fs::write(
        at("partners.toml"),
        partners_toml("replicas = 2", &[Partner::of_the_page()]),
    )
    .expect("written");
    fs::write(at("apply.toml"), shipped("deploy/kubernetes/apply.toml")).expect("written");
    let ran = Command::new(postern())
        .args(["--config", "apply.toml", "partners", "apply"])
        .current_dir(folder.path())
        .output();
    succeeded(&ran.expect("postern runs"));
    let database = format!("sqlite://{}\n", at("postern.db").display());
    fs::write(at("database"), database).expect("written");
    fs::copy(filter(), at("postern_filter.wasm")).expect("copied");
    folder
}

fn render(folder: &Path) -> Output {
    let mut command = Command::new(root().join("deploy/kubernetes/render"));
    command.arg(folder).output().expect("render runs")
}

#[track_caller]
fn succeeded(output: &Output) {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Everything rendered, and a folder in which both containers' mounts are laid out.
fn pod() -> (Objects, TempDir, TempDir) {
    let applied = applied();
    let rendered = render(applied.path());
    succeeded(&rendered);
    let objects = Objects::read(&rendered.stdout);
    let mounts = tempfile::tempdir().expect("a folder");
    for container in ["envoy", "backend"] {
        objects.mount(container, &mounts.path().join(container));
    }
    (objects, applied, mounts)
}

/// Where a laid out container finds a file, and the text in it with its own places in place of `/etc/postern`.
fn moved(root: &Path, text: &str) -> String {
    text.replace("/etc/postern/", &format!("{}/etc/postern/", root.display()))
}

fn move_file(root: &Path, name: &str) -> PathBuf {
    let path = root.join("etc/postern").join(name);
    let text = fs::read_to_string(&path).expect("it is mounted");
    fs::write(&path, moved(root, &text)).expect("written");
    path
}

/// Claims that each path below `root` that stands in this file leads somewhere.
fn names_what_is_there(file: &Path, root: &Path) {
    let text = fs::read_to_string(file).expect("read");
    let settings = text
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'));
    let words = settings.flat_map(|line| line.split([' ', '"', ',']));
    let paths: Vec<&str> = words
        .filter(|word| word.starts_with(&root.display().to_string()))
        .collect();
    assert!(!paths.is_empty(), "{} names none", file.display());
    for path in paths {
        assert!(Path::new(path).exists(), "{} names {path}", file.display());
    }
}

#[test]
fn envoy_takes_what_its_container_mounts() {
    let (_, _applied, mounts) = pod();
    let root = mounts.path().join("envoy");
    let bootstrap = move_file(&root, "envoy/envoy.yaml");
    let tls = move_file(&root, "envoy/tls.yaml");
    let edge = move_file(&root, "edge/postern-filter.json");
    for envoy in [envoy(), lowest_envoy()] {
        let mut command = Command::new(envoy);
        command.args(["--mode", "validate", "-c"]).arg(&bootstrap);
        succeeded(&command.output().expect("Envoy runs"));
    }
    // What validation does not open: each file that is named, the filter's code and its configuration.
    for file in [&bootstrap, &tls, &edge] {
        names_what_is_there(file, &root);
    }
    let ran = Command::new(postern())
        .args(["edge", "check"])
        .arg(&edge)
        .output();
    let ran = ran.expect("postern runs");
    succeeded(&ran);
    assert!(String::from_utf8_lossy(&ran.stdout).contains("replicas 2"));
    let edge: Value =
        serde_norway::from_str(&fs::read_to_string(edge).expect("read")).expect("JSON");
    let vm = &edge["resources"][0]["typed_config"]["config"]["vm_config"];
    let code = fs::read(text(&vm["code"]["local"]["filename"])).expect("mounted");
    assert!(
        code == fs::read(filter()).expect("read"),
        "another filter is mounted"
    );
}

#[test]
fn the_backend_runs_on_what_its_container_mounts() {
    let (objects, _applied, mounts) = pod();
    let root = mounts.path().join("backend");
    move_file(&root, "backend/postern.toml");
    let port = Port::free().expect("a port");
    let container = objects.container("backend");
    let arguments = list(&container["args"]).iter();
    let mut child = Command::new(postern())
        .args(arguments.map(|argument| moved(&root, text(argument))))
        .env("POSTERN_LISTEN", format!("127.0.0.1:{}", port.number()))
        .current_dir(mounts.path())
        .stdout(Stdio::null())
        .spawn()
        .expect("postern runs");
    let address = SocketAddr::from(([127, 0, 0, 1], port.number()));
    let answers = |probe: &str| {
        let path = text(&container[probe]["httpGet"]["path"]);
        matches!(get(address, path), Some((200, _)))
    };
    let ready = until(READY_WITHIN, || {
        PROBES.into_iter().all(answers).then_some(())
    });
    let _ = child.kill();
    let _ = child.wait();
    assert!(ready.is_some(), "not every probe was answered 200");
}

#[test]
fn the_pod_is_locked_down() {
    let (objects, _applied, _mounts) = pod();
    let pod = objects.pod();
    assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
    assert_eq!(pod["automountServiceAccountToken"], false);
    for container in list(&pod["containers"]) {
        let context = &container["securityContext"];
        assert_eq!(context["readOnlyRootFilesystem"], true);
        assert_eq!(context["allowPrivilegeEscalation"], false);
        assert_eq!(text(&context["capabilities"]["drop"][0]), "ALL");
        assert!(container["resources"]["limits"]["memory"].is_string());
        for probe in PROBES {
            let asked = &container[probe];
            let port = asked["httpGet"]["port"]
                .as_str()
                .or(asked["tcpSocket"]["port"].as_str());
            let listed = named(&container["ports"], port.expect("a named port"));
            assert!(listed["containerPort"].is_u64(), "{listed:?}");
        }
        for mount in list(&container["volumeMounts"]) {
            assert_eq!(mount["readOnly"], true, "{mount:?}");
            assert!(
                mount["subPath"].is_null(),
                "a file by subPath never changes: {mount:?}"
            );
        }
    }
}

#[test]
fn service_policy_and_budget_are_about_the_pods_and_only_the_gate_is_reached() {
    let (objects, _applied, _mounts) = pod();
    let labels = &objects.get("Deployment", "postern")["spec"]["template"]["metadata"]["labels"];
    assert_eq!(
        &objects.get("Service", "postern")["spec"]["selector"],
        labels
    );
    assert_eq!(
        &objects.get("PodDisruptionBudget", "postern")["spec"]["selector"]["matchLabels"],
        labels
    );
    let policy = &objects.get("NetworkPolicy", "postern")["spec"];
    assert_eq!(&policy["podSelector"]["matchLabels"], labels);
    assert_eq!(
        list(&policy["ingress"]).len(),
        1,
        "the gate is all that can be reached"
    );
    let port = &named(&objects.container("envoy")["ports"], "https")["containerPort"];
    assert_eq!(&policy["ingress"][0]["ports"][0]["port"], port);
    assert_eq!(
        objects.get("Service", "postern")["spec"]["externalTrafficPolicy"],
        "Local"
    );
    assert_eq!(
        objects.get("Deployment", "postern")["spec"]["replicas"],
        2,
        "as in the partners' file"
    );
}

#[test]
fn render_says_what_is_missing_and_prints_nothing() {
    let folder = applied();
    for name in [
        "database",
        "edge/postern-filter.json",
        "postern_filter.wasm",
        "proof.tokens",
    ] {
        let (path, aside) = (folder.path().join(name), folder.path().join("aside"));
        fs::rename(&path, &aside).expect("moved");
        let ran = render(folder.path());
        fs::rename(&aside, &path).expect("moved back");
        assert!(!ran.status.success(), "{name}");
        assert!(ran.stdout.is_empty(), "{name}: half of it was printed");
        let said = String::from_utf8_lossy(&ran.stderr).into_owned();
        assert!(said.contains(name) && said.contains("is missing"), "{said}");
    }
    succeeded(&render(folder.path()));
}
