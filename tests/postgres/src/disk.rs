//! A disk that can be full.

use std::fs::File;
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;
use std::process::Command;

use nix::unistd::User;
use tempfile::TempDir;

use crate::error::{PostgresError, doing};

/// Holds a database with tables of a test, and is soon full.
const SIZE: &str = "32m";

/// What takes the room there is.
const BALLAST: &str = "ballast";

/// A small file system of its own, gone with this value.
#[derive(Debug)]
pub struct Disk {
    folder: TempDir,
}

impl Disk {
    /// Mounts one for this user, or for who runs the tests.
    ///
    /// # Errors
    /// Only root may mount, and not everywhere.
    pub fn mount(owner: Option<&User>) -> Result<Self, PostgresError> {
        let folder = tempfile::tempdir().map_err(doing("making a folder"))?;
        let owner = owner.map_or_else(String::new, |user| {
            format!(",uid={},gid={}", user.uid, user.gid)
        });
        mount(&format!("size={SIZE},mode=0700{owner}"), folder.path())?;
        Ok(Self { folder })
    }

    /// Where it is mounted.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Gives it another size, as `1g`; what is written takes memory, and room that is free does not.
    ///
    /// # Errors
    /// As [`mount`](Self::mount).
    pub fn grows_to(&self, size: &str) -> Result<(), PostgresError> {
        mount(&format!("remount,size={size}"), self.path())
    }

    /// Leaves no room on it.
    ///
    /// # Errors
    /// It cannot be written for another reason.
    pub fn fill(&self) -> io::Result<()> {
        let mut ballast = File::create(self.path().join(BALLAST))?;
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
        std::fs::remove_file(self.path().join(BALLAST))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Who has files open on it may hold it for a moment; it is gone when they are closed.
        let _ = Command::new("umount")
            .arg("--lazy")
            .arg(self.path())
            .status();
    }
}

fn mount(options: &str, folder: &Path) -> Result<(), PostgresError> {
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", options, "postern-small-disk"])
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
