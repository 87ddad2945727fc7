//! Stops what an `up` left running.

use std::time::Duration;

use postern_stand::{StandError, alive, terminate};

use super::options::Down;
use super::running::{Running, is_demo, works_in};
use super::say;

/// The backend drains for 10 s at most, and the demo waits for it.
const STOP_LIMIT: Duration = Duration::from_secs(30);

/// Stops the demo, which stops the rest; else Envoy and then the backend.
pub(crate) fn down(options: &Down) -> Result<(), StandError> {
    let Some(running) = Running::find(&options.folder) else {
        say("Nothing runs here.");
        return Ok(());
    };
    if let Some(demo) = running.demo.filter(|id| is_demo(*id)) {
        stop("the demo", demo)?;
    }
    for (name, id) in [("Envoy", running.envoy), ("the backend", running.backend)] {
        if alive(id) && works_in(id, &options.folder) {
            stop(name, id)?;
        }
    }
    Running::forget(&options.folder);
    say(format!(
        "Stopped. The state stays in {}.",
        options.folder.display()
    ));
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

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::process::{Child, Command, Stdio};

    use super::*;

    /// A process that waits for us, at work in `folder`.
    fn waiting_in(folder: &Path) -> Child {
        let mut command = Command::new("cat");
        command.stdin(Stdio::piped()).current_dir(folder);
        command.spawn().expect("cat runs")
    }

    #[test]
    fn an_id_that_is_somebody_elses_by_now_is_left_alone() {
        let (here, elsewhere) = (tempfile::tempdir(), tempfile::tempdir());
        let (here, elsewhere) = (here.expect("a folder"), elsewhere.expect("a folder"));
        let mut ours = waiting_in(here.path());
        let mut foreign = waiting_in(elsewhere.path());
        let note = Running {
            demo: Some(foreign.id()),
            envoy: ours.id(),
            backend: foreign.id(),
        };
        note.note(here.path()).expect("noted");
        down(&Down {
            folder: here.path().to_owned(),
        })
        .expect("stopped");
        assert!(ours.wait().is_ok_and(|status| !status.success()));
        assert!(matches!(foreign.try_wait(), Ok(None)), "it was stopped");
        foreign.kill().expect("it ran to the end");
        foreign.wait().expect("it has ended");
    }
}
