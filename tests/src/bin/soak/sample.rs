//! One look at the memory of Envoy, of the VM inside it and of the backend.

use postern_tests::gate::Gate;
use std::time::Duration;

/// Bytes at one time.
pub(crate) struct Sample {
    /// Since the traffic began.
    pub(crate) at: Duration,
    /// In the order of [`PARTS`].
    pub(crate) bytes: [f64; PARTS.len()],
}

/// What is sampled.
pub(crate) const PARTS: [&str; 3] = ["Envoy", "the VM in Envoy", "the backend"];

impl Sample {
    /// Envoy and backend: resident memory. The VM: Envoy's anonymous resident memory without what
    /// its own allocator holds, which leaves V8 with its code, the filter's memory, and stacks.
    ///
    /// # Panics
    /// When a process is gone.
    pub(crate) fn take(gate: &Gate, at: Duration) -> Sample {
        let (envoy, backend) = gate.processes();
        let allocator = gate.envoy_counts("server.memory_physical_size") as f64;
        let vm = resident(envoy, "RssAnon") - allocator;
        Sample {
            at,
            bytes: [resident(envoy, "VmRSS"), vm, resident(backend, "VmRSS")],
        }
    }
}

/// A line of `/proc/PID/status` that counts kB, in bytes.
fn resident(process: u32, field: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"));
    let status = status.unwrap_or_else(|error| panic!("process {process} is gone: {error}"));
    kilobytes(&status, field).unwrap_or_else(|| panic!("no {field} of process {process}")) * 1024.0
}

fn kilobytes(status: &str, field: &str) -> Option<f64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(field)?.strip_prefix(':'))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_by_its_whole_name() {
        let status = "VmRSSx:\t 7 kB\nVmRSS:\t   1234 kB\n";
        assert_eq!(kilobytes(status, "VmRSS"), Some(1234.0));
        assert_eq!(kilobytes(status, "RssAnon"), None);
    }
}
