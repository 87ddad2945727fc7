//! `envoy/envoy.yaml`, `tls.yaml` and `metrics.yaml` with a stand's own ports and paths, or for containers:
//! the shipped files, changed in these places and in no other.

use std::net::{Ipv6Addr, TcpListener};
use std::path::Path;

use crate::error::{StandError, doing};
use crate::parts;

/// The shipped file's line for its one backend.
const ONE_BACKEND: &str =
    "- endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: 8090 } } }";

/// What a stand puts in place of the shipped defaults.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Places<'a> {
    /// Stands for `/etc/postern`.
    pub(crate) folder: &'a Path,
    pub(crate) https: u16,
    pub(crate) http: u16,
    pub(crate) admin: u16,
    pub(crate) backends: &'a [u16],
}

/// The bootstrap for these places, from the file that ships.
pub(crate) fn bootstrap(places: Places<'_>) -> Result<String, StandError> {
    let shipped = shipped("envoy.yaml")?;
    let everywhere =
        r#"address: { socket_address: { address: "::", port_value: 8443, ipv4_compat: true } }"#;
    let text = once(&shipped, everywhere, &listen_on_loopback(places.https))?;
    let plain = "address: { socket_address: { address: 127.0.0.1, port_value: 8080 } }";
    let text = once(&text, plain, &listen_on_loopback(places.http))?;
    let text = once(
        &text,
        "port_value: 9901",
        &format!("port_value: {}", places.admin),
    )?;
    let each = |port: &u16| ONE_BACKEND.replace("8090", &port.to_string());
    let all: Vec<String> = places.backends.iter().map(each).collect();
    let text = once(&text, ONE_BACKEND, &all.join("\n        "))?;
    Ok(in_folder(&text, places.folder))
}

/// `envoy/metrics.yaml` with a stand's own ports: what Envoy merges into that bootstrap to pass on its metrics.
pub(crate) fn metrics(port: u16, admin: u16) -> Result<String, StandError> {
    let shipped = shipped("metrics.yaml")?;
    let everywhere = "address: { socket_address: { address: 0.0.0.0, port_value: 9902 } }";
    let here =
        format!("address: {{ socket_address: {{ address: 127.0.0.1, port_value: {port} }} }}");
    let text = once(&shipped, everywhere, &here)?;
    once(&text, "port_value: 9901", &format!("port_value: {admin}"))
}

/// The routes of `envoy/metrics.yaml` begin here.
const ROUTES: &str = "              routes:\n";
/// What the page is for in containers besides: `postern doctor`, in another one, asks for the filter's
/// version and how long the certificates last. Neither shows a secret, and a GET changes nothing.
const FOR_THE_DOCTOR: &str = r#"              - match: { path: /stats, headers: &read [{ name: ":method", string_match: { exact: GET } }] }
                route: { cluster: admin }
              - match: { path: /certs, headers: *read }
                route: { cluster: admin }
"#;

/// A bootstrap with the listener and the cluster of `metrics.yaml` in it, for an Envoy that is given one
/// file.
fn with_metrics(bootstrap: &str, metrics: &str) -> Result<String, StandError> {
    let parts = metrics.split_once("\n  listeners:\n");
    let parts = parts.and_then(|(_, parts)| parts.split_once("\n  clusters:\n"));
    let lacking = || StandError::new("envoy/metrics.yaml lacks listeners, or clusters behind them");
    let (listener, cluster) = parts.ok_or_else(lacking)?;
    let listener = once(listener, ROUTES, &format!("{ROUTES}{FOR_THE_DOCTOR}"))?;
    let both = format!("\n{listener}\n\n  clusters:\n{cluster}\n");
    once(bootstrap, CLUSTERS, &both)
}

/// The listener for development begins here; behind it come the clusters.
const PLAIN: &str = "\n  # For development only, and on loopback";
const CLUSTERS: &str = "\n  clusters:\n";

