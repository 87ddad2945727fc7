//! What ships for Kubernetes, taken as its users take it: rendered, read, and each container's files laid out as the
//! pod would mount them. The real Envoy and the real backend then run on these. No cluster is asked.
//!
//! Run once: it asks both Envoys itself.

use postern_stand::{Port, get, until};
use postern_tests::kubernetes_schema::KubernetesSchema;
use postern_tests::manifest::{Objects, list, named, text};
use postern_tests::partner::{Partner, partners_toml};
use postern_tests::programs::{envoy, filter, lowest_envoy, postern, root, shipped};
use postern_tests::tls::Identity;
use serde_norway::Value;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;
use tempfile::TempDir;

const READY_WITHIN: Duration = Duration::from_secs(30);
const PROBES: [&str; 3] = ["startupProbe", "readinessProbe", "livenessProbe"];

/// A folder where partners were applied for Kubernetes, with all that `render` asks for.
pub(super) fn applied() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    fs::write(at("apply.toml"), shipped("deploy/kubernetes/apply.toml")).expect("written");
    applies(folder.path(), &[Partner::of_the_page()]);
    operates(folder.path(), &["admin", "token", "ada"]);
    let database = format!("sqlite://{}\n", at("postern.db").display());
    fs::write(at("database"), database).expect("written");
    fs::copy(filter(), at("postern_filter.wasm")).expect("copied");
    folder
}

/// Applies these partners, at first or anew.
pub(super) fn applies(folder: &Path, partners: &[Partner]) {
    let partners = partners_toml("replicas = 2", partners);
    fs::write(folder.join("partners.toml"), partners).expect("written");
    operates(folder, &["partners", "apply"]);
}

/// A command of `postern` where partners are kept.
fn operates(folder: &Path, words: &[&str]) {
    let mut command = Command::new(postern());
    command.args(["--config", "apply.toml"]).args(words);
    let ran = command.current_dir(folder).output();
    succeeded(&ran.expect("it runs"));
}

pub(super) fn render(folder: &Path) -> Output {
    render_with(&[], folder)
}

fn render_with(options: &[&str], folder: &Path) -> Output {
    let mut command = Command::new(root().join("deploy/kubernetes/render"));
    command.args(options).arg(folder);
    command.output().expect("render runs")
}

#[track_caller]
pub(super) fn succeeded(output: &Output) {
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
    let certificate = Identity::new();
    for container in ["envoy", "backend"] {
        let root = mounts.path().join(container);
        objects.mount(container, &root, &certificate, |text| moved(&root, text));
    }
    (objects, applied, mounts)
}

