//! A program that cannot outlive the one who started it, however that one ends.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use nix::unistd::User;

/// Runs the program until it ends or our end of the pipe closes, which the system sees to even
/// after SIGKILL. Its folder goes then, so it is told to quit without tidying up.
const GUARD: &str = r#"
exec 3<&0 </dev/null
"$@" 3<&- & program=$!
{ read -r _; trap '' TERM; kill -QUIT $program; } <&3 3<&- & watch=$!
exec 3<&-
wait $program
status=$?
kill $watch 2>/dev/null
# Only a watch that was not ended by us saw the pipe close.
wait $watch && rm -rf "$0"
exit $status
"#;

/// A running program, tied to us by a pipe.
#[derive(Debug)]
pub(crate) struct Guarded(Child);

impl Guarded {
    /// Starts what `arguments` say for what lies in `folder`, as `user` if there is one.
    pub(crate) fn start(
        arguments: &[String],
        folder: &Path,
        output: impl Into<Stdio>,
        user: Option<&User>,
    ) -> io::Result<Self> {
        let mut shell = Command::new("sh");
        shell.args(["-c", GUARD]).arg(folder).args(arguments);
        shell
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(output);
        run_as(&mut shell, user);
        shell.spawn().map(Self)
    }

    /// How it ended; `None` while it runs.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.0.try_wait().ok().flatten()
    }

    /// Waits until it has ended by itself or by a signal somebody sent.
    pub(crate) fn wait(&mut self) {
        // Waiting would close the pipe first, which ends it less gently than it was asked to.
        let pipe = self.0.stdin.take();
        let _ = self.0.wait();
        drop(pipe);
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        // This closes the pipe.
        let _ = self.0.wait();
    }
}

/// Lets a program run as this user, in a folder that everybody may be in.
pub(crate) fn run_as(command: &mut Command, user: Option<&User>) {
    command.current_dir("/");
    if let Some(user) = user {
        command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
    }
}