/// A bootstrap without the listener that speaks no TLS.
fn without_plain(bootstrap: &str) -> Result<String, StandError> {
    let lacking = || StandError::new("envoy/envoy.yaml lacks the listener for development");
    let (kept, rest) = bootstrap.split_once(PLAIN).ok_or_else(lacking)?;
    let (plain, clusters) = rest.split_once(CLUSTERS).ok_or_else(lacking)?;
    if plain.matches("\n  - name: ").count() != 1 || !plain.contains("\n  - name: http\n") {
        return Err(lacking());
    }
    Ok(format!("{kept}{CLUSTERS}{clusters}"))
}

/// The bootstrap that ships, read from this folder, for an Envoy in a container: its backends are found
/// by name, each as `HOST:PORT`, its metrics are on a page of their own at port 9902, and it listens for nothing
/// but TLS.
///
/// # Errors
/// When a backend is not `HOST:PORT`, or a file cannot be read or does not hold what is replaced.
pub fn container_bootstrap(folder: &Path, backends: &[String]) -> Result<String, StandError> {
    let text = without_plain(&read(&folder.join("envoy.yaml"))?)?;
    // A container comes back under another address: asked for each second, with an answer that holds as long.
    let by_name = "    type: STRICT_DNS\n    dns_refresh_rate: 1s\n    dns_failure_refresh_rate: { base_interval: 1s, max_interval: 1s }\n    connect_timeout: 1s\n    lb_policy";
    let text = once(
        &text,
        "    type: STATIC\n    connect_timeout: 1s\n    lb_policy",
        by_name,
    )?;
    let all: Result<Vec<String>, StandError> = backends.iter().map(|name| endpoint(name)).collect();
    let text = once(&text, ONE_BACKEND, &all?.join("\n        "))?;
    with_metrics(&text, &read(&folder.join("metrics.yaml"))?)
}

/// One backend's line.
fn endpoint(backend: &str) -> Result<String, StandError> {
    let wrong = || {
        StandError::new(format!(
            "{backend:?} is no backend: give its name and port, as backend-1:8090"
        ))
    };
    let (host, port) = backend.split_once(':').ok_or_else(wrong)?;
    let port: u16 = port.parse().map_err(|_| wrong())?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    if host.is_empty() || !host.bytes().all(is_plain) {
        return Err(wrong());
    }
    let line = ONE_BACKEND.replace("127.0.0.1", host);
    Ok(line.replace("8090", &port.to_string()))
}

/// Where certificate and key lie.
pub(crate) fn tls(folder: &Path) -> Result<String, StandError> {
    Ok(in_folder(&shipped("tls.yaml")?, folder))
}

fn shipped(name: &str) -> Result<String, StandError> {
    read(&parts::root().join("envoy").join(name))
}

fn read(path: &Path) -> Result<String, StandError> {
    std::fs::read_to_string(path).map_err(doing(format!("reading {}", path.display())))
}

/// A stand is for this machine only. Where there is IPv6, it listens there too.
fn listen_on_loopback(port: u16) -> String {
    let mut text =
        format!("address: {{ socket_address: {{ address: 127.0.0.1, port_value: {port} }} }}");
    if TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok() {
        text += &format!(
            "\n    additional_addresses: [{{ address: {{ socket_address: {{ address: \"::1\", port_value: {port} }} }} }}]"
        );
    }
    text
}

fn in_folder(text: &str, folder: &Path) -> String {
    text.replace("/etc/postern/", &format!("{}/", folder.display()))
}

