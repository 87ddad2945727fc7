//! The plain model: what must come of each thing that happens, one after the other.
//!
//! It is written from what the documents promise, with maps and nothing else: no batches, no
//! database, no type of the ledger. Times are seconds after the start of the stories, money is in
//! the smallest unit, and all words are those of answers.

mod sent;
mod book;
mod click;
mod money;
mod report;
mod review;
mod undo;

use std::collections::BTreeMap;

use uuid::Uuid;

use super::story::{LogLine, Sent};
pub(super) use money::{Account, agreement};
pub(super) use report::Figures;
pub(super) use review::Decided;

const DAY: i64 = 86_400;

/// What a delivery is answered: its verdict, the delivery the answer is about, for a duplicate what
/// that one was answered, and its flags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) verdict: &'static str,
    pub(super) about: Uuid,
    pub(super) first: Option<&'static str>,
    pub(super) flags: Vec<&'static str>,
}

/// Money that moved: smallest units, and the currency.
pub(super) type Paid = (i64, &'static str);

/// A conversion as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Conversion {
    pub(super) clickid: &'static str,
    pub(super) partner: &'static str,
    /// Inside the click; and how many alike came before it.
    identity: String,
    ordinal: usize,
    pub(super) event: &'static str,
    pub(super) status: &'static str,
    pub(super) paid: Option<Paid>,
    transaction: &'static str,
    occurred_at: i64,
    opened_at: i64,
    changed_at: Option<i64>,
    /// The moves that hold, each with the answer that made it, where one did.
    moves: Vec<Option<usize>>,
    /// Whether the partner has reported as rejected what was so already.
    rejected_too: bool,
    opened_as: &'static str,
}

/// A status and an amount.
type State = (&'static str, Option<Paid>);

/// What a later delivery reported, and when it happened.
type Reported = (Sent, i64);

/// A flag is named by the delivery that raised it and the reason.
pub(super) type FlagName = (Uuid, &'static str);

/// A flag, and how it was closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Flag {
    pub(super) conversion: Uuid,
    pub(super) outcome: Option<&'static str>,
    /// The answer that closed it last.
    answer: Option<usize>,
    reported: Option<Reported>,
    /// How often its conversion had moved when it was raised.
    raised_after: usize,
}

/// All there is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Model {
    /// What the first delivery of each content was answered.
    contents: BTreeMap<(Sent, Option<u8>), Answer>,
    pub(super) clicks: BTreeMap<&'static str, LogLine>,
    pub(super) conversions: BTreeMap<Uuid, Conversion>,
    pub(super) flags: BTreeMap<FlagName, Flag>,
    pub(super) money: money::Money,
    /// All that people have answered.
    answers: Vec<undo::Done>,
    /// What the answer that is being given has moved, with the state before.
    moved: Option<(Uuid, State)>,
}

impl Model {
    /// A delivery arrives under this id.
    pub(super) fn deliver(&mut self, id: Uuid, sent: &Sent, request: u8, now: i64) -> Answer {
        let name = (sent.clone(), sent.is_nameless().then_some(request));
        if let Some(first) = self.contents.get(&name) {
            return first.again();
        }
        let answer = match sent.unfit() {
            Some(verdict) => Answer::of(verdict, id),
            None => self.book(id, sent, now),
        };
        self.contents.insert(name, answer.clone());
        answer
    }

    /// A conversion moves, by a postback or by an answer.
    fn change(&mut self, id: Uuid, to: State, by: Option<usize>, now: i64) {
        if let Some(it) = self.conversions.get_mut(&id) {
            self.moved = by.map(|_| (id, (it.status, it.paid)));
            (it.status, it.paid) = to;
            it.changed_at = Some(now);
            it.moves.push(by);
        }
        self.settle(id, now);
    }

    fn raise(&mut self, name: FlagName, conversion: Uuid, reported: Option<Reported>) {
        let flag = Flag {
            conversion,
            outcome: None,
            answer: None,
            reported,
            raised_after: self.conversions[&conversion].moves.len(),
        };
        self.flags.insert(name, flag);
    }

    /// How many open flags keep a conversion from earning: those of the delivery that opened it.
    pub(super) fn blocking(&self, conversion: Uuid) -> usize {
        let flags = self.flags.iter();
        let blocks = |((delivery, _), flag): &(&FlagName, &Flag)| {
            *delivery == conversion && flag.outcome.is_none()
        };
        flags.filter(blocks).count()
    }
}

impl Answer {
    fn of(verdict: &'static str, about: Uuid) -> Self {
        Self {
            verdict,
            about,
            first: None,
            flags: Vec::new(),
        }
    }

    /// What the same content is answered again.
    fn again(&self) -> Self {
        match self.verdict {
            "invalid" | "quarantined" => self.clone(),
            verdict => Self {
                first: Some(self.first.unwrap_or(verdict)),
                ..Self::of("duplicate", self.about)
            },
        }
    }
}

/// What a report does to a conversion.
enum Step {
    Stay,
    Move(&'static str, Option<Paid>),
    Flag(&'static str),
}

impl Conversion {
    fn of(
        sent: &Sent,
        occurred_at: i64,
        now: i64,
        ordinal: usize,
        opened_as: &'static str,
    ) -> Self {
        Self {
            clickid: sent.clickid,
            partner: sent.partner,
            identity: sent.identity(),
            ordinal,
            event: sent.event,
            status: sent.status,
            paid: sent.paid(),
            transaction: sent.transaction,
            occurred_at,
            opened_at: now,
            changed_at: None,
            moves: Vec::new(),
            rejected_too: false,
            opened_as,
        }
    }

    fn touched_at(&self) -> i64 {
        self.changed_at.unwrap_or(self.opened_at)
    }

    /// A first deposit without a transaction id takes the first it is reported with.
    fn take_transaction(&mut self, reported: &'static str) {
        if self.event == "ftd" && self.transaction.is_empty() {
            self.transaction = reported;
        }
    }

    fn step(&self, status: &'static str, paid: Option<Paid>) -> Step {
        match (self.status, status) {
            ("approved" | "rejected", "pending") | ("rejected", "rejected") => Step::Stay,
            ("rejected", "approved") => Step::Flag("reapproved"),
            (_, "rejected") => Step::Move("rejected", self.paid.or(paid)),
            ("approved", "approved") if currencies_differ(self.paid, paid) => {
                Step::Flag("currency_changed")
            }
            _ if (status, paid.or(self.paid)) == (self.status, self.paid) => Step::Stay,
            _ => Step::Move(status, paid.or(self.paid)),
        }
    }
}

fn currencies_differ(one: Option<Paid>, other: Option<Paid>) -> bool {
    one.zip(other).is_some_and(|(one, other)| one.1 != other.1)
}
