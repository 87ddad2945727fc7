//! All that is known about what a batch touches: loaded once, kept current while deciding.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use postern_protocol::answer::Verdict;
use postern_protocol::event::{Event, EventKind, TransactionId};
use postern_protocol::geo::Geo;
use postern_protocol::id::PartnerId;
use postern_protocol::time::UnixSeconds;
use uuid::Uuid;

use super::books::Books;
use super::click::LoggedClick;
use super::decide::{Change, reported_state};
use super::fingerprint::Fingerprint;
use super::transition::State;
use super::verdict::is_booked;
use crate::agreement::TermsVersion;
use crate::payout::Booked;

/// Conversions under one key that decisions look at: the latest so many. Only content that says
/// nothing to tell a retry from a second event opens more than one, and nobody reports the next
/// step of one that so many have followed.
pub const MAX_ALIKE: u32 = 64;

/// Where a conversion is found: the click, who reports it, and its identity.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConversionKey {
    /// The click it belongs to.
    pub clickid: String,
    /// Who reports it.
    pub partner: PartnerId,
    /// [`Identity::text`](super::Identity::text).
    pub identity: String,
}

/// A conversion as far as decisions need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversion {
    /// The id of the delivery that opened it.
    pub id: Uuid,
    /// Where it is found.
    pub key: Arc<ConversionKey>,
    /// 0, or how many conversions of the same content came before it.
    pub ordinal: u32,
    /// What happened.
    pub kind: EventKind,
    /// Where the visitor is.
    pub geo: Option<Geo>,
    /// When it happened: the event's timestamp, else when it was received.
    pub occurred_at: UnixSeconds,
    /// Its current state.
    pub state: State,
    /// Accepted or flagged: what the delivery that opened it was answered.
    pub opened_as: Verdict,
    /// When the delivery was received that opened it.
    pub opened_at: UnixSeconds,
    /// When it last moved.
    pub changed_at: Option<UnixSeconds>,
    /// The transaction id it is known by: for a first deposit the first one it was reported with,
    /// else the one it was opened with.
    pub transaction_id: Option<String>,
    /// How often it has changed, in any column.
    pub revision: u32,
    /// The revision it was loaded with; `None`: the store does not hold it yet.
    pub loaded_revision: Option<u32>,
    /// Open flags of the delivery that opened it. While there are any, it earns nothing.
    pub blocking_flags: u32,
    /// The terms it is paid by, frozen with its first payout entry.
    pub terms: Option<TermsVersion>,
    /// Its payout entries, oldest first.
    pub booked: Vec<Booked>,
}

impl Conversion {
    /// What an event opens that nothing speaks against; the delivery it came with gives its id.
    pub(super) fn opened_by(
        event: &Event,
        id: Uuid,
        key: ConversionKey,
        opened_at: UnixSeconds,
    ) -> Self {
        Self {
            id,
            key: Arc::new(key),
            ordinal: 0,
            kind: event.kind,
            geo: event.geo,
            occurred_at: event.timestamp.unwrap_or(opened_at),
            state: reported_state(event),
            opened_as: Verdict::Accepted,
            opened_at,
            changed_at: None,
            transaction_id: event.transaction_id.as_ref().map(ToString::to_string),
            revision: 0,
            loaded_revision: None,
            blocking_flags: 0,
            terms: None,
            booked: Vec::new(),
        }
    }

    /// When it was last opened or moved.
    #[must_use]
    pub fn touched_at(&self) -> UnixSeconds {
        self.changed_at.unwrap_or(self.opened_at)
    }

    /// Whether the store holds it, but not as it is now.
    #[must_use]
    pub fn is_stale_in_store(&self) -> bool {
        self.loaded_revision
            .is_some_and(|loaded| loaded != self.revision)
    }

    /// So many open flags keep it from earning from now on.
    pub(super) fn block(&mut self, flags: u32) {
        self.blocking_flags = flags;
        self.revision += 1;
    }

    /// A first deposit that has no transaction id yet takes the one it is reported with, so that a
    /// second one is told from it.
    pub(super) fn take_transaction(&mut self, reported: Option<&TransactionId>) {
        let reported = reported.filter(|_| self.kind == EventKind::Ftd);
        if let (None, Some(reported)) = (&self.transaction_id, reported) {
            self.transaction_id = Some(reported.to_string());
            self.revision += 1;
        }
    }

    /// Moves it to another state.
    pub(super) fn advance(&mut self, to: State, at: UnixSeconds) -> Change {
        let from = std::mem::replace(&mut self.state, to);
        self.changed_at = Some(at);
        self.revision += 1;
        Change {
            from,
            to,
            revision: self.revision,
        }
    }
}

/// The first delivery of a content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct First {
    /// Its id.
    pub id: Uuid,
    /// What became of it.
    pub verdict: Verdict,
    /// For a duplicate: the conversion it told nothing new of.
    pub original: Option<Original>,
}

