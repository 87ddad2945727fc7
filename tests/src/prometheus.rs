//! A real Prometheus over a gate and its backend, with the rules that ship.

use std::fs::File;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use postern_stand::Port;
use serde_json::Value;
use tempfile::TempDir;
use tokio::task::block_in_place;

use crate::gate::Gate;
use crate::metrics::{project_file, project_text};
use crate::waiting::eventually;

/// A Prometheus that runs until the test ends.
pub struct Prometheus {
    child: Child,
    address: SocketAddr,
    _folder: TempDir,
    _port: Port,
}

/// One of Prometheus' programs: `prometheus` or `promtool`.
///
/// # Panics
/// When it is not there and cannot be fetched.
#[must_use]
pub fn program(name: &str) -> PathBuf {
    let tool = project_file("tools/prometheus");
    let ran = Command::new(&tool)
        .arg(name)
        .stderr(Stdio::inherit())
        .output();
    let ran = ran.unwrap_or_else(|error| panic!("{}: {error}", tool.display()));
    let path = PathBuf::from(String::from_utf8_lossy(&ran.stdout).trim());
    assert!(
        path.is_file(),
        "there is no {name}; see why tools/prometheus fails"
    );
    path
}

impl Prometheus {
    /// Starts one with the shipped configuration, its targets and its pace changed, and waits until
    /// both targets have answered.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn watching(gate: &Gate) -> Prometheus {
        let folder = tempfile::tempdir().expect("a folder");
        let config = config_for(gate);
        std::fs::write(folder.path().join("prometheus.yml"), config).expect("written");
        let rules = project_text("observe/alerts.yml");
        std::fs::write(folder.path().join("alerts.yml"), rules).expect("written");
        let port = Port::free().expect("a port");
        let address = SocketAddr::from(([127, 0, 0, 1], port.number()));
        let log = File::create(folder.path().join("log")).expect("a log");
        let child = Command::new(program("prometheus"))
            .current_dir(folder.path())
            .arg("--config.file=prometheus.yml")
            .arg("--storage.tsdb.path=data")
            .arg(format!("--web.listen-address={address}"))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn();
        let prometheus = Prometheus {
            child: child.expect("Prometheus starts"),
            address,
            _folder: folder,
            _port: port,
        };
        prometheus.sees("count(up == 1) == 2").await;
        prometheus
    }

    /// What an expression is now: its result, or `None` while Prometheus does not answer.
    #[must_use]
    pub fn ask(&self, expression: &str) -> Option<Value> {
        let mut query = String::new();
        for byte in expression.bytes() {
            if byte.is_ascii_alphanumeric() {
                query.push(char::from(byte));
            } else {
                query.push_str(&format!("%{byte:02X}"));
            }
        }
        let path = format!("/api/v1/query?query={query}");
        let (_, text) = block_in_place(|| postern_stand::get(self.address, &path))?;
        serde_json::from_str(&text).ok()
    }

    /// Waits until an expression has a result.
    pub async fn sees(&self, expression: &str) {
        eventually(expression, async || self.has(expression).then_some(())).await;
    }

    /// Waits until it has none any more.
    pub async fn sees_no(&self, expression: &str) {
        let what = format!("no more {expression}");
        eventually(&what, async || (!self.has(expression)).then_some(())).await;
    }

    /// Whether an expression has a result now in which a number stands: what divides by nothing has none.
    #[must_use]
    pub fn shows_a_number(&self, expression: &str) -> bool {
        let answer = self.ask(expression).unwrap_or_default();
        let result = answer["data"]["result"].as_array();
        let value = |one: &Value| one["value"][1].as_str()?.parse::<f64>().ok();
        let mut values = result.into_iter().flatten().filter_map(value);
        values.any(f64::is_finite)
    }

    /// Whether an expression has a result now.
    #[must_use]
    pub fn has(&self, expression: &str) -> bool {
        let answer = self.ask(expression).unwrap_or_default();
        let result = answer["data"]["result"].as_array();
        result.is_some_and(|result| !result.is_empty())
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The shipped configuration with this gate's addresses, once a second.
fn config_for(gate: &Gate) -> String {
    let shipped = project_text("observe/prometheus.yml");
    let swap = |text: String, old: &str, new: &str| {
        assert!(text.contains(old), "observe/prometheus.yml lacks {old}");
        text.replace(old, new)
    };
    let text = swap(shipped, "interval: 15s", "interval: 1s");
    let text = swap(
        text,
        "    - backend-1:8090\n",
        &format!("    - {}\n", gate.backend_addr()),
    );
    let text = swap(text, "    - backend-2:8090\n", "");
    swap(text, "127.0.0.1:9901", &gate.admin_addr().to_string())
}
