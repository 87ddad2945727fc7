//! Reading click logs, CSV and NDJSON, and importing them.
//!
//! bytes → blocks of whole lines → a chunk of clicks and refused lines → one transaction, which also
//! keeps how far it came. So an import that was broken off goes on where it stopped.
//!
//! A line is either a click or refused with its number and the reason; a bad line never costs
//! the good ones around it. So lines are split before anything else is read: a stray quote ends
//! with its line.

mod import;
mod sweep;
mod log;
mod format;
mod row;
mod json;
mod lines;
mod blocks;
mod trail;
#[cfg(test)]
mod tests;

pub use format::{Format, guess};
pub use import::{Import, ImportError, Report, Step};
pub use lines::MAX_LINE_BYTES;
pub use log::{Chunk, ClickLog, Header, LogError, Refused};
pub use sweep::{SWEEP_PERIOD, sweep};
