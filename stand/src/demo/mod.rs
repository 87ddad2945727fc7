//! From options to a table: up → samples → send → table, and down. In containers the parts are
//! started by others: there [`first_start`] writes their files and [`visit`] shows the table.

use std::fmt::Display;
use std::io::{Write, stdout};

mod down;
mod first_start;
mod options;
mod ports;
mod running;
mod sample;
mod samples;
mod send;
mod showing;
mod stop;
mod table;
mod up;
mod visit;

pub(crate) use down::down;
pub(crate) use first_start::first_start;
pub(crate) use options::{Action, Options};
pub(crate) use up::up;
pub(crate) use visit::visit;

/// Tells people. They may have closed the terminal: that must not end us before all is stopped.
pub(crate) fn say(text: impl Display) {
    let _ = writeln!(stdout(), "{text}");
}
