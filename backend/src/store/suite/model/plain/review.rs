//! People's answers to flags.

use uuid::Uuid;

use super::super::story::Sent;
use super::{Conversion, Flag, FlagName, Model, Reported, State, Step};

/// What comes of a decision: made, or why not.
pub(in super::super) type Decided = Result<(), &'static str>;

impl Model {
    /// Somebody approves what a flag is about.
    pub(in super::super) fn approve(&mut self, name: FlagName, now: i64) -> Decided {
        let (conversion, reported) = self.open_flag(name)?;
        // What its delivery has opened is held back by it, and reported nothing else.
        let reported = reported.filter(|_| !self.conversions.contains_key(&name.0));
        let known = &self.conversions[&conversion];
        match (name.1, reported) {
            ("double_ftd", Some((sent, at))) => {
                self.book_redeposit(conversion, name.0, &sent, at, now)?;
            }
            (_, Some((sent, _))) if self.was_rejected_since(name, sent.status) => {
                return Err("unfit");
            }
            (_, Some((sent, _))) => {
                let paid = sent.paid().or(known.paid);
                self.change_if_other(conversion, (sent.status, paid), sent.transaction, now);
            }
            (_, None) => {
                self.close(name, "approved");
                self.settle(name.0, now);
            }
        }
        self.close(name, "approved");
        self.answered(vec![name]);
        Ok(())
    }

    /// Somebody rejects it.
    pub(in super::super) fn reject(&mut self, name: FlagName, now: i64) -> Decided {
        self.open_flag(name)?;
        self.close(name, "rejected");
        let mut closed = vec![name];
        if let Some(held) = self.conversions.get(&name.0) {
            let paid = held.paid;
            let open = self.flags.iter().filter(|(_, it)| it.outcome.is_none());
            let about = open.filter(|(other, it)| self.subject(**other, it) == name.0);
            let others: Vec<FlagName> = about.map(|(other, _)| *other).collect();
            for other in others {
                self.close(other, "closed");
                closed.push(other);
            }
            self.change_if_other(name.0, ("rejected", paid), "", now);
        }
        self.answered(closed);
        Ok(())
    }

    fn open_flag(&self, name: FlagName) -> Result<(Uuid, Option<Reported>), &'static str> {
        let flag = &self.flags[&name];
        match flag.outcome {
            None => Ok((flag.conversion, flag.reported.clone())),
            Some(_) => Err("decided"),
        }
    }

    /// The conversion its delivery has opened, else the one it was raised on.
    fn subject(&self, name: FlagName, flag: &Flag) -> Uuid {
        match self.conversions.contains_key(&name.0) {
            true => name.0,
            false => flag.conversion,
        }
    }

    /// Whether approval would bring back what was rejected after the flag was raised. A reapproval
    /// begins with what is rejected; that it was rejected again since is told by the second.
    fn was_rejected_since(&self, name: FlagName, reported: &str) -> bool {
        let flag = &self.flags[&name];
        let known = &self.conversions[&flag.conversion];
        let has_moved = known.moves.len() > flag.raised_after;
        let would_bring_back = known.status == "rejected" && reported != "rejected";
        would_bring_back && (name.1 != "reapproved" || has_moved)
    }

    fn change_if_other(&mut self, id: Uuid, to: State, transaction: &'static str, now: i64) {
        let Some(known) = self.conversions.get_mut(&id) else {
            return;
        };
        if (known.status, known.paid) != to {
            known.take_transaction(transaction);
            self.change(id, to, Some(self.answers.len()), now);
        }
    }

    /// A second first deposit was a redeposit, and has the delivery's id that was flagged.
    fn book_redeposit(
        &mut self,
        ftd: Uuid,
        id: Uuid,
        sent: &Sent,
        at: i64,
        now: i64,
    ) -> Result<(), &'static str> {
        let sent = Sent {
            event: "redeposit",
            ..sent.clone()
        };
        let known = &self.conversions[&ftd];
        let alike = self.alike(known.partner, known.clickid, &sent.identity());
        let Some(known) = alike.first() else {
            let redeposit = Conversion::of(&sent, at, now, 0, "flagged");
            self.conversions.insert(id, redeposit);
            for reason in self.objections(sent.partner, sent.clickid, sent.event, at) {
                self.raise((id, reason), id, None);
            }
            self.settle(id, now);
            return Ok(());
        };
        match self.conversions[known].step(sent.status, sent.paid()) {
            Step::Move(status, paid) => {
                self.change(*known, (status, paid), Some(self.answers.len()), now);
            }
            Step::Stay | Step::Flag(_) => return Err("unfit"),
        }
        Ok(())
    }
}
