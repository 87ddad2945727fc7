//! How much room there is, and how much is taken.

use std::path::Path;
use std::process::Command;

/// Left for everybody else on the disk.
const SPARE: u64 = 5_000_000_000;

/// Refuses to begin what would fill the disk.
pub(crate) fn check_free(folder: &Path, needed: u64) -> Result<(), String> {
    let free = figure("df", &["--output=avail", "-B1"], folder)?;
    if free >= needed + SPARE {
        return Ok(());
    }
    Err(format!(
        "{} GB are needed below {} and {} GB left over; {} GB are free. Store fewer millions (--millions), or fewer of \
         their requests (--requests).",
        needed / 1_000_000_000,
        folder.display(),
        SPARE / 1_000_000_000,
        free / 1_000_000_000
    ))
}

/// Bytes a folder takes on the disk, with all in it.
pub(crate) fn used(folder: &Path) -> Result<u64, String> {
    figure("du", &["-s", "-B1"], folder)
}

/// The first number a program says about a folder.
fn figure(program: &str, arguments: &[&str], folder: &Path) -> Result<u64, String> {
    let output = Command::new(program)
        .args(arguments)
        .arg(folder)
        .output()
        .map_err(|error| format!("{program}: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.split_whitespace()
        .find_map(|word| word.parse().ok())
        .ok_or_else(|| format!("{program} says nothing of {}", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_there_is_is_refused_and_says_what_to_do() {
        let folder = std::env::temp_dir();
        let refused = check_free(&folder, u64::MAX - SPARE).unwrap_err();
        assert!(refused.contains("--millions"), "{refused}");
    }

    #[test]
    fn what_a_file_takes_is_counted() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("file"), vec![7; 1_000_000]).expect("a file");
        assert!(used(folder.path()).expect("a figure") >= 1_000_000);
    }
}
