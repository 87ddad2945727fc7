//! Stops what an `up` left running.

use std::time::Duration;

use postern_stand::{StandError, alive, terminate};

use super::options::Down;
use super::running::{Running, works_in};

/// The backend drains for 20 s at most.
const STOP_LIMIT: Duration = Duration::from_secs(30);

/// Stops the demo, which stops the rest; else Envoy and then the backend.
pub(crate) fn down(options: &Down) -> Result<(), StandError> {
    let Some(running) = Running::find(&options.folder) else {
        println!("Nothing runs here.");
        return Ok(());
    };
    if let Some(demo) = running.demo {
        stop("the demo", demo)?;
    }
    for (name, id) in [("Envoy", running.envoy), ("the backend", running.backend)] {
        if alive(id) && works_in(id, &options.folder) {
            stop(name, id)?;
        }
    }
    Running::forget(&options.folder);
    println!("Stopped. The state stays in {}.", options.folder.display());
    Ok(())
}

fn stop(name: &str, id: u32) -> Result<(), StandError> {
    if terminate(id, STOP_LIMIT) {
        return Ok(());
    }
    Err(StandError::new(format!(
        "{name} (process {id}) did not end {} s after SIGTERM",
        STOP_LIMIT.as_secs()
    )))
}
