//! Answers that are undone.

use uuid::Uuid;

use super::{Decided, FlagName, Model, State};

/// What an answer did: the flags it closed, the one it was about first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Done {
    flags: Vec<FlagName>,
    /// The conversion that it moved, with the state before.
    moved: Option<(Uuid, State)>,
}

impl Model {
    /// Keeps what the answer that was just given did, so that it can be undone.
    pub(super) fn answered(&mut self, flags: Vec<FlagName>) {
        let moved = self.moved.take();
        for name in &flags {
            if let Some(flag) = self.flags.get_mut(name) {
                flag.answer = Some(self.answers.len());
            }
        }
        self.answers.push(Done { flags, moved });
    }

    /// Somebody takes an answer back.
    pub(in super::super) fn undo(&mut self, name: FlagName, now: i64) -> Decided {
        let flag = &self.flags[&name];
        let number = match (flag.outcome, flag.answer) {
            (None, Some(_)) => return Err("decided"),
            (Some("approved" | "rejected"), Some(number)) => number,
            _ => return Err("unfit"),
        };
        let done = self.answers[number].clone();
        if let Some((conversion, before)) = done.moved {
            let known = &self.conversions[&conversion];
            let brings_back = known.status == "rejected" && before.0 != "rejected";
            if known.moves.last() != Some(&Some(number)) || brings_back && known.rejected_too {
                return Err("unfit");
            }
        }
        for name in &done.flags {
            if let Some(flag) = self.flags.get_mut(name) {
                flag.outcome = None;
            }
        }
        if self.conversions.contains_key(&name.0) {
            self.settle(name.0, now);
        }
        if let Some((conversion, before)) = done.moved {
            self.change(conversion, before, None, now);
            if let Some(known) = self.conversions.get_mut(&conversion) {
                // Neither this move nor the one it takes back holds any more.
                known.moves.truncate(known.moves.len() - 2);
            }
        }
        Ok(())
    }
}
