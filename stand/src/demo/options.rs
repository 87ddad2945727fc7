//! What the demo can be told, mostly by environment: `make up` passes no arguments.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand};

/// The variables that choose ports.
pub(crate) const HTTPS_PORT: &str = "POSTERN_HTTPS_PORT";
pub(crate) const HTTP_PORT: &str = "POSTERN_HTTP_PORT";
pub(crate) const ENVOY_ADMIN_PORT: &str = "POSTERN_ENVOY_ADMIN_PORT";
pub(crate) const API_PORT: &str = "POSTERN_API_PORT";

/// Postern with demonstration partners, on this machine only.
#[derive(Debug, Parser)]
pub(crate) struct Options {
    #[command(subcommand)]
    pub(crate) action: Action,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Start everything, show the demo, stay until Ctrl-C.
    Up(Up),
    /// Stop what runs.
    Down(Down),
    /// In containers: write what is missing for a first start, and leave alone what is there.
    FirstStart(FirstStart),
    /// In containers: show the demo to a gate that runs.
    Visit(Visit),
    /// In containers: print Envoy's bootstrap for backends found by name.
    Bootstrap(Bootstrap),
}

#[derive(Debug, Args)]
pub(crate) struct FirstStart {
    /// Where each container finds its part, in a folder of its own.
    #[arg(long, default_value = "/etc/postern")]
    pub(crate) folder: PathBuf,
    /// The backend's program.
    #[arg(long, env = "POSTERN_BIN", default_value = "postern")]
    pub(crate) postern: PathBuf,
    /// The database's host.
    #[arg(long, default_value = "postgres")]
    pub(crate) database_host: String,
    /// Who besides us reads the database's password: a group this process is in.
    #[arg(long)]
    pub(crate) database_group: Option<u32>,
    /// Who besides us reads the dashboard's password: a group this process is in.
    #[arg(long)]
    pub(crate) dashboard_group: Option<u32>,
}

#[derive(Debug, Args)]
pub(crate) struct Visit {
    /// What `first-start` wrote for us.
    #[arg(long, default_value = "/etc/postern/demo")]
    pub(crate) folder: PathBuf,
    /// The gate, on loopback: the demo's partners post from there.
    #[arg(long, default_value = "https://127.0.0.1:8443")]
    pub(crate) gate: String,
    /// A backend's admin API, which takes the demo's clicks.
    #[arg(long, default_value = "http://backend-1:8091")]
    pub(crate) admin: String,
}

#[derive(Debug, Args)]
pub(crate) struct Bootstrap {
    /// The folder of the bootstrap that ships.
    #[arg(long, default_value = "envoy")]
    pub(crate) from: PathBuf,
    /// The backends, each as HOST:PORT.
    #[arg(required = true)]
    pub(crate) backends: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Up {
    /// Where all state is kept.
    #[arg(long, default_value = "var")]
    pub(crate) folder: PathBuf,
    /// Port for HTTPS; 8443 unless set.
    #[arg(long, env = HTTPS_PORT, default_value = "", value_parser = or_default(8443), hide_default_value = true)]
    pub(crate) https_port: u16,
    /// Port for plain HTTP; 8080 unless set.
    #[arg(long, env = HTTP_PORT, default_value = "", value_parser = or_default(8080), hide_default_value = true)]
    pub(crate) http_port: u16,
    /// Port for Envoy's admin page; 9901 unless set.
    #[arg(long, env = ENVOY_ADMIN_PORT, default_value = "", value_parser = or_default(9901), hide_default_value = true)]
    pub(crate) envoy_admin_port: u16,
    /// Port for the backend's admin API; 8091 unless set.
    #[arg(long, env = API_PORT, default_value = "", value_parser = or_default(8091), hide_default_value = true)]
    pub(crate) api_port: u16,
    /// A partners file in place of the demo's.
    #[arg(
        long,
        env = "POSTERN_PARTNERS",
        default_value = "",
        hide_default_value = true
    )]
    partners: OsString,
    /// Return once ready, and leave everything running: 1 or 0.
    #[arg(long, env = "POSTERN_DETACH", default_value = "0", value_parser = ["0", "1", ""], hide_possible_values = true)]
    pub(crate) detach: String,
}

#[derive(Debug, Args)]
pub(crate) struct Down {
    /// Where all state is kept.
    #[arg(long, default_value = "var")]
    pub(crate) folder: PathBuf,
}

impl Up {
    /// Where the backend's admin API listens, as its configuration says it.
    pub(crate) fn api_listen(&self) -> String {
        format!("127.0.0.1:{}", self.api_port)
    }

    /// Somebody's own partners file. A variable that is set to nothing names none.
    pub(crate) fn partners(&self) -> Option<&Path> {
        (!self.partners.is_empty()).then(|| Path::new(&self.partners))
    }

    /// Whether to leave everything running.
    pub(crate) fn detach(&self) -> bool {
        self.detach == "1"
    }
}

/// Reads a port. A variable that is set to nothing is as good as none.
fn or_default(default: u16) -> impl Fn(&str) -> Result<u16, String> + Clone + Send + Sync {
    move |text| match text.trim() {
        "" => Ok(default),
        text => match text.parse() {
            Ok(port) if port > 0 => Ok(port),
            _ => Err("a port is a whole number from 1 to 65535".to_owned()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_a_number_or_left_open() {
        let port = or_default(8443);
        assert_eq!(port(""), Ok(8443));
        assert_eq!(port("9443"), Ok(9443));
        for wrong in ["0", "65536", "-1", "https"] {
            assert!(port(wrong).is_err(), "{wrong}");
        }
    }
}
