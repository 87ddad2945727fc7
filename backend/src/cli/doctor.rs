//! `postern doctor`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use reqwest::Url;

use super::environment;
use super::failure::Failure;
use super::output::say;
use crate::clock::Clock;
use crate::config::Settings;
use crate::doctor::{GatePlace, Patient, Place, backend_of, examine};
use crate::files;
use crate::sending::post::Connection;

/// How long the gate may take to answer.
const GATE_LIMIT: Duration = Duration::from_secs(5);

/// Looks whether this installation is in order, changes nothing, and says what to do where it is not.
///
/// Looked at are: partners.toml against what is applied and what Envoy runs, the proof token, who can
/// read the secrets, room on the disk, the store and its schema, each running backend, the gate as
/// callers meet it, versions, clocks and certificates.
///
/// Exits with 0 when nothing is broken, with 1 otherwise. Best run as the user who owns the files, on
/// the machine of backend and Envoy.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The gate, as callers reach it
    #[arg(long, value_name = "URL", default_value = "https://127.0.0.1:8443")]
    gate: Url,
    /// Envoy's admin page
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:9901")]
    edge_admin: Place,
    /// Leave the gate out
    #[arg(long)]
    no_gate: bool,
    /// A running backend; say it once for each of several [default: what `listen` says]
    #[arg(long, value_name = "HOST:PORT")]
    backend: Vec<Place>,
    /// Certificates to trust, in PEM
    #[arg(long, value_name = "FILE")]
    cacert: Option<PathBuf>,
    /// Take any certificate of the gate, as one that was made for development
    #[arg(long)]
    insecure: bool,
    /// Say it as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode, Failure> {
    let patient = Patient {
        settings,
        environment: &environment,
        backends: backends(args, settings),
        gate: (!args.no_gate).then(|| gate(args)).transpose()?,
        clock: Clock::system(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let findings = runtime.block_on(examine(&patient));
    if args.json {
        say(format!("{:#}", findings.to_json()))?;
    } else {
        say(&findings)?;
    }
    Ok(if findings.is_sound() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn backends(args: &Args, settings: &Settings) -> Vec<Place> {
    if args.backend.is_empty() {
        return vec![backend_of(settings)];
    }
    args.backend.clone()
}

fn gate(args: &Args) -> Result<GatePlace, Failure> {
    let trusted = args.cacert.as_deref().map(files::read).transpose()?;
    let connection = Connection {
        from: None,
        trusted: trusted.map(String::into_bytes),
        insecure: args.insecure,
        timeout: GATE_LIMIT,
    };
    Ok(GatePlace {
        url: args.gate.clone(),
        admin: args.edge_admin.clone(),
        client: connection.client()?,
    })
}
