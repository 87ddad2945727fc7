//! What somebody had written when their session was found to have ended. It goes to the login page
//! and back with that page's own form, and from the new session to the page it was written on, once.
//! Nothing of it is done before.

use crate::console::form::Posted;
use crate::ledger::MAX_NOTE_CHARS;

/// The longest request that is carried. Percent-encoded it is three times as long, and the login's
/// form still takes it.
pub(in crate::console) const MAX_REQUEST_BYTES: usize = 64 * 1024;

/// No answer is a longer word.
const MAX_WORD_CHARS: usize = 16;

/// What had been written. No secret is ever part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::console) struct Draft {
    /// The page it was written on.
    pub(in crate::console) path: String,
    /// The answer that was meant: `approve` or `reject`.
    pub(in crate::console) answer: String,
    /// The note, as long as one may be.
    pub(in crate::console) note: String,
    /// The request that was pasted for the signature doctor.
    pub(in crate::console) request: String,
}

impl Draft {
    /// Of a form, sent to the path of the page it stood on. `None`: its request is longer than
    /// [`MAX_REQUEST_BYTES`], and a part of it would be another request.
    pub(in crate::console) fn of(path: &str, posted: &Posted) -> Option<Self> {
        let request = posted.lines("request");
        (request.len() <= MAX_REQUEST_BYTES).then(|| Self {
            path: path.to_owned(),
            answer: posted.text("answer").chars().take(MAX_WORD_CHARS).collect(),
            note: posted.lines("note").chars().take(MAX_NOTE_CHARS).collect(),
            request,
        })
    }

    /// Whether anything was meant at all.
    pub(in crate::console) fn is_empty(&self) -> bool {
        self.answer.is_empty() && self.note.is_empty() && self.request.is_empty()
    }
}
