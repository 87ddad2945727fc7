//! Who can read the secrets, and how much room is left.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use nix::sys::statvfs::statvfs;

use super::Findings;
use crate::config::Settings;

/// Below this SQLite soon cannot write, and nothing is taken any more.
const ROOM_NEEDED_BYTES: u64 = 256 * MIB;
/// Below this it is a matter of days: a million deliveries take about a GiB.
const ROOM_WANTED_BYTES: u64 = 2_048 * MIB;
const MIB: u64 = 1_024 * 1_024;

/// The bits of a mode that let group and others in.
const NOT_OWNER: u32 = 0o077;
/// The bit that lets everybody replace a folder's files, and the one that keeps them from it.
const OTHERS_WRITE: u32 = 0o002;
const STICKY: u32 = 0o1000;

pub(super) fn examine(settings: &Settings, findings: &mut Findings) {
    let database = database_file(settings);
    secrets(settings, database.as_deref(), findings);
    let edge = folder_of(&settings.edge.output);
    let folders = [database.as_deref().map(folder_of), Some(edge)];
    let mut seen: Vec<PathBuf> = Vec::new();
    for folder in folders.into_iter().flatten() {
        if !seen.contains(&folder) {
            room(&folder, findings);
            seen.push(folder);
        }
    }
}

/// The file of an embedded store. A database server looks after its own disk.
fn database_file(settings: &Settings) -> Option<PathBuf> {
    let path = settings.database.strip_prefix("sqlite://")?;
    Some(path.split_once('?').map_or(path, |(path, _)| path).into())
}

fn secrets(settings: &Settings, database: Option<&Path>, findings: &mut Findings) {
    let mut paths = vec![
        settings.partners.as_path(),
        &settings.proof_file,
        &settings.edge.output,
        &settings.admin.tokens,
    ];
    paths.extend(database);
    let mut wrong = 0;
    for path in paths {
        // A file that is missing is told of where it is needed.
        if let Ok(mode) = mode(path)
            && mode & NOT_OWNER != 0
        {
            wrong += 1;
            let path = path.display();
            findings.broken(
                "secrets",
                format!(
                    "{path} is open to others than its owner (mode {:04o})",
                    mode & 0o7777
                ),
                format!("chmod 600 {path}"),
            );
        }
        let folder = folder_of(path);
        if let Ok(mode) = mode(&folder)
            && mode & OTHERS_WRITE != 0
            && mode & STICKY == 0
        {
            wrong += 1;
            let folder = folder.display();
            findings.broken(
                "secrets",
                format!("anybody can replace the files in {folder}"),
                format!("chmod o-w {folder}"),
            );
        }
    }
    if wrong == 0 {
        findings.good("secrets", "files with secrets are their owner's alone");
    }
}

fn mode(path: &Path) -> io::Result<u32> {
    Ok(fs::metadata(path)?.permissions().mode())
}

fn room(folder: &Path, findings: &mut Findings) {
    let whole = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let shown = whole.display();
    match statvfs(folder) {
        Err(error) => findings.doubtful(
            "disk",
            format!("it cannot be seen how much room {shown} has: {error}"),
            "look whether the folder is there",
        ),
        Ok(disk) => {
            let free = disk.fragment_size() * disk.blocks_available();
            judge_room(&shown.to_string(), free, findings);
        }
    }
}

fn judge_room(folder: &str, free_bytes: u64, findings: &mut Findings) {
    let said = format!("{folder} has {} MiB left", free_bytes / MIB);
    let advice =
        "make room: `postern deliveries prune` lets old deliveries go, conversions and money stay";
    match free_bytes {
        ..ROOM_NEEDED_BYTES => findings.broken("disk", said, advice),
        ROOM_NEEDED_BYTES..ROOM_WANTED_BYTES => findings.doubtful("disk", said, advice),
        _ => findings.good("disk", said),
    }
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Level;

    #[test]
    fn a_disk_that_fills_is_told_before_it_is_full() {
        for (free, level) in [
            (ROOM_NEEDED_BYTES - 1, Level::Broken),
            (ROOM_NEEDED_BYTES, Level::Doubtful),
            (ROOM_WANTED_BYTES, Level::Good),
        ] {
            let mut findings = Findings::default();
            judge_room("/var", free, &mut findings);
            assert_eq!(findings.list()[0].level, level, "{free}");
        }
    }

    #[test]
    fn a_folder_that_is_not_there_is_said() {
        let mut findings = Findings::default();
        room(Path::new("/nowhere/at/all"), &mut findings);
        let finding = &findings.list()[0];
        assert_eq!(finding.level, Level::Doubtful);
        assert!(finding.said.contains("/nowhere/at/all"), "{}", finding.said);
    }
}
