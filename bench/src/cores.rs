//! Which core does what. What is measured has core 0 to itself; the load and the upstream share core 1.
//! Without this the scheduler moves work about and no two runs are alike. Only where the backend takes
//! part do all share both: reading requests, the database's thread or server, and the load have no fair place each.

use std::io;
use std::path::Path;
use std::process::Command;

use nix::sched::{CpuSet, sched_setaffinity};
use nix::unistd::Pid;

/// The core of what is measured.
pub(crate) const GATE_CORE: &[usize] = &[0];
/// The core of the load generator and the upstream.
pub(crate) const LOAD_CORE: &[usize] = &[1];
/// Where the backend, its database and the load share what there is.
pub(crate) const BOTH_CORES: &[usize] = &[0, 1];

/// A command that will run `program` on these cores only, and not outlive the bench. Both commands (from util-linux)
/// exec what follows, so the child's pid is the program's.
pub(crate) fn command_on(cores: &[usize], program: &Path) -> Command {
    let list: Vec<String> = cores.iter().map(ToString::to_string).collect();
    let mut command = Command::new("taskset");
    command.arg("-c").arg(list.join(","));
    command
        .args(["setpriv", "--pdeathsig", "KILL"])
        .arg(program);
    command
}

/// Keeps the calling thread on these cores, and every thread and process it starts afterwards.
pub(crate) fn stay_on(cores: &[usize]) -> io::Result<()> {
    let mut set = CpuSet::new();
    for core in cores {
        set.set(*core).map_err(io::Error::from)?;
    }
    sched_setaffinity(Pid::from_raw(0), &set).map_err(io::Error::from)
}

/// Two cores are the least: otherwise the load would be measured with the gate.
pub(crate) fn enough() -> Result<(), String> {
    match std::thread::available_parallelism() {
        Ok(count) if count.get() >= BOTH_CORES.len() => Ok(()),
        Ok(count) => Err(format!(
            "The bench needs two cores and sees {count}: one for the gate, one for the load. Run it on a machine with two."
        )),
        Err(error) => Err(format!("The number of cores cannot be read: {error}")),
    }
}
