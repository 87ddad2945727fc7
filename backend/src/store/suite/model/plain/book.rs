//! A postback that says something new: which conversion it opens, moves, or waits at.

use uuid::Uuid;

use super::super::story::Sent;
use super::{Answer, Conversion, DAY, Model, Step};

impl Model {
    pub(super) fn book(&mut self, id: Uuid, sent: &Sent, now: i64) -> Answer {
        let alike = self.alike(sent.partner, sent.clickid, &sent.identity());
        let Some(&latest) = alike.last() else {
            return self.open(id, sent, now, 0, None);
        };
        if sent.is_nameless() {
            return self.book_nameless(&alike, latest, id, sent, now);
        }
        self.report(latest, id, sent, now)
    }

    /// What tells nothing by which a retry is known. The oldest that waits for the step takes it; a
    /// step that was taken within a day and comes again may be the same report, and waits.
    fn book_nameless(
        &mut self,
        alike: &[Uuid],
        latest: Uuid,
        id: Uuid,
        sent: &Sent,
        now: i64,
    ) -> Answer {
        let known = |id: &Uuid| &self.conversions[id];
        let waits = alike
            .iter()
            .find(|it| follows(known(it).status, sent.status));
        let moved = alike.iter().find(|it| {
            let is_recent = known(it).changed_at.is_some_and(|at| now - at < DAY);
            is_recent && known(it).status == sent.status
        });
        let is_old = now - known(&latest).touched_at() >= DAY;
        match (waits, moved) {
            (Some(waits), Some(_)) => self.flag("suspected_duplicate", *waits, id, sent, now),
            (Some(waits), None) => self.report(*waits, id, sent, now),
            (None, Some(moved)) if sent.status == "rejected" => self.report(*moved, id, sent, now),
            _ if is_old => self.open(id, sent, now, alike.len(), None),
            _ if known(&latest).status == sent.status => {
                self.open(id, sent, now, alike.len(), Some("suspected_duplicate"))
            }
            _ => self.report(latest, id, sent, now),
        }
    }

    /// The conversions of one identity, oldest first.
    pub(super) fn alike(&self, partner: &str, clickid: &str, identity: &str) -> Vec<Uuid> {
        let is_alike = |it: &Conversion| {
            (it.partner, it.clickid, it.identity.as_str()) == (partner, clickid, identity)
        };
        let all = self.conversions.iter().filter(|(_, it)| is_alike(it));
        let mut alike: Vec<(usize, Uuid)> = all.map(|(id, it)| (it.ordinal, *id)).collect();
        alike.sort_unstable();
        alike.into_iter().map(|(_, id)| id).collect()
    }

    fn open(
        &mut self,
        id: Uuid,
        sent: &Sent,
        now: i64,
        ordinal: usize,
        suspicion: Option<&'static str>,
    ) -> Answer {
        let occurred_at = sent.timestamp.unwrap_or(now);
        let mut flags = self.objections(sent.partner, sent.clickid, sent.event, occurred_at);
        flags.extend((occurred_at - now > DAY).then_some("future_event"));
        flags.extend(suspicion);
        let verdict = if flags.is_empty() {
            "accepted"
        } else {
            "flagged"
        };
        self.conversions
            .insert(id, Conversion::of(sent, occurred_at, now, ordinal, verdict));
        for reason in &flags {
            self.raise((id, reason), id, None);
        }
        self.settle(id, now);
        Answer {
            flags,
            ..Answer::of(verdict, id)
        }
    }

    /// A conversion that is there is reported again.
    fn report(&mut self, conversion: Uuid, id: Uuid, sent: &Sent, now: i64) -> Answer {
        let known = &self.conversions[&conversion];
        let is_other = !known.transaction.is_empty()
            && !sent.transaction.is_empty()
            && known.transaction != sent.transaction;
        let step = match sent.event {
            "ftd" if is_other => Step::Flag("double_ftd"),
            _ => known.step(sent.status, sent.paid()),
        };
        let opened_as = known.opened_as;
        if !matches!(step, Step::Flag(_))
            && let Some(known) = self.conversions.get_mut(&conversion)
        {
            known.take_transaction(sent.transaction);
            known.rejected_too |= matches!(step, Step::Stay) && sent.status == "rejected";
        }
        match step {
            Step::Stay => Answer {
                first: Some(opened_as),
                ..Answer::of("duplicate", conversion)
            },
            Step::Move(status, paid) => {
                self.change(conversion, (status, paid), None, now);
                Answer::of("updated", id)
            }
            Step::Flag(reason) => self.flag(reason, conversion, id, sent, now),
        }
    }

    /// A report that a person must look at before it counts.
    fn flag(
        &mut self,
        reason: &'static str,
        conversion: Uuid,
        id: Uuid,
        sent: &Sent,
        now: i64,
    ) -> Answer {
        let reported = (sent.clone(), sent.timestamp.unwrap_or(now));
        self.raise((id, reason), conversion, Some(reported));
        Answer {
            flags: vec![reason],
            ..Answer::of("flagged", id)
        }
    }
}

/// Whether a report is the next step of what is in this status, rather than a new event.
fn follows(status: &str, reported: &str) -> bool {
    matches!(
        (status, reported),
        ("pending", "approved" | "rejected") | ("approved", "rejected")
    )
}
