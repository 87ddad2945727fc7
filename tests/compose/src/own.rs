//! A folder of an operator's own, as it stands in place of a volume: for user 10001 alone.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::Path;

use tempfile::TempDir;

/// Whom our images run as.
const USER: u32 = 10001;

/// Files of one's own. They go with this value.
pub struct OwnFolder(TempDir);

impl OwnFolder {
    /// A folder with these files: names and texts.
    ///
    /// # Panics
    /// When it cannot be made, or not given to that user: only root may.
    #[must_use]
    pub fn with(files: &[(&str, &str)]) -> OwnFolder {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::write(&path, text).expect("written");
            belongs_to_user(&path, 0o600);
        }
        belongs_to_user(folder.path(), 0o700);
        OwnFolder(folder)
    }

    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

fn belongs_to_user(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is ours");
    let given = chown(path, Some(USER), Some(USER));
    given.unwrap_or_else(|error| panic!("giving {path:?} to user {USER}: {error}; run as root"));
}
