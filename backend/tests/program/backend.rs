//! A backend that runs: the real `postern serve`.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStderr, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::desk::Desk;

/// A backend that runs until it is told to stop, or the test ends.
pub(crate) struct Backend {
    child: Child,
    log: BufReader<ChildStderr>,
}

impl Backend {
    pub(crate) fn start(desk: &Desk) -> Self {
        let mut command = desk.command(&["serve"]);
        command
            .env("POSTERN_LISTEN", "127.0.0.1:0")
            .env("POSTERN_ADMIN_LISTEN", "127.0.0.1:0")
            .env("POSTERN_LOG_FORMAT", "json");
        let mut child = command
            .stderr(Stdio::piped())
            .spawn()
            .expect("postern runs");
        let log = BufReader::new(child.stderr.take().expect("it is piped"));
        Self { child, log }
    }

    /// Reads the log up to the line with this message and gives its fields.
    pub(crate) fn said(&mut self, message: &str) -> serde_json::Value {
        loop {
            let mut line = String::new();
            let length = self.log.read_line(&mut line).expect("the log is text");
            assert_ne!(length, 0, "the log ended before {message:?}");
            let line: serde_json::Value = serde_json::from_str(&line).expect("a JSON line");
            if line["fields"]["message"] == message {
                return line["fields"].clone();
            }
        }
    }

    /// Waits until it has ended, and says whether it did so well.
    pub(crate) fn ends_well(&mut self) -> bool {
        self.child.wait().expect("it ends").success()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let id = Pid::from_raw(self.child.id().cast_signed());
        kill(id, signal).expect("it runs");
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        // It has ended already where the test waited for it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
