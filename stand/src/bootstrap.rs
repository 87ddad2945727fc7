//! `envoy/envoy.yaml` and `envoy/tls.yaml` with a stand's own ports and paths: the shipped files,
//! changed in these places and in no other.

use std::net::{Ipv6Addr, TcpListener};
use std::path::Path;

use crate::error::{StandError, doing};
use crate::parts;

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
    let one =
        "- endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: 8090 } } }";
    let each = |port: &u16| one.replace("8090", &port.to_string());
    let all: Vec<String> = places.backends.iter().map(each).collect();
    let text = once(&text, one, &all.join("\n        "))?;
    Ok(in_folder(&text, places.folder))
}

/// Where certificate and key lie.
pub(crate) fn tls(folder: &Path) -> Result<String, StandError> {
    Ok(in_folder(&shipped("tls.yaml")?, folder))
}

fn shipped(name: &str) -> Result<String, StandError> {
    let path = parts::root().join("envoy").join(name);
    std::fs::read_to_string(&path).map_err(doing(format!("reading {}", path.display())))
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
            "envoy/envoy.yaml holds `{old}` {count} times, not once"
        ))),
    }
}

#[cfg(test)]
mod tests {
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
