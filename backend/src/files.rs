//! Files that others read while we change them.
//!
//! Envoy, a running `postern serve` and people read what we write here, so a file is either the
//! old one or the new one, never half of either: a temporary file beside it, synced, then moved.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// What holds secrets is for its owner alone.
const OWNER_ONLY_MODE: u32 = 0o600;

/// Replaces `path` by `contents` in one step, readable by its owner alone. The folder is made
/// when it is missing. On an error the old file is untouched and nothing is left behind.
///
/// # Errors
/// What the file system said, with the path in front.
pub(crate) fn replace(path: &Path, contents: &[u8]) -> io::Result<()> {
    Staged::write(path, contents)?.put()
}

/// A file's new contents, safe on the disk beside the old ones. Dropped before it is put in
/// place, it leaves nothing behind.
pub(crate) struct Staged<'p> {
    path: &'p Path,
    temporary: PathBuf,
}

impl<'p> Staged<'p> {
    /// Writes `contents` beside `path`. The folder is made when it is missing.
    ///
    /// # Errors
    /// What the file system said, with the path in front.
    pub(crate) fn write(path: &'p Path, contents: &[u8]) -> io::Result<Self> {
        let temporary = temporary_beside(path);
        let staged = Self { path, temporary };
        fs::create_dir_all(folder_of(path))
            .and_then(|()| write_synced(&staged.temporary, contents))
            .map_err(|cause| named(path, "cannot write", &cause))?;
        Ok(staged)
    }

    /// Moves the contents into their place, in one step.
    ///
    /// # Errors
    /// As [`Staged::write`]; the old file is untouched then.
    pub(crate) fn put(self) -> io::Result<()> {
        fs::rename(&self.temporary, self.path)
            .and_then(|()| File::open(folder_of(self.path))?.sync_all())
            .map_err(|cause| named(self.path, "cannot write", &cause))
    }
}

impl Drop for Staged<'_> {
    fn drop(&mut self) {
        // After the move, or when it was never made, there is nothing to remove.
        let _ = fs::remove_file(&self.temporary);
    }
}

/// Makes the folder of `path` when it is missing.
///
/// # Errors
/// What the file system said, with the path in front.
pub(crate) fn make_folder_of(path: &Path) -> io::Result<()> {
    let folder = folder_of(path);
    fs::create_dir_all(&folder).map_err(|cause| named(&folder, "cannot make", &cause))
}

/// Waits until nobody else holds the lock of `path`, then holds it until the returned file is
/// dropped. The lock is a file of its own beside `path`: `path` itself is replaced by others.
///
/// # Errors
/// What the file system said, with the lock's path in front.
pub(crate) fn lock(path: &Path) -> io::Result<File> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = folder_of(path).join(format!(".{name}.lock"));
    let held = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(OWNER_ONLY_MODE)
        .open(&beside)
        .and_then(|file| file.lock().map(|()| file));
    held.map_err(|cause| named(&beside, "cannot lock", &cause))
}

/// The text of `path`, with the path in the error.
///
/// # Errors
/// What the file system said, or that the file is not UTF-8.
pub(crate) fn read(path: &Path) -> io::Result<String> {
    fs::read_to_string(path).map_err(|cause| named(path, "cannot read", &cause))
}

/// The text of `path`, or `None` when there is no such file.
///
/// # Errors
/// As [`read`], for every other cause.
pub(crate) fn read_if_there(path: &Path) -> io::Result<Option<String>> {
    match read(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Tells one version of a file from the next, `None` when there is none: a move gives it a new
/// inode.
pub(crate) type Stamp = Option<(u64, i64, i64, u64)>;

/// The stamp of `path` as it is now.
pub(crate) fn stamp(path: &Path) -> Stamp {
    let data = fs::metadata(path).ok()?;
    Some((data.ino(), data.mtime(), data.mtime_nsec(), data.len()))
}

fn named(path: &Path, what: &str, cause: &io::Error) -> io::Error {
    io::Error::new(cause.kind(), format!("{what} {}: {cause}", path.display()))
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// The process id keeps two commands that run at once apart.
fn temporary_beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    folder_of(path).join(format!(".{name}.{}.new", std::process::id()))
}

fn write_synced(path: &Path, contents: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(OWNER_ONLY_MODE)
        .open(path)?;
    file.write_all(contents)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::replace;

    #[test]
    fn the_new_file_is_whole_and_for_its_owner_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("edge/filter.json");
        replace(&path, b"old").expect("the folder is made on the way");
        replace(&path, b"new").expect("the old file is replaced");
        assert_eq!(fs::read(&path).expect("it is there"), b"new");
        assert_eq!(
            fs::metadata(&path)
                .expect("it is there")
                .permissions()
                .mode()
                & 0o777,
            0o600
        );
        let names = fs::read_dir(path.parent().expect("it has one"))
            .expect("listed")
            .count();
        assert_eq!(names, 1, "nothing temporary is left");
    }

    #[test]
    fn a_failed_replacement_leaves_nothing_behind() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("taken");
        fs::create_dir(&path).expect("a folder stands where the file should go");
        let error = replace(&path, b"new").expect_err("a folder is no file");
        assert!(error.to_string().contains("cannot write"), "{error}");
        assert_eq!(fs::read_dir(folder.path()).expect("listed").count(), 1);
    }
}
