//! Words in frames, each with a kind that the style sheet gives a colour and a sign.

use postern_protocol::event::Status;

use crate::ledger::Verdict;

/// A word and its kind: `good`, `warn`, `bad`, `info`, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chip {
    pub(super) kind: &'static str,
    pub(super) word: &'static str,
}

pub(super) const fn verdict(verdict: Verdict) -> Chip {
    let kind = match verdict {
        Verdict::Accepted | Verdict::Updated => "good",
        Verdict::Duplicate => "info",
        Verdict::Flagged | Verdict::Quarantined => "warn",
        Verdict::Invalid => "bad",
    };
    let word = verdict.name();
    Chip { kind, word }
}

pub(super) const fn status(status: Status) -> Chip {
    let kind = match status {
        Status::Approved => "good",
        Status::Pending => "info",
        Status::Rejected => "bad",
    };
    let word = status.name();
    Chip { kind, word }
}
