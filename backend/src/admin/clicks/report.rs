//! What an import answers.

use serde::Serialize;
use utoipa::ToSchema;

use crate::clicks::{Refused, Step};

/// Refused lines that are named; the rest is counted.
const NAMED_LINES: usize = 100;

/// What became of a click log.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(in crate::admin) struct ImportReport {
    /// Clicks that were not in the log.
    imported: u64,
    /// Clicks that were, and of which it now says more or something else.
    filled_in: u64,
    /// Clicks that were, just so.
    already_known: u64,
    /// Clicks that an earlier request under the same name brought in.
    imported_before: u64,
    /// Flags that were closed because their click has arrived.
    flags_healed: u64,
    /// Lines that hold no click.
    refused: u64,
    /// The first of them.
    refused_lines: Vec<RefusedLine>,
    /// Columns of a CSV that say nothing to us.
    ignored_columns: Vec<String>,
}

/// A line that holds no click.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::admin) struct RefusedLine {
    /// Counted from 1, the header of a CSV included.
    line: u64,
    /// All that is wrong with it.
    reason: String,
}

impl ImportReport {
    /// Takes over how far it is.
    pub(super) fn add(&mut self, step: Step) {
        let report = step.report;
        self.imported = report.imported.new;
        self.filled_in = report.imported.filled_in;
        self.already_known = report.imported.known;
        self.imported_before = report.before;
        self.flags_healed = report.healed;
        self.refused = report.refused;
        let room = NAMED_LINES - self.refused_lines.len();
        let named = step.refused.into_iter().take(room);
        self.refused_lines.extend(named.map(RefusedLine::from));
        if let Some(header) = step.header {
            self.ignored_columns = header.ignored_columns;
        }
    }
}

impl From<Refused> for RefusedLine {
    fn from(refused: Refused) -> Self {
        Self {
            line: refused.line,
            reason: refused.reason,
        }
    }
}
