//! Volumes of ConfigMaps and Secrets as the kubelet writes them into a pod. Each file is a link over `..data` into a
//! folder with all files of one time; what changes is written into a new folder, and one rename of `..data` shows all
//! of it at once.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

/// A volume's files: names and bytes.
pub type Files = Vec<(String, Vec<u8>)>;

/// Writes a volume's files, at first or anew. Where none of them is another than before, nothing is touched.
///
/// # Panics
/// When they cannot be written.
pub fn write(volume: &Path, files: &Files) {
    fs::create_dir_all(volume).expect("made");
    let is_there = |(name, bytes): &(String, Vec<u8>)| {
        fs::read(volume.join(name)).is_ok_and(|there| there == *bytes)
    };
    if files.iter().all(is_there) {
        return;
    }
    let before = fs::read_link(volume.join("..data")).ok();
    let folder = tempfile::Builder::new().prefix("..at_").tempdir_in(volume);
    let folder = folder.expect("made").keep();
    for (name, bytes) in files {
        fs::write(folder.join(name), bytes).expect("written");
    }
    let data = volume.join("..data_tmp");
    symlink(folder.file_name().expect("it has a name"), &data).expect("linked");
    fs::rename(&data, volume.join("..data")).expect("swapped");
    for (name, _) in files {
        let seen = volume.join(name);
        if !seen.is_symlink() {
            symlink(Path::new("..data").join(name), seen).expect("linked");
        }
    }
    if let Some(before) = before {
        fs::remove_dir_all(volume.join(before)).expect("removed");
    }
}
