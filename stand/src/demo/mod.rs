//! From options to a table: up → samples → send → table, and down.

mod down;
mod options;
mod running;
mod sample;
mod samples;
mod send;
mod table;
mod up;

pub(crate) use down::down;
pub(crate) use options::{Action, Options};
pub(crate) use up::up;