/// A default that is not there exactly once would leave a stand on somebody else's port.
fn once(text: &str, old: &str, new: &str) -> Result<String, StandError> {
    match text.matches(old).count() {
        1 => Ok(text.replacen(old, new, 1)),
        count => Err(StandError::new(format!(
            "what ships in envoy/ holds `{old}` {count} times, not once"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::process::Command;

    use super::*;

    #[test]
    fn no_default_is_left() {
        let places = Places {
            folder: Path::new("/tmp/x"),
            https: 1,
            http: 2,
            admin: 3,
            backends: &[4],
        };
        let text = bootstrap(places).expect("rendered");
        let settings: Vec<&str> = text
            .lines()
            .filter(|line| !line.trim_start().starts_with('#'))
            .collect();
        for old in ["8443", "8080", "9901", "8090", "/etc/postern"] {
            assert!(
                !settings.iter().any(|line| line.contains(old)),
                "{old} is left"
            );
        }
    }

    #[test]
    fn what_is_not_there_once_is_an_error() {
        assert!(once("a a", "a", "b").is_err());
        assert!(once("", "a", "b").is_err());
        assert_eq!(once("a", "a", "b").expect("once"), "b");
    }

    #[test]
    fn the_newest_and_the_lowest_envoy_take_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let layout = crate::Layout::in_folder(folder.path()).expect("laid out");
        let places = Places {
            folder: layout.folder(),
            https: 1,
            http: 2,
            admin: 3,
            backends: &[4],
        };
        layout.write_envoy(places, |text| text).expect("written");
        both_envoys_take(&layout);
    }

    #[test]
    fn both_envoys_take_it_for_containers() {
        let backends = ["backend-1:8090", "backend-2:8091"].map(String::from);
        let text = container_bootstrap(&shipping(), &backends).expect("rendered");
        for there in [
            "address: backend-1, port_value: 8090",
            "address: backend-2, port_value: 8091",
            "9902",
        ] {
            assert_eq!(text.matches(there).count(), 1, "{there}");
        }
        assert!(!text.contains("8080"), "there is a port without TLS");
        assert_eq!(text.matches("\n  - name: https\n").count(), 1);
        let folder = tempfile::tempdir().expect("a folder");
        let layout = crate::Layout::in_folder(folder.path()).expect("laid out");
        let places = Places {
            folder: layout.folder(),
            https: 1,
            http: 2,
            admin: 3,
            backends: &[4],
        };
        let here = in_folder(&text, layout.folder());
        layout.write_envoy(places, |_| here).expect("written");
        both_envoys_take(&layout);
    }

    #[test]
    fn a_listener_that_is_not_known_is_not_taken_for_the_one_for_development() {
        let shipped = shipped("envoy.yaml").expect("read");
        let kept = without_plain(&shipped).expect("it is there");
        assert!(without_plain(&kept).is_err(), "there is none left");
        let more = shipped.replace(CLUSTERS, &format!("\n  - name: more{CLUSTERS}"));
        assert!(without_plain(&more).is_err(), "another one would be lost");
    }

    #[test]
    fn what_is_no_backend_is_told() {
        for wrong in [
            "backend-1",
            "backend-1:",
            ":8090",
            "a b:8090",
            "a:90000",
            "a: }:1",
        ] {
            let told = container_bootstrap(&shipping(), &[wrong.to_owned()]).expect_err(wrong);
            assert!(told.to_string().contains("is no backend"), "{told}");
        }
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let told = container_bootstrap(Path::new("nowhere"), &["backend-1:8090".to_owned()]);
        let told = told.expect_err("there is none").to_string();
        assert!(told.contains("reading nowhere/envoy.yaml"), "{told}");
    }

    fn shipping() -> PathBuf {
        parts::root().join("envoy")
    }

    fn both_envoys_take(layout: &crate::Layout) {
        std::fs::write(layout.edge(), r#"{"resources":[]}"#).expect("written");
        for which in ["newest", "lowest"] {
            let found = Command::new(parts::root().join("tools/envoy"))
                .arg(which)
                .output();
            let envoy = String::from_utf8(found.expect("asked").stdout).expect("a path");
            let checked = Command::new(envoy.trim())
                .args(["--mode", "validate", "-c"])
                .arg(layout.bootstrap())
                .output()
                .expect("Envoy runs");
            assert!(
                checked.status.success(),
                "{which}: {}",
                String::from_utf8_lossy(&checked.stderr)
            );
        }
    }
}
