//! What somebody had written when their session was found to have ended. It goes to the login page
//! and back with that page's own form, and from the new session to the page it was written on, once.
//! Nothing of it is done before.

use crate::console::form::Posted;
use crate::ledger::MAX_NOTE_CHARS;

/// What had been written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::console) struct Draft {
    /// The page it was written on.
    pub(in crate::console) path: String,
    /// The answer that was meant: `approve` or `reject`.
    pub(in crate::console) answer: String,
    /// The note, as long as one may be.
    pub(in crate::console) note: String,
}

impl Draft {
    /// Of a form, sent to the path of the page it stood on.
    pub(in crate::console) fn of(path: &str, posted: &Posted) -> Self {
        let note = posted.text("note").replace("\r\n", "\n");
        Self {
            path: path.to_owned(),
            answer: posted.text("answer").chars().take(MAX_WORD_CHARS).collect(),
            note: note.chars().take(MAX_NOTE_CHARS).collect(),
        }
    }

    /// Whether anything was meant at all.
    pub(in crate::console) fn is_empty(&self) -> bool {
        self.answer.is_empty() && self.note.is_empty()
    }
}

/// No answer is a longer word.
const MAX_WORD_CHARS: usize = 16;
