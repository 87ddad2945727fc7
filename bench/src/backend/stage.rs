//! Where deliveries are recorded: a folder with partners applied, and a store with clicks. Each run has a fresh copy.

use std::path::{Path, PathBuf};

use super::cluster::Cluster;
use super::deliveries::{CLICKED_AT, TERMS, click};
use super::engine::Engine;
use crate::postbacks::{PARTNER, SECRET};
use crate::product_files;

/// The databases on the bench's PostgreSQL.
const TEMPLATE: &str = "bench_template";
const RUN: &str = "bench_run";

/// The click log that is imported, and its first line.
const CLICKS_FILE: &str = "clicks.csv";
const CLICKS_HEAD: &str = "clickid,partner,clicked_at,geo\n";

/// Where one run records.
pub(crate) struct Stage<'a> {
    pub(crate) folder: PathBuf,
    /// The store's URL.
    pub(crate) url: String,
    pub(crate) engine: Engine,
    /// The server the store stands on, if it is not a file.
    pub(crate) cluster: Option<&'a Cluster>,
}

/// A stage that is copied.
pub(crate) struct Template<'a>(Stage<'a>);

impl<'a> Stage<'a> {
    /// An empty store, partners applied; on SQLite unless there is a `cluster`.
    pub(crate) fn make(
        folder: &Path,
        cluster: Option<&'a Cluster>,
        database: &str,
    ) -> Result<Self, String> {
        let partners = format!(
            "[[partner]]\nid = \"{PARTNER}\"\namount_unit = \"major\"\nnetworks = [\"127.0.0.1\"]\nrate_per_second = 1000\nburst = 2000\n\
             secrets = [{{ id = \"k1\", secret = \"{SECRET}\" }}]\n{TERMS}"
        );
        product_files::apply(folder, &partners)?;
        if let Some(cluster) = cluster {
            cluster.create(database, None)?;
        }
        Ok(Self::at(folder, cluster, database))
    }

    fn at(folder: &Path, cluster: Option<&'a Cluster>, database: &str) -> Self {
        let file = || format!("sqlite://{}", folder.join("postern.db").display());
        Self {
            folder: folder.to_owned(),
            url: cluster.map_or_else(file, |it| it.url(database)),
            engine: cluster.map_or(Engine::Sqlite, |_| Engine::Postgres),
            cluster,
        }
    }

    /// Runs one of `postern`'s commands on this store.
    pub(crate) fn postern(&self, arguments: &[&str]) -> Result<(), String> {
        product_files::run_on(&self.folder, &self.url, arguments)
    }

    /// The folder that holds the store, and next to nothing else.
    pub(crate) fn home(&self) -> PathBuf {
        self.cluster
            .map_or_else(|| self.folder.clone(), Cluster::data)
    }

    /// Imports one click, by name.
    pub(crate) fn import_click(&self, clickid: &str) -> Result<(), String> {
        let line = click_line(clickid);
        self.import(&format!("{CLICKS_HEAD}{line}"))
    }

    /// Imports the clicks of `count` deliveries from number `first` on.
    pub(crate) fn import_clicks(&self, first: usize, count: usize) -> Result<(), String> {
        crate::progress(&format!(
            "importing {count} clicks into {}",
            self.engine.name()
        ));
        self.import(&clicks(first, count))
    }

    fn import(&self, csv: &str) -> Result<(), String> {
        let file = self.folder.join(CLICKS_FILE);
        std::fs::write(&file, csv).map_err(|error| format!("{}: {error}", file.display()))?;
        self.postern(&["clicks", "import", CLICKS_FILE, "--again"])?;
        std::fs::remove_file(&file).map_err(|error| format!("{}: {error}", file.display()))
    }
}

impl<'a> Template<'a> {
    /// A stage with the clicks of `clicks` deliveries.
    pub(crate) fn make(
        folder: &Path,
        cluster: Option<&'a Cluster>,
        clicks: usize,
    ) -> Result<Self, String> {
        let stage = Stage::make(folder, cluster, TEMPLATE)?;
        stage.import_clicks(0, clicks)?;
        Ok(Self(stage))
    }

    /// A fresh copy at `target`; what was there before goes.
    pub(crate) fn copy(&self, target: &Path) -> Result<Stage<'a>, String> {
        let words = |error: std::io::Error| format!("{}: {error}", target.display());
        if target.exists() {
            std::fs::remove_dir_all(target).map_err(words)?;
        }
        std::fs::create_dir_all(target).map_err(words)?;
        for entry in std::fs::read_dir(&self.0.folder).map_err(words)?.flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_file()) {
                copy_to_disk(&entry.path(), &target.join(entry.file_name())).map_err(words)?;
            }
        }
        if let Some(cluster) = self.0.cluster {
            cluster.create(RUN, Some(TEMPLATE))?;
        }
        Ok(Stage::at(target, self.0.cluster, RUN))
    }
}

/// A click log as an operator exports it: to whom each click was sent, and when.
pub(crate) fn clicks(first: usize, count: usize) -> String {
    let mut csv = CLICKS_HEAD.to_owned();
    for number in first..first + count {
        csv.push_str(&click_line(&click(number)));
    }
    csv
}

fn click_line(clickid: &str) -> String {
    format!("{clickid},{PARTNER},{CLICKED_AT},DE\n")
}

/// Copies to the disk itself: a copy that is still being written out would slow down the run's own syncs.
fn copy_to_disk(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::copy(from, to)?;
    std::fs::File::open(to)?.sync_all()
}
