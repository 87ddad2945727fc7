//! From options to a table: up → samples → send → table, and down.

use std::fmt::Display;
use std::io::{Write, stdout};

mod down;
mod options;
mod ports;
mod running;
mod sample;
mod samples;
mod send;
mod stop;
mod table;
mod up;

pub(crate) use down::down;
pub(crate) use options::{Action, Options};
pub(crate) use up::up;

/// Tells people. They may have closed the terminal: that must not end us before all is stopped.
pub(crate) fn say(text: impl Display) {
    let _ = writeln!(stdout(), "{text}");
}
