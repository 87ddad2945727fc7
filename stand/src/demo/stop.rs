//! The signals that end the demo. Whoever sends one finds nothing left running.

use std::fs;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Ctrl-C, SIGTERM, and the terminal that was closed.
pub(crate) struct Stop {
    interrupt: Signal,
    terminate: Signal,
    /// Not where we were started to outlive the terminal, as by `nohup`.
    hang_up: Option<Signal>,
}

impl Stop {
    /// Begins to listen; from now on none of them ends the process by itself.
    pub(crate) fn listen() -> std::io::Result<Self> {
        let hang_up = SignalKind::hangup();
        let hang_up = (!is_ignored(hang_up)).then(|| signal(hang_up));
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: hang_up.transpose()?,
        })
    }

    /// Returns once one of them came, also when it came before.
    pub(crate) async fn asked(&mut self) {
        let hung_up = async {
            match &mut self.hang_up {
                Some(hang_up) => hang_up.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = hung_up => {}
        }
    }
}

/// Whether whoever started us said that this signal is not for us.
fn is_ignored(kind: SignalKind) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (kind.as_raw_value() - 1) & 1 == 1)
}