/// The text with a laid out container's own places in place of `/etc/postern`.
pub(super) fn moved(root: &Path, text: &str) -> String {
    text.replace("/etc/postern/", &format!("{}/etc/postern/", root.display()))
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

/// Runs the container's own command on this Envoy, for validation alone.
fn validates(container: &Value, root: &Path, envoy: &Path) -> Output {
    let [shell, option, line] = [0, 1, 2].map(|at| text(&container["command"][at]));
    let line = moved(root, line).replace("exec envoy", "exec \"$0\"") + " --mode validate";
    let mut command = Command::new(shell);
    command.args([option, &line]).arg(envoy);
    command.output().expect("a shell")
}

#[test]
fn a_listener_for_metrics_that_is_wrong_is_not_taken() {
    let (objects, _applied, mounts) = pod();
    let root = mounts.path().join("envoy");
    let metrics = root.join("etc/postern/envoy/metrics.yaml");
    let good = fs::read_to_string(&metrics).expect("it is mounted");
    fs::write(&metrics, good.replace("cluster: admin", "cluster: away")).expect("written");
    let ran = validates(objects.container("envoy"), &root, &envoy());
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(!ran.status.success() && said.contains("away"), "{said}");
}

/// The names of a bootstrap's listeners.
fn listeners(bootstrap: &Value) -> Vec<&str> {
    let listeners = list(&bootstrap["static_resources"]["listeners"]).iter();
    listeners.map(|one| text(&one["name"])).collect()
}

#[test]
fn in_production_there_is_no_port_without_tls_and_all_else_is_as_it_ships() {
    let ran = Command::new(root().join("deploy/bootstrap")).output();
    let ran = ran.expect("it runs");
    succeeded(&ran);
    let yaml = |text: &[u8]| {
        let mut yaml: Value = serde_norway::from_slice(text).expect("YAML");
        yaml.apply_merge().expect("merged");
        yaml
    };
    let (made, mut ships) = (
        yaml(&ran.stdout),
        yaml(shipped("envoy/envoy.yaml").as_bytes()),
    );
    assert_eq!(listeners(&made), ["https"]);
    assert_eq!(listeners(&ships), ["https", "http"]);
    let of_ships = ships["static_resources"]["listeners"].as_sequence_mut();
    of_ships.expect("a list").pop();
    assert_eq!(made, ships);
    // It is what the pods are given.
    let (_objects, _applied, mounts) = pod();
    let place = mounts.path().join("envoy");
    let mounted = fs::read_to_string(place.join("etc/postern/envoy/envoy.yaml"));
    let printed = String::from_utf8(ran.stdout).expect("a text");
    assert_eq!(mounted.expect("it is mounted"), moved(&place, &printed));
}

#[test]
fn envoy_takes_what_its_container_mounts() {
    let (objects, _applied, mounts) = pod();
    let root = mounts.path().join("envoy");
    let names = [
        "envoy/envoy.yaml",
        "envoy/tls.yaml",
        "edge/postern-filter.json",
    ];
    let [bootstrap, tls, edge] = names.map(|name| root.join("etc/postern").join(name));
    for envoy in [envoy(), lowest_envoy()] {
        succeeded(&validates(objects.container("envoy"), &root, &envoy));
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
    let [port, admin] = [Port::free(), Port::free()].map(|port| port.expect("a port"));
    let container = objects.container("backend");
    let arguments = list(&container["args"]).iter();
    let mut child = Command::new(postern())
        .args(arguments.map(|argument| moved(&root, text(argument))))
        .env("POSTERN_LISTEN", format!("127.0.0.1:{}", port.number()))
        .env(
            "POSTERN_ADMIN_LISTEN",
            format!("127.0.0.1:{}", admin.number()),
        )
        .current_dir(mounts.path())
        .stdout(Stdio::null())
        .spawn()
        .expect("postern runs");
    let address = |port: &Port| SocketAddr::from(([127, 0, 0, 1], port.number()));
    let answers = |probe: &str| {
        let path = text(&container[probe]["httpGet"]["path"]);
        matches!(get(address(&port), path), Some((200, _)))
    };
    let ready = until(READY_WITHIN, || {
        PROBES.into_iter().all(answers).then_some(())
    });
    // Who is forwarded to the pod's loopback finds the console there, open to the tokens that were made.
    let login = get(address(&admin), "/console/login");
    let _ = child.kill();
    let _ = child.wait();
    assert!(ready.is_some(), "not every probe was answered 200");
    assert!(matches!(login, Some((200, _))), "{login:?}");
}

#[test]
fn every_object_has_the_shape_that_kubernetes_asks_for() {
    let schema = KubernetesSchema::read();
    let folder = applied();
    for options in [&[][..], &["--gateway", "istio-system"]] {
        let objects = Objects::read(&render_with(options, folder.path()).stdout);
        assert!(objects.all().len() > 6, "{options:?}");
        for object in objects.all() {
            assert_eq!(schema.mistakes(object), [""; 0]);
        }
    }
    // What such mistakes look like.
    let text = shipped("deploy/kubernetes/postern.yaml");
    for (right, wrong, said) in [
        ("minAvailable", "minAvailible", "minAvailible"),
        ("replicas: 2", "replicas: two", "two"),
        ("preStop:", "prestop:", "prestop"),
        ("containerPort: 9902", "port: 9902", "containerPort"),
    ] {
        let objects = Objects::read(text.replacen(right, wrong, 1).as_bytes());
        let mistakes: Vec<String> = objects
            .all()
            .iter()
            .flat_map(|it| schema.mistakes(it))
            .collect();
        assert!(
            mistakes.iter().any(|it| it.contains(said)),
            "{wrong}: {mistakes:?}"
        );
    }
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

/// Claims that service, budget and policy are about the pods of the deployment of this name, and returns whom the
/// policy lets in.
#[track_caller]
fn who_comes_in<'o>(objects: &'o Objects, name: &str) -> &'o [Value] {
    let labels = &objects.get("Deployment", name)["spec"]["template"]["metadata"]["labels"];
    let spec = |kind: &str| &objects.get(kind, name)["spec"];
    assert_eq!(&spec("Service")["selector"], labels);
    assert_eq!(
        &spec("PodDisruptionBudget")["selector"]["matchLabels"],
        labels
    );
    let policy = spec("NetworkPolicy");
    assert_eq!(&policy["podSelector"]["matchLabels"], labels);
    list(&policy["ingress"])
}

/// The port of a container.
fn port<'o>(container: &'o Value, name: &str) -> &'o Value {
    &named(&container["ports"], name)["containerPort"]
}

#[test]
fn from_anywhere_only_the_gate_is_reached_and_the_metrics_from_where_prometheus_is() {
    let (objects, _applied, _mounts) = pod();
    let [envoy, backend] = ["envoy", "backend"].map(|name| objects.container(name));
    let [all, monitoring] = who_comes_in(&objects, "postern") else {
        panic!("the gate for all, the metrics for Prometheus");
    };
    assert!(all["from"].is_null());
    assert_eq!(list(&all["ports"]).len(), 1);
    assert_eq!(&all["ports"][0]["port"], port(envoy, "https"));
    let from = list(&monitoring["from"]);
    assert!(from.iter().all(|one| one["namespaceSelector"].is_mapping()) && from.len() == 1);
    let metrics = [port(envoy, "metrics"), port(backend, "backend")];
    let open: Vec<&Value> = list(&monitoring["ports"])
        .iter()
        .map(|it| &it["port"])
        .collect();
    assert_eq!(open, metrics);
    let service = &objects.get("Service", "postern")["spec"];
    assert_eq!(service["externalTrafficPolicy"], "Local");
    assert_eq!(
        objects.get("Deployment", "postern")["spec"]["replicas"],
        2,
        "as in the partners' file"
    );
}

