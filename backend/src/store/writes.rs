//! What one transaction writes, alike for every database: each kind of row with its values, in the
//! order of its keys.
//!
//! The order matters where several backends write at once: two of them that take the same keys in
//! the same order wait for each other; in different orders they would block each other.

use postern_protocol::event::{Event, NotAnEvent};
use postern_protocol::id::PartnerId;
use postern_protocol::time::UnixSeconds;
use serde::Serialize;
use uuid::Uuid;

use crate::agreement::Terms;
use crate::delivery::Delivery;
use crate::ledger::{
    Answered, CapKey, Change, Conversion, Entry, FlagReason, Origin, PayoutEntry, Reported, Ruling,
    Signature, Snapshot, is_booked,
};

/// A delivery with what was decided about it.
pub(super) type Booked<'a> = (&'a Delivery, &'a Entry);

/// The rows of one transaction but for its deliveries, which come as they are.
#[derive(Default)]
pub(super) struct Writes<'a> {
    /// First deliveries of their content.
    pub(super) contents: Vec<ContentRow<'a>>,
    /// New conversions, as the transaction leaves them.
    pub(super) openings: Vec<OpeningRow<'a>>,
    /// Conversions the store holds already, as the transaction leaves them.
    pub(super) updates: Vec<&'a Conversion>,
    /// Moves of conversions.
    pub(super) changes: Vec<ChangeRow<'a>>,
    /// Flags that were raised.
    pub(super) flags: Vec<FlagRow<'a>>,
    /// Payout entries.
    pub(super) payouts: Vec<&'a PayoutEntry>,
    /// Terms that were frozen, by partner, with when first; most are there already.
    pub(super) terms: Vec<(&'a PartnerId, &'a Terms, UnixSeconds)>,
    /// How many more places of a cap are taken.
    pub(super) caps: Vec<(&'a CapKey, u32)>,
    /// Answers to flags, which close them or open them again.
    pub(super) decisions: Vec<DecisionRow<'a>>,
}

/// The first delivery of a content.
pub(super) struct ContentRow<'a> {
    pub(super) delivery: &'a Delivery,
    pub(super) entry: &'a Entry,
    pub(super) refused: bool,
}

/// A conversion that is opened by what an event says.
pub(super) struct OpeningRow<'a> {
    pub(super) conversion: &'a Conversion,
    pub(super) event: &'a Event,
    pub(super) occurred_at: UnixSeconds,
    /// That of its click; `None`: the click log does not have it.
    pub(super) origin: Option<&'a Origin>,
}

/// A conversion's move.
pub(super) struct ChangeRow<'a> {
    pub(super) clickid: &'a str,
    pub(super) conversion: Uuid,
    pub(super) delivery: Uuid,
    pub(super) decision: Option<Uuid>,
    pub(super) changed_at: UnixSeconds,
    pub(super) change: Change,
    pub(super) undoes: Option<u32>,
    pub(super) reason: Option<&'a str>,
}

/// A flag on a conversion.
pub(super) struct FlagRow<'a> {
    pub(super) clickid: &'a str,
    pub(super) conversion: Uuid,
    pub(super) delivery: Uuid,
    pub(super) reason: FlagReason,
    pub(super) raised_at: UnixSeconds,
    /// The conversion's revision then.
    pub(super) revision: u32,
    /// What the delivery reported, where the flag is not about the opening of the conversion.
    pub(super) reported: Option<String>,
}

/// The answer to a flag.
pub(super) struct DecisionRow<'a> {
    pub(super) clickid: &'a str,
    pub(super) answer: Answered,
    pub(super) signature: &'a Signature,
}

