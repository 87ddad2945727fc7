//! Printing that survives a closed pipe.

use std::fmt::Display;
use std::io::{self, Write as _};

/// Prints one text and a line's end to stdout.
pub(super) fn say(text: impl Display) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{text}")
}
