//! The backend as it is served, timed through HTTP; and the store each run starts from.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::Round;
use super::deliveries::{Deliveries, MARKER, click, proof};
use crate::Length;
use crate::cores::{GATE_CORE, command_on};
use crate::load::{self, Plan};
use crate::postbacks::{PARTNER, SECRET};
use crate::process::{Server, free_address};
use crate::product_files;

/// More deliveries a second than one core can take: the clicks last for every run.
const MOST_PER_SECOND: u64 = 60_000;

/// A folder with partners applied and clicks imported.
pub(super) struct Template(PathBuf);

impl Template {
    /// Makes the folder by the product's own commands.
    pub(super) fn make(folder: &Path, length: Length) -> Result<Self, String> {
        let partners = format!(
            "[[partner]]\nid = \"{PARTNER}\"\namount_unit = \"major\"\nnetworks = [\"127.0.0.1\"]\nrate_per_second = 1000\nburst = 2000\n\
             secrets = [{{ id = \"k1\", secret = \"{SECRET}\" }}]\n"
        );
        product_files::apply(folder, &partners)?;
        let seconds = (length.warm_up() + length.window).as_secs() + 1;
        let count =
            usize::try_from(seconds * MOST_PER_SECOND).map_err(|error| error.to_string())?;
        crate::progress(&format!("importing {count} clicks"));
        let mut csv = "clickid\n".to_owned();
        for number in 0..count {
            let _ = writeln!(csv, "{}", click(number));
        }
        std::fs::write(folder.join("clicks.csv"), csv)
            .map_err(|error| format!("clicks.csv: {error}"))?;
        product_files::run(folder, &["clicks", "import", "clicks.csv"])?;
        Ok(Self(folder.to_owned()))
    }

    /// A fresh copy at `target`; what was there before goes.
    pub(super) fn copy(&self, target: &Path) -> Result<PathBuf, String> {
        let words = |error: std::io::Error| format!("{}: {error}", target.display());
        if target.exists() {
            std::fs::remove_dir_all(target).map_err(words)?;
        }
        std::fs::create_dir_all(target).map_err(words)?;
        for entry in std::fs::read_dir(&self.0).map_err(words)?.flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_file()) {
                copy_to_disk(&entry.path(), &target.join(entry.file_name())).map_err(words)?;
            }
        }
        Ok(target.to_owned())
    }
}

/// Copies to the disk itself: a copy that is still being written out would slow down the run's own syncs.
fn copy_to_disk(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::copy(from, to)?;
    std::fs::File::open(to)?.sync_all()
}

/// Serves from `folder` on the gate's core and records deliveries for one window.
pub(super) fn time(
    folder: &Path,
    batch: Option<u32>,
    in_flight: usize,
    length: Length,
) -> Result<Round, String> {
    let target = free_address()?;
    let mut command = command_on(GATE_CORE, &product_files::postern()?);
    command.arg("serve").current_dir(folder);
    product_files::forget_settings(&mut command);
    command.env("POSTERN_LISTEN", target.to_string());
    if let Some(batch) = batch {
        command.env("POSTERN_WRITER_BATCH", batch.to_string());
    }
    let server = Server::start("postern", command, folder, target)?;
    let tokens = std::fs::read_to_string(folder.join("proof.tokens"))
        .map_err(|error| format!("proof.tokens: {error}"))?;
    let deliveries = Deliveries::new(&proof(&tokens)?)?;
    let plan = Plan {
        target,
        connections: in_flight,
        warm_up: length.warm_up(),
        window: length.window,
        marker: MARKER,
    };
    let measured = load::run(&plan, Box::new(deliveries), &|| {
        Ok(vec![server.cpu_time()?])
    })?;
    measured
        .check(200, None)
        .map_err(|error| format!("{error}\n{}", server.last_words()))?;
    Ok(Round::from(&measured))
}