#[test]
fn prometheus_finds_the_ports_under_the_names_the_alerts_ask_for() {
    let (objects, _applied, _mounts) = pod();
    let monitor = Objects::read(shipped("deploy/kubernetes/podmonitor.yaml").as_bytes());
    let spec = &monitor.get("PodMonitor", "postern")["spec"];
    let labels = &objects.get("Deployment", "postern")["spec"]["template"]["metadata"]["labels"];
    assert_eq!(&spec["selector"]["matchLabels"], labels);
    let alerts = shipped("observe/alerts.yml");
    let containers = [("metrics", "envoy"), ("backend", "backend")];
    for (endpoint, (name, container)) in list(&spec["podMetricsEndpoints"]).iter().zip(containers) {
        assert_eq!(endpoint["port"], name);
        assert!(port(objects.container(container), name).is_u64());
        let job = text(&endpoint["relabelings"][0]["replacement"]);
        assert_eq!(endpoint["relabelings"][0]["targetLabel"], "job");
        assert!(alerts.contains(&format!("job=\"{job}\"")), "{job}");
    }
}

#[test]
fn behind_a_gateway_the_backend_is_the_same_and_only_the_gateway_reaches_it() {
    let (whole, applied, _mounts) = pod();
    let rendered = render_with(&["--gateway", "istio-system"], applied.path());
    succeeded(&rendered);
    let objects = Objects::read(&rendered.stdout);
    let [here, there] = [
        named(&objects.pod_of("postern-backend")["containers"], "backend"),
        whole.container("backend"),
    ];
    assert_eq!(here, there);
    assert_eq!(
        objects.get("Secret", "postern-secrets"),
        whole.get("Secret", "postern-secrets")
    );
    for (kind, name) in [("Secret", "postern-edge"), ("ConfigMap", "postern-filter")] {
        assert_eq!(
            objects.get(kind, name)["metadata"]["namespace"],
            "istio-system"
        );
    }
    let [ingress] = who_comes_in(&objects, "postern-backend") else {
        panic!("one rule");
    };
    let labels = list(&ingress["from"]).iter().map(|one| {
        let labels = &one["namespaceSelector"]["matchLabels"];
        text(&labels["kubernetes.io/metadata.name"])
    });
    assert_eq!(labels.collect::<Vec<_>>(), ["istio-system", "monitoring"]);
    assert_eq!(list(&ingress["ports"]).len(), 1);
    assert_eq!(&ingress["ports"][0]["port"], port(here, "backend"));
    let deployments = objects.all().iter().filter(|it| it["kind"] == "Deployment");
    assert_eq!(deployments.count(), 1);
    leads_to_the_backends(&objects);
}

/// Claims that the routes that ship for gateways name a service and a port that are there.
fn leads_to_the_backends(objects: &Objects) {
    let service = objects.get("Service", "postern-backend");
    let port = &service["spec"]["ports"][0]["port"];
    let namespace = text(&service["metadata"]["namespace"]);
    let istio = Objects::read(shipped("deploy/istio/gateway.yaml").as_bytes());
    let route = &istio.get("VirtualService", "postern")["spec"];
    let to = &route["http"][0]["route"][0]["destination"];
    assert_eq!(
        text(&to["host"]),
        format!("postern-backend.{namespace}.svc.cluster.local")
    );
    assert_eq!(&to["port"]["number"], port);
    let listens = &istio.get("Gateway", "postern")["spec"]["servers"];
    assert_eq!(route["hosts"], listens[0]["hosts"]);
    assert_eq!(list(listens).len(), 1, "HTTPS alone");
    let gateway = Objects::read(shipped("deploy/envoy-gateway/postern.yaml").as_bytes());
    let route = gateway.get("HTTPRoute", "postern");
    assert_eq!(text(&route["metadata"]["namespace"]), namespace);
    let to = &route["spec"]["rules"][0]["backendRefs"][0];
    assert_eq!(
        (&to["name"], &to["port"]),
        (&service["metadata"]["name"], port)
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
    for wrong in [
        &["--gateway"][..],
        &["--gateway", "No such"],
        &["--gateway", "a", "b"],
    ] {
        let ran = render_with(wrong, folder.path());
        assert!(!ran.status.success() && ran.stdout.is_empty(), "{wrong:?}");
        assert!(String::from_utf8_lossy(&ran.stderr).contains("usage: render"));
    }
}
