//! What the demo can be told, mostly by environment: `make up` passes no arguments.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

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
}

#[derive(Debug, Args)]
pub(crate) struct Up {
    /// Where all state is kept.
    #[arg(long, default_value = "var")]
    pub(crate) folder: PathBuf,
    /// Port for HTTPS.
    #[arg(long, env = "POSTERN_HTTPS_PORT", default_value_t = 8443)]
    pub(crate) https_port: u16,
    /// Port for plain HTTP.
    #[arg(long, env = "POSTERN_HTTP_PORT", default_value_t = 8080)]
    pub(crate) http_port: u16,
    /// Port for Envoy's admin page.
    #[arg(long, env = "POSTERN_ENVOY_ADMIN_PORT", default_value_t = 9901)]
    pub(crate) admin_port: u16,
    /// A partners file in place of the demo's.
    #[arg(long, env = "POSTERN_PARTNERS")]
    pub(crate) partners: Option<PathBuf>,
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
