//! How one backend is set up: `postern.toml`, then the environment, which wins.
//!
//! Both are turned into one table and read once, so a value is checked the same wherever it came
//! from, and all mistakes are told together. Paths in the file are relative to the file's
//! folder, paths from the environment to the working directory.

mod admin;
mod console;
mod database;
mod environment;
mod sample;
mod sources;

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::path::{Path, PathBuf};

use postern_protocol::mistakes::Mistakes;
use toml::Table;

pub use admin::AdminSettings;
pub use sample::SAMPLE;

use crate::console::ConsoleSettings;
use crate::fields::{self, Fields};
use crate::files;
use crate::report::sources::Thresholds;
use crate::store::DatabaseUrl;
use crate::writer::{BATCH_DEFAULT, QUEUE_DEFAULT, WriterLimits};

const LISTEN_DEFAULT: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 8090));
/// More than this in memory helps nobody: the partner's sender has given up long before.
const QUEUE_DELIVERIES_MAX: u32 = 1_000_000;
/// A longer transaction makes the first of its deliveries wait for the last.
const BATCH_DELIVERIES_MAX: u32 = 10_000;

/// Everything `postern` needs to know about its surroundings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Where Envoy reaches the backend.
    pub listen: SocketAddr,
    /// The store's URL: `sqlite://PATH` or `postgres://…`.
    pub database: DatabaseUrl,
    /// The file people edit: who may post, from where, with which secrets.
    pub partners: PathBuf,
    /// What `partners apply` last made of it for the backend; `serve` reads only this.
    pub applied: PathBuf,
    /// Exchange rates for reports; may be missing.
    pub rates: PathBuf,
    /// The token or two that prove a request came through the gate, one on each line.
    pub proof_file: PathBuf,
    /// What `partners apply` writes for the edge.
    pub edge: EdgeSettings,
    /// The admin API.
    pub admin: AdminSettings,
    /// The console.
    pub console: ConsoleSettings,
    /// How deliveries are gathered into transactions.
    pub writer: WriterLimits,
    /// What recommendations about sources go by.
    pub sources: Thresholds,
    /// What is logged, and how.
    pub log: LogSettings,
}

/// What `partners apply` writes for the edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EdgeSettings {
    /// The file Envoy watches.
    pub output: PathBuf,
    /// The filter's code, as Envoy finds it.
    pub wasm: PathBuf,
}

/// What is logged, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogSettings {
    /// For people or for machines.
    pub format: LogFormat,
    /// A filter as `info` or `postern=debug,warn`.
    pub level: String,
}

/// How a line of the log looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Why there are no settings.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is there but cannot be read.
    #[error("{0}")]
    Unreadable(#[from] std::io::Error),
    /// The file is not TOML.
    #[error("{} is not TOML: {cause}", .path.display())]
    NotToml {
        /// The file.
        path: PathBuf,
        /// Where and why.
        cause: String,
    },
    /// All that is wrong in the file and the environment.
    #[error("the configuration has mistakes:\n{0}")]
    Mistakes(Mistakes),
}

impl Settings {
    /// Reads `path`, which may be missing, and then `environment`, pairs of a variable's name
    /// and value.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn load(
        path: &Path,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let text = files::read_if_there(path)?.unwrap_or_default();
        let mut table = fields::parse(&text).map_err(|cause| ConfigError::NotToml {
            path: path.to_owned(),
            cause,
        })?;
        let mut notes = Mistakes::default();
        let folder = path.parent().unwrap_or(Path::new(""));
        environment::anchor_paths(&mut table, folder);
        let origins = environment::lay_over(&mut table, environment, &mut notes);
        let settings = read(table, &mut notes);
        if notes.is_empty() {
            return Ok(settings);
        }
        Err(ConfigError::Mistakes(origins.name_sources(&notes)))
    }
}

fn read(table: Table, notes: &mut Mistakes) -> Settings {
    let mut top = Fields::new("", table, notes);
    let listen = address(&mut top, "listen", LISTEN_DEFAULT);
    let database = database::read(&mut top);
    let partners = path(&mut top, "partners", "partners.toml");
    let applied = path(&mut top, "applied", "partners.applied.json");
    let rates = path(&mut top, "rates", "rates.toml");
    let proof_file = path(&mut top, "proof_file", "proof.tokens");
    let edge = section(&mut top, "edge", edge);
    let admin = section(&mut top, "admin", admin::read);
    let console = section(&mut top, "console", console::read);
    let writer = section(&mut top, "writer", writer);
    let sources = section(&mut top, "sources", sources::read);
    let log = section(&mut top, "log", log);
    top.finish();
    Settings {
        listen,
        database,
        partners,
        applied,
        rates,
        proof_file,
        edge,
        admin,
        console,
        writer,
        sources,
        log,
    }
}

fn section<T>(top: &mut Fields, name: &'static str, read: fn(&mut Fields) -> T) -> T {
    let table = top.table(name).unwrap_or_default();
    let mut fields = Fields::new(name, table, top.notes());
    let settings = read(&mut fields);
    fields.finish();
    settings
}

fn edge(fields: &mut Fields) -> EdgeSettings {
    EdgeSettings {
        output: path(fields, "output", "edge/postern-filter.json"),
        wasm: path(fields, "wasm", "postern_filter.wasm"),
    }
}

fn writer(fields: &mut Fields) -> WriterLimits {
    let mut count = |name, otherwise, max| {
        let number = fields.whole(name, 1..=max);
        number
            .and_then(|number| usize::try_from(number).ok())
            .unwrap_or(otherwise)
    };
    WriterLimits {
        queue: count("queue", QUEUE_DEFAULT, QUEUE_DELIVERIES_MAX),
        batch: count("batch", BATCH_DEFAULT, BATCH_DELIVERIES_MAX),
    }
}

fn log(fields: &mut Fields) -> LogSettings {
    let format = fields.text("format", |text| match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        other => Err(format!("must be \"text\" or \"json\", not {other:?}")),
    });
    let level = fields.text("level", |text| {
        text.parse::<tracing_subscriber::EnvFilter>()
            .map(|_| text.to_owned())
            .map_err(|cause| format!("must be as \"info\" or \"postern=debug,warn\": {cause}"))
    });
    LogSettings {
        format: format.unwrap_or(LogFormat::Text),
        level: level.unwrap_or_else(|| "info".to_owned()),
    }
}

fn address(fields: &mut Fields, name: &'static str, default: SocketAddr) -> SocketAddr {
    let given = fields.text(name, |text| {
        text.parse()
            .map_err(|_| format!("must be ADDRESS:PORT, as {default}, not {text:?}"))
    });
    given.unwrap_or(default)
}

fn path(fields: &mut Fields, name: &'static str, default: &str) -> PathBuf {
    let given = fields.text(name, |text| {
        if text.is_empty() {
            Err("is empty: name a file".to_owned())
        } else {
            Ok(text.into())
        }
    });
    given.unwrap_or_else(|| default.into())
}

impl fmt::Display for LogFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Json => "json",
        })
    }
}

/// Which settings came from which variable, so that a mistake names what to correct.
#[derive(Debug, Default)]
struct Origins(Vec<(&'static str, &'static str)>);

impl Origins {
    fn name_sources(&self, mistakes: &Mistakes) -> Mistakes {
        let mut named = Mistakes::default();
        for mistake in mistakes.list() {
            let variable = self.0.iter().find(|(key, _)| *key == mistake.path);
            let path = variable.map_or(mistake.path.as_str(), |(_, variable)| variable);
            named.add(path, &mistake.message);
        }
        named
    }
}

#[cfg(test)]
mod tests;
