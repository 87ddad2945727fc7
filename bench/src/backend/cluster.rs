//! A PostgreSQL of the bench's own, as durable as it ships, with memory as an operator would give it.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use postern_test_postgres::Server;
use serde::Serialize;
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};

use crate::cores::{BOTH_CORES, stay_on};
use crate::process::family_cpu_time;
use crate::sql;

/// What differs from the server's defaults. Nothing of it is about durability.
const SETTINGS: [&str; 2] = ["shared_buffers=2GB", "max_wal_size=4GB"];

/// What the report shows: all that durability rests on, and the memory.
const SHOWN: [&str; 8] = [
    "server_version",
    "fsync",
    "synchronous_commit",
    "full_page_writes",
    "wal_sync_method",
    "shared_buffers",
    "max_wal_size",
    "checkpoint_timeout",
];

/// One setting, as the server says it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Setting {
    pub(crate) name: String,
    pub(crate) value: String,
}

/// A running server. It ends with this value, and its data goes.
pub(crate) struct Cluster(Server);

impl Cluster {
    pub(crate) fn start() -> Result<Self, String> {
        check_disk(&std::env::temp_dir())?;
        // What a thread starts stays on its cores, and this one may have been the load's.
        let starting = std::thread::spawn(|| {
            stay_on(BOTH_CORES).map_err(|error| error.to_string())?;
            Server::start_with(&SETTINGS).map_err(|error| error.to_string())
        });
        let server = starting.join().map_err(|_| "starting it panicked")??;
        Ok(Self(server))
    }

    /// The URL of one of its databases.
    pub(crate) fn url(&self, database: &str) -> String {
        let url = self.0.url();
        let end = url.rfind('/').map_or(url.len(), |slash| slash + 1);
        format!("{}{database}", &url[..end])
    }

    /// Runs a statement in one of its databases.
    pub(crate) fn execute(&self, database: &str, statement: &str) -> Result<(), String> {
        let url = self.url(database);
        let work = async {
            let mut connection = PgConnection::connect(&url).await?;
            connection
                .execute(AssertSqlSafe(statement.to_owned()))
                .await?;
            connection.close().await
        };
        sql::wait(work).map_err(|error| format!("{statement}: {error}"))
    }

    /// Makes `database` anew as a copy of `template`, or an empty one.
    pub(crate) fn create(&self, database: &str, template: Option<&str>) -> Result<(), String> {
        self.drop_database(database)?;
        // By files, with a checkpoint before and after: nothing of the copy is left to be written during the run.
        let of = template.map_or_else(String::new, |template| {
            format!(" TEMPLATE {template} STRATEGY file_copy")
        });
        self.execute("postgres", &format!("CREATE DATABASE {database}{of}"))
    }

    pub(crate) fn drop_database(&self, database: &str) -> Result<(), String> {
        let drop = format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)");
        self.execute("postgres", &drop)
    }

    /// The settings the figures were taken with.
    pub(crate) fn settings(&self) -> Result<Vec<Setting>, String> {
        let url = self.url("postgres");
        sql::wait(async {
            let mut connection = PgConnection::connect(&url).await?;
            let mut settings = Vec::new();
            for name in SHOWN {
                let value = sqlx::query_scalar("SELECT current_setting($1)")
                    .bind(name)
                    .fetch_one(&mut connection)
                    .await?;
                let name = name.to_owned();
                settings.push(Setting { name, value });
            }
            connection.close().await?;
            Ok::<_, sqlx::Error>(settings)
        })
    }

    /// Where its data lies.
    pub(crate) fn data(&self) -> std::path::PathBuf {
        self.0.data()
    }

    /// The CPU time all its processes have used so far.
    pub(crate) fn cpu_time(&self) -> std::io::Result<Duration> {
        family_cpu_time(self.process()?)
    }

    /// The first of its processes, the parent of all others.
    pub(crate) fn process(&self) -> std::io::Result<u32> {
        let file = std::fs::read_to_string(self.0.data().join("postmaster.pid"))?;
        let number = file.lines().next().and_then(|line| line.parse().ok());
        number.ok_or_else(|| std::io::Error::other("postmaster.pid names no process"))
    }
}

/// What is kept in memory only is durable at no cost; such figures would be worth nothing.
fn check_disk(folder: &Path) -> Result<(), String> {
    let output = Command::new("stat")
        .args(["-f", "-c", "%T"])
        .arg(folder)
        .output()
        .map_err(|error| format!("stat: {error}"))?;
    match String::from_utf8_lossy(&output.stdout).trim() {
        "tmpfs" | "ramfs" => Err(format!(
            "{} is kept in memory, and PostgreSQL's data would be as well. Set TMPDIR to a folder on a disk.",
            folder.display()
        )),
        _ => Ok(()),
    }
}
