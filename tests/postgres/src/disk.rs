//! A disk that can be full.

use std::fs::File;
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::error::{PostgresError, doing};
use crate::{Server, installed, statement};

/// Holds a database with tables of a test, and is soon full.
const SIZE: &str = "32m";

/// What takes the room there is.
const BALLAST: &str = "ballast";

/// A small file system of its own, with a database on it. The rest of the server lies elsewhere, so
/// that it goes on running.
#[derive(Debug)]
pub struct SmallDisk {
    url: String,
    folder: TempDir,
}

impl SmallDisk {
    /// Mounts one and makes a database on it.
    ///
    /// # Errors
    /// Only root may mount, and not everywhere.
    pub fn on(server: &Server) -> Result<Self, PostgresError> {
        let folder = tempfile::tempdir().map_err(doing("making a folder"))?;
        mount(folder.path())?;
        let maintenance = server.url();
        let end = maintenance.rfind('/').map_or(0, |slash| slash + 1);
        let disk = Self {
            url: format!("{}small", &maintenance[..end]),
            folder,
        };
        let place = disk.folder.path().display();
        for sql in [
            format!("CREATE TABLESPACE small LOCATION '{place}'"),
            "CREATE DATABASE small TABLESPACE small".to_owned(),
        ] {
            statement::run(&maintenance, &sql).map_err(doing(&sql))?;
        }
        Ok(disk)
    }

    /// The URL of its database, with role and password.
    #[must_use]
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// Leaves no room on it.
    ///
    /// # Errors
    /// It cannot be written for another reason.
    pub fn fill(&self) -> io::Result<()> {
        let mut ballast = File::create(self.folder.path().join(BALLAST))?;
        // As much as the file system hands out at a time.
        let page = [0; 4_096];
        loop {
            match ballast.write_all(&page) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::StorageFull => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }

    /// Gives the room back.
    ///
    /// # Errors
    /// It was not filled.
    pub fn make_room(&self) -> io::Result<()> {
        std::fs::remove_file(self.folder.path().join(BALLAST))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // The server may still hold its files open; it is gone when they are closed.
        let _ = Command::new("umount")
            .arg("--lazy")
            .arg(self.folder.path())
            .status();
    }
}

fn mount(folder: &Path) -> Result<(), PostgresError> {
    let owner = installed::server_user()?.map_or_else(String::new, |user| {
        format!(",uid={},gid={}", user.uid, user.gid)
    });
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o"])
        .arg(format!("size={SIZE},mode=0700{owner}"))
        .arg("postern-small-disk")
        .arg(folder)
        .output()
        .map_err(doing("starting mount"))?;
    if mounted.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&mounted.stderr);
    Err(PostgresError::new(format!(
        "a disk that can be full has to be mounted, and this is not allowed here: run the tests as \
         root, in a container with CAP_SYS_ADMIN: {said}"
    )))
}
