//! The answer to a flag: a person's, or the click log's.

use postern_protocol::time::UnixSeconds;
use thiserror::Error;
use uuid::Uuid;

use super::flag_id::FlagId;
use super::seen::Seen;

/// The longest name of somebody who decides.
pub const MAX_NAME_CHARS: usize = 100;

/// The longest note with a decision.
pub const MAX_NOTE_CHARS: usize = 1_000;

/// Who answers a flag that a click has healed.
pub const CLICK_LOG: &str = "click log";

/// What a person says to a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Answer {
    /// It is as the partner reports.
    Approve,
    /// It is not.
    Reject,
    /// The answer that was given is taken back: the flag waits again.
    Undo,
}

/// What became of a flag. The word is stable: it stands in the store and in answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// A person approved what it was about.
    Approved,
    /// A person rejected what it was about.
    Rejected,
    /// Its click has arrived.
    Healed,
    /// Another flag's rejection has settled it.
    Closed,
    /// A person took back the answer before: it waits again.
    Undone,
}

/// A person's decision about one flag. It can only hold a name and a note within their bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    flag: FlagId,
    answer: Answer,
    by: String,
    note: String,
    seen: Option<Seen>,
}

/// Who answers, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The id of the decision.
    pub id: Uuid,
    /// When.
    pub at: UnixSeconds,
    /// A person, or the click log.
    pub by: String,
    /// Why; empty where nothing was said.
    pub note: String,
}

/// Why a text makes no decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NoDecision {
    /// Who decides must be known.
    #[error("a decision needs the name of who decides: 1 to {MAX_NAME_CHARS} characters")]
    Name,
    /// The click log's name is its own.
    #[error("{CLICK_LOG:?} is how Postern signs what it healed by itself; give a person's name")]
    NotAPerson,
    /// A note that long is a document.
    #[error("the note is longer than {MAX_NOTE_CHARS} characters; shorten it")]
    Note,
    /// Somebody gave the answer that is undone, and will ask.
    #[error("say in the note why the answer is undone")]
    NoReason,
    /// It would break whatever shows it, and no store takes all of them.
    #[error("the name or the note holds a control character; leave it out")]
    Control,
}

impl Decision {
    /// A decision about `flag`, by whom, with a note; it may be empty but where an answer is undone.
    ///
    /// # Errors
    /// [`NoDecision`]: the name or the note is out of bounds.
    pub fn new(flag: FlagId, answer: Answer, by: &str, note: &str) -> Result<Self, NoDecision> {
        let (by, note) = (by.trim(), note.trim());
        match by.chars().count() {
            1..=MAX_NAME_CHARS => {}
            _ => return Err(NoDecision::Name),
        }
        let of_a_note = |c: char| c.is_control() && c != '\n';
        if by.contains(char::is_control) || note.contains(of_a_note) {
            return Err(NoDecision::Control);
        }
        if by.eq_ignore_ascii_case(CLICK_LOG) {
            return Err(NoDecision::NotAPerson);
        }
        if note.chars().count() > MAX_NOTE_CHARS {
            return Err(NoDecision::Note);
        }
        if answer == Answer::Undo && note.is_empty() {
            return Err(NoDecision::NoReason);
        }
        Ok(Self {
            flag,
            answer,
            by: by.to_owned(),
            note: note.to_owned(),
            seen: None,
        })
    }

    /// What somebody without a name would decide, to see what it would do.
    pub(crate) fn supposed(flag: FlagId, answer: Answer) -> Self {
        Self {
            flag,
            answer,
            by: String::new(),
            note: String::new(),
            seen: None,
        }
    }

    /// The same, to be made only while the case stands as it was seen.
    #[must_use]
    pub fn upon(self, seen: Option<Seen>) -> Self {
        Self { seen, ..self }
    }

    /// The decision under its id, made at this time.
    #[must_use]
    pub fn signed(&self, id: Uuid, at: UnixSeconds) -> Signature {
        Signature {
            id,
            at,
            by: self.by.clone(),
            note: self.note.clone(),
        }
    }

    /// What it is about.
    #[must_use]
    pub const fn flag(&self) -> FlagId {
        self.flag
    }

    /// What it says.
    #[must_use]
    pub const fn answer(&self) -> Answer {
        self.answer
    }

    /// Who says so.
    #[must_use]
    pub fn by(&self) -> &str {
        &self.by
    }

    /// Why; empty where nothing was said.
    #[must_use]
    pub fn note(&self) -> &str {
        &self.note
    }

    /// What it was made upon; `None`: upon whatever there is.
    #[must_use]
    pub const fn seen(&self) -> Option<Seen> {
        self.seen
    }
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 5] = [
        Self::Approved,
        Self::Rejected,
        Self::Healed,
        Self::Closed,
        Self::Undone,
    ];

    /// The name in answers and in the ledger.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Healed => "healed",
            Self::Closed => "closed",
            Self::Undone => "undone",
        }
    }

    /// Reads a name as [`Outcome::name`] gives it.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.name() == name)
    }
}

impl From<Answer> for Outcome {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Approve => Self::Approved,
            Answer::Reject => Self::Rejected,
            Answer::Undo => Self::Undone,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::FlagReason;

    fn flag() -> FlagId {
        FlagId {
            delivery: Uuid::from_u128(7),
            reason: FlagReason::DoubleFtd,
        }
    }

    fn decision(by: &str, note: &str) -> Result<Decision, NoDecision> {
        Decision::new(flag(), Answer::Approve, by, note)
    }

    #[test]
    fn who_decides_is_known_and_notes_are_notes() {
        assert_eq!(decision(" Ada ", " seen it ").unwrap().by(), "Ada");
        assert_eq!(decision("Ada", " seen it ").unwrap().note(), "seen it");
        assert!(decision(&"ä".repeat(100), &"ä".repeat(1_000)).is_ok());
        assert_eq!(decision("  ", ""), Err(NoDecision::Name));
        assert_eq!(decision(&"a".repeat(101), ""), Err(NoDecision::Name));
        assert_eq!(decision("Ada\nEve", ""), Err(NoDecision::Control));
        assert_eq!(decision("Ada", "why\0"), Err(NoDecision::Control));
        assert!(decision("Ada", "two\nlines").is_ok());
        assert_eq!(decision("Click Log", ""), Err(NoDecision::NotAPerson));
        assert_eq!(decision("Ada", &"a".repeat(1_001)), Err(NoDecision::Note));
        let undo = |note| Decision::new(flag(), Answer::Undo, "Ada", note);
        assert_eq!(undo(" "), Err(NoDecision::NoReason));
        assert!(undo("taken for another").is_ok());
    }

    #[test]
    fn each_outcome_reads_back_as_itself() {
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::parse(outcome.name()), Some(outcome));
        }
        assert_eq!(Outcome::parse("Healed"), None);
    }
}
