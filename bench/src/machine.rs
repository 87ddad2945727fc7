//! What the figures were taken on. A figure without its machine says little.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use serde::Serialize;

use crate::stats::{median, rounded};

/// Writes for the disk's own figure.
const SYNCED_WRITES: usize = 200;
const PAGE_BYTES: usize = 4_096;
/// More load than this before the bench has begun, and the figures are not worth keeping.
const QUIET_LOAD: f64 = 0.5;

/// The machine, the versions, and how quiet it was.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Machine {
    pub(crate) processor: String,
    pub(crate) cores: usize,
    pub(crate) memory_gib: f64,
    pub(crate) kernel: String,
    pub(crate) envoy: String,
    pub(crate) nginx: String,
    pub(crate) rust: String,
    /// Load average of the last minute when the bench began.
    pub(crate) load_before: f64,
    /// One durable 4 KiB write (write + fdatasync) in the bench's folder, microseconds, median.
    pub(crate) synced_write_micros: f64,
}

impl Machine {
    /// Looks at the machine; what cannot be read is called unknown.
    pub(crate) fn look(folder: &Path, envoy: &Path) -> Self {
        Self {
            processor: field("/proc/cpuinfo", "model name").unwrap_or_else(unknown),
            cores: std::thread::available_parallelism().map_or(0, Into::into),
            memory_gib: memory_gib(),
            kernel: said("uname", &["-r"]),
            envoy: version(&said(&envoy.display().to_string(), &["--version"])),
            nginx: nginx_version(),
            rust: version(&said("rustc", &["--version"])),
            load_before: load_average(),
            synced_write_micros: synced_write_micros(folder).unwrap_or(f64::NAN),
        }
    }

    /// Something else is working here, in the words of a warning.
    pub(crate) fn warning(&self) -> Option<String> {
        (self.load_before > QUIET_LOAD).then(|| {
            format!(
                "The machine was busy (load {:.1}) when the bench began. Take the figures again when it is quiet.",
                self.load_before
            )
        })
    }

    /// Name and value of each fact, for tables.
    pub(crate) fn facts(&self) -> Vec<(&'static str, String)> {
        vec![
            (
                "processor",
                format!(
                    "{}, {} cores, {} GiB",
                    self.processor, self.cores, self.memory_gib
                ),
            ),
            ("kernel", self.kernel.clone()),
            ("Envoy", self.envoy.clone()),
            ("nginx", self.nginx.clone()),
            ("Rust", self.rust.clone()),
            (
                "one durable write",
                format!("{} µs (4 KiB, fdatasync)", self.synced_write_micros),
            ),
            ("load before", format!("{:.2}", self.load_before)),
        ]
    }
}

fn unknown() -> String {
    "unknown".to_owned()
}

fn field(file: &str, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn memory_gib() -> f64 {
    field("/proc/meminfo", "MemTotal")
        .and_then(|text| text.split(' ').next()?.parse::<f64>().ok())
        .map_or(0.0, |kib| rounded(kib / 1_048_576.0, 0))
}

fn load_average() -> f64 {
    std::fs::read_to_string("/proc/loadavg")
        .ok()
        .and_then(|text| text.split(' ').next()?.parse().ok())
        .unwrap_or(0.0)
}

/// The one line a program says about itself.
fn said(program: &str, arguments: &[&str]) -> String {
    let Ok(output) = Command::new(program).args(arguments).output() else {
        return unknown();
    };
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    let line = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or("unknown");
    line.trim().to_owned()
}

/// The first `1.2.3` in what a program says about its version.
fn version(text: &str) -> String {
    text.split(|char: char| !char.is_ascii_alphanumeric() && char != '.')
        .find(|word| {
            word.split('.').count() > 2 && word.starts_with(|char: char| char.is_ascii_digit())
        })
        .map_or_else(unknown, str::to_owned)
}

fn nginx_version() -> String {
    crate::nginx_package::find().map_or_else(
        |_| "not here".to_owned(),
        |nginx| version(&said(&nginx.binary.display().to_string(), &["-v"])),
    )
}

fn synced_write_micros(folder: &Path) -> std::io::Result<f64> {
    use std::os::unix::fs::FileExt;
    let file = std::fs::File::create(folder.join("disk-probe"))?;
    let page = [7u8; PAGE_BYTES];
    let mut micros = Vec::with_capacity(SYNCED_WRITES);
    for number in 0..SYNCED_WRITES {
        let start = Instant::now();
        file.write_all_at(&page, (number * PAGE_BYTES) as u64)?;
        file.sync_data()?;
        micros.push(start.elapsed().as_secs_f64() * 1e6);
    }
    Ok(rounded(median(micros), 0))
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn each_program_says_its_version_in_its_own_way() {
        assert_eq!(
            version("envoy  version: 9e5580/1.40.0/Clean/RELEASE/BoringSSL"),
            "1.40.0"
        );
        assert_eq!(version("nginx version: nginx/1.22.1"), "1.22.1");
        assert_eq!(version("rustc 1.95.0 (59807616e 2026-04-14)"), "1.95.0");
        assert_eq!(version("no such program"), "unknown");
    }
}