impl<'a> Writes<'a> {
    /// What is written for booked deliveries; `snapshot` is as the last decision left it.
    pub(super) fn of(booked: &[Booked<'a>], snapshot: &'a Snapshot) -> Self {
        let mut writes = Self::of_snapshot(snapshot);
        for booked in booked {
            writes.add(*booked, snapshot);
        }
        writes.sort();
        writes
    }

    /// What the snapshot itself says is to be written.
    fn of_snapshot(snapshot: &'a Snapshot) -> Self {
        Self {
            updates: snapshot.stale_in_store(),
            payouts: snapshot.books.payouts().iter().collect(),
            terms: snapshot.books.frozen_terms().collect(),
            caps: snapshot.books.places_taken().collect(),
            ..Self::default()
        }
    }

    /// What is written for answered flags; `snapshot` is as the last ruling left it.
    pub(super) fn of_rulings(rulings: &'a [Ruling], snapshot: &'a Snapshot) -> Self {
        let mut writes = Self::of_snapshot(snapshot);
        for ruling in rulings {
            // A ruling is about a conversion that was loaded.
            if let Some(conversion) = snapshot.conversion(ruling.conversion) {
                writes.add_ruling(ruling, &conversion.key.clickid, snapshot);
            }
        }
        writes.sort();
        writes
    }

    fn add_ruling(&mut self, ruling: &'a Ruling, clickid: &'a str, snapshot: &'a Snapshot) {
        let signature = &ruling.signature;
        let decisions = ruling.answers.iter().map(|answer| DecisionRow {
            clickid,
            answer: *answer,
            signature,
        });
        self.decisions.extend(decisions);
        self.flags
            .extend(ruling.raises.iter().map(|raised| FlagRow {
                clickid,
                conversion: raised.conversion,
                delivery: raised.conversion,
                reason: raised.reason,
                raised_at: signature.at,
                revision: raised.revision,
                reported: None,
            }));
        let opened = ruling.opens.as_ref();
        let opened = opened.and_then(|it| Some((it, snapshot.conversion(it.conversion)?)));
        self.openings
            .extend(opened.map(|(opened, conversion)| OpeningRow {
                conversion,
                event: &opened.event,
                occurred_at: opened.occurred_at,
                origin: snapshot.click(clickid).map(|click| &click.origin),
            }));
        self.changes
            .extend(ruling.moves.as_ref().map(|it| ChangeRow {
                clickid,
                conversion: it.conversion,
                delivery: ruling.flag.delivery,
                decision: Some(signature.id),
                changed_at: signature.at,
                change: it.change,
                undoes: it.undoes,
                reason: it.reason.as_deref(),
            }));
    }

    fn add(&mut self, (delivery, entry): Booked<'a>, snapshot: &'a Snapshot) {
        if entry.repeat_of.is_none() {
            self.contents.push(ContentRow {
                delivery,
                entry,
                refused: !is_booked(entry.verdict),
            });
        }
        let (Ok(event), Some(conversion)) = (&delivery.event, entry.conversion) else {
            return;
        };
        if entry.opens.is_some()
            && let Some(conversion) = snapshot.conversion(conversion)
        {
            self.openings.push(OpeningRow {
                conversion,
                event,
                occurred_at: event.timestamp.unwrap_or(delivery.received_at),
                origin: snapshot.click(&delivery.clickid).map(|it| &it.origin),
            });
        }
        if let Some(change) = entry.change {
            self.changes.push(ChangeRow {
                clickid: &delivery.clickid,
                conversion,
                delivery: delivery.id,
                decision: None,
                changed_at: delivery.received_at,
                change,
                undoes: None,
                reason: event.reason.as_ref().map(|it| it.as_str()),
            });
        }
        self.add_flags((delivery, entry), event, conversion);
    }

    fn add_flags(&mut self, (delivery, entry): Booked<'a>, event: &Event, conversion: Uuid) {
        let reported = || Reported::of(event, delivery.received_at).to_json();
        self.flags.extend(entry.flags.iter().map(|reason| FlagRow {
            clickid: &delivery.clickid,
            conversion,
            delivery: delivery.id,
            reason: *reason,
            raised_at: delivery.received_at,
            revision: entry.flagged_at,
            reported: (conversion != delivery.id).then(reported),
        }));
    }

    fn sort(&mut self) {
        self.contents.sort_by_key(|it| {
            let fingerprint = it.delivery.fingerprint.0;
            (&it.delivery.clickid, fingerprint, it.refused)
        });
        self.openings.sort_by(|a, b| {
            let (a, b) = (&a.conversion, &b.conversion);
            let place = |it: &&'a Conversion| (&*it.key, it.ordinal);
            place(a).cmp(&place(b))
        });
        self.changes
            .sort_by_key(|it| (it.clickid, it.conversion, it.change.revision));
        self.payouts
            .sort_by_key(|it| (&*it.key.clickid, it.conversion, it.number));
        self.flags
            .sort_by_key(|it| (it.clickid, it.conversion, it.delivery, it.reason.name()));
        self.decisions.sort_by_key(|it| {
            (
                it.clickid,
                it.answer.conversion,
                it.answer.flag.delivery,
                it.answer.flag.reason.name(),
            )
        });
    }
}

/// The flags an entry raised, as a JSON list; `None` where there are none.
pub(super) fn flags_of(entry: &Entry) -> Option<String> {
    let names: Vec<&str> = entry.flags.iter().map(|flag| flag.name()).collect();
    json_list(&names)
}

/// The warnings a delivery is answered with, as a JSON list; `None` where there are none.
pub(super) fn warnings_of(delivery: &Delivery) -> Option<String> {
    json_list(&delivery.warnings)
}

/// What was wrong or doubtful, as a JSON list; `None` for an event.
pub(super) fn errors_of(delivery: &Delivery) -> Option<String> {
    match &delivery.event {
        Ok(_) => None,
        Err(NotAnEvent::Invalid(errors)) => json_list(errors),
        Err(NotAnEvent::Doubtful(doubts)) => json_list(doubts),
    }
}

fn json_list<T: Serialize>(items: &[T]) -> Option<String> {
    // Texts and structs of texts always serialise.
    (!items.is_empty()).then(|| serde_json::to_string(items).unwrap_or_default())
}