/// The conversion a duplicate was answered for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Original {
    /// The id of the delivery that opened it.
    pub id: Uuid,
    /// What that delivery was answered.
    pub opened_as: Verdict,
}

/// What is known of one content.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Known {
    /// The first delivery of it that was booked.
    pub booked: Option<First>,
    /// The first delivery of it that was invalid or quarantined. A corrected setting, such as the
    /// partner's amount unit, can make the same content bookable later: so there may be both.
    pub refused: Option<First>,
}

/// What is known about everything a batch touches.
#[derive(Debug, Default)]
pub struct Snapshot {
    contents: HashMap<Fingerprint, Known>,
    clicks: HashMap<String, LoggedClick>,
    conversions: HashMap<Uuid, Conversion>,
    /// The conversions under each key by ordinal, [`MAX_ALIKE`] at most.
    alike: HashMap<Arc<ConversionKey>, VecDeque<Uuid>>,
    /// The money side.
    pub books: Books,
}

impl Snapshot {
    /// Adds the first delivery of a content; [`is_booked`] says of which sort.
    pub fn know_content(&mut self, fingerprint: Fingerprint, first: First) {
        let known = self.contents.entry(fingerprint).or_default();
        if is_booked(first.verdict) {
            known.booked = Some(first);
        } else {
            known.refused = Some(first);
        }
    }

    /// Adds a click of the click log.
    pub fn know_click(&mut self, clickid: String, click: LoggedClick) {
        self.clicks.insert(clickid, click);
    }

    /// Adds a conversion; those under one key come in the order of their ordinals.
    pub fn know_conversion(&mut self, conversion: Conversion) {
        let alike = self.alike.entry(conversion.key.clone()).or_default();
        if alike.len() == MAX_ALIKE as usize {
            alike.pop_front();
        }
        alike.push_back(conversion.id);
        self.conversions.insert(conversion.id, conversion);
    }

    /// The current state of a conversion that was loaded or opened.
    #[must_use]
    pub fn conversion(&self, id: Uuid) -> Option<&Conversion> {
        self.conversions.get(&id)
    }

    pub(super) fn content(&self, fingerprint: &Fingerprint) -> Known {
        self.contents.get(fingerprint).copied().unwrap_or_default()
    }

    /// The click, where the log has it and it was loaded.
    #[must_use]
    pub fn click(&self, clickid: &str) -> Option<&LoggedClick> {
        self.clicks.get(clickid)
    }

    /// The conversions under a key, lowest ordinal first.
    pub(super) fn alike(
        &self,
        key: &ConversionKey,
    ) -> impl DoubleEndedIterator<Item = &Conversion> {
        let ids = self.alike.get(key).into_iter().flatten();
        ids.filter_map(|id| self.conversions.get(id))
    }

    /// Counts that a conversion under this key is opened or moved, in the first of them. Decisions look
    /// at all of them, so whoever writes one must meet whoever wrote another one meanwhile.
    pub(super) fn count_alike(&mut self, key: &ConversionKey) {
        if let Some(&first) = self.alike.get(key).and_then(VecDeque::front) {
            self.count(first);
        }
    }

    /// Counts what is new about a conversion and changes no other column of it: who has decided about it
    /// meanwhile, without having seen that, must meet it.
    pub(super) fn count(&mut self, id: Uuid) {
        if let Some(conversion) = self.conversions.get_mut(&id) {
            conversion.revision += 1;
        }
    }

    /// All conversions that were loaded or opened, in no order.
    pub fn conversions(&self) -> impl Iterator<Item = &Conversion> {
        self.conversions.values()
    }

    /// Those that money was booked for.
    pub fn paid(&self) -> impl Iterator<Item = &Conversion> {
        self.conversions().filter(|it| it.terms.is_some())
    }

    /// Adds a payout entry of a conversion that was loaded; they come oldest first.
    pub fn know_booked(&mut self, conversion: Uuid, entry: Booked) {
        if let Some(conversion) = self.conversions.get_mut(&conversion) {
            conversion.booked.push(entry);
        }
    }

    pub(super) fn settling(&mut self, id: Uuid) -> Option<(&mut Conversion, &mut Books)> {
        Some((self.conversions.get_mut(&id)?, &mut self.books))
    }

    /// A conversion to change; those that are changed are loaded or opened before.
    pub(super) fn conversion_mut(&mut self, id: Uuid) -> Option<&mut Conversion> {
        self.conversions.get_mut(&id)
    }

    /// The conversions the store holds in an older state, in the order of their keys.
    #[must_use]
    pub fn stale_in_store(&self) -> Vec<&Conversion> {
        let stale = |it: &&Conversion| it.is_stale_in_store();
        let mut stale: Vec<&Conversion> = self.conversions.values().filter(stale).collect();
        stale.sort_unstable_by(|a, b| (&a.key.clickid, a.id).cmp(&(&b.key.clickid, b.id)));
        stale
    }
}
