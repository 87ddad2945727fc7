//! Where stories are played: several stores opened on one database, as several backends are.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::future::join_all;
use postern_protocol::id::PartnerId;
use postern_protocol::time::UnixSeconds;
use uuid::{Builder, Uuid};

use super::order::{Deed, Thread, Told};
use super::plain::{Answer, FlagName, agreement};
use super::story::{Act, CLICKS, LogLine, PARTNERS, Round, Sent};
use crate::agreement::{Agreement, Agreements};
use crate::delivery::{Arrival, Delivery};
use crate::ledger::stories::World;
use crate::ledger::{self, Decision, Entry, FlagId, FlagReason};
use crate::store::place::{Kind, Place};
use crate::store::{Click, ReviewError, Store};
use crate::testing::{START, arrival, click};

/// Backends on one database.
const WRITERS: usize = 3;

/// Told apart over all stories: they share a database.
static IDS: AtomicU64 = AtomicU64::new(0);

pub(super) struct Stage {
    place: Place,
    stores: Vec<Store>,
}

/// One writer in one world at one time.
struct Writer<'a> {
    store: &'a Store,
    world: &'a World,
    agreement: Arc<Agreement>,
    now: i64,
}

impl Stage {
    pub(super) async fn of(kind: Kind) -> Self {
        let mut stage = Self {
            place: kind.place().await,
            stores: Vec::new(),
        };
        stage.restart().await;
        stage
    }

    /// Any of the stores: they all show the same.
    pub(super) fn store(&self) -> &Store {
        &self.stores[0]
    }

    /// Closes every store and opens it again.
    pub(super) async fn restart(&mut self) {
        for store in self.stores.drain(..) {
            store.close().await;
        }
        for _ in 0..WRITERS {
            self.stores.push(self.place.open().await);
        }
    }

    /// Does what happens at once, and tells what each writer did.
    pub(super) async fn play(
        &self,
        world: &World,
        round: &Round,
        flags: &[FlagName],
        now: i64,
    ) -> Vec<Thread> {
        let writers = self.stores.iter().cycle().map(|store| Writer {
            store,
            world,
            agreement: agreement(),
            now,
        });
        let acts = round.acts.iter().zip(writers);
        join_all(acts.map(|(act, writer)| writer.act(act, flags))).await
    }
}

impl Writer<'_> {
    async fn act(self, act: &Act, flags: &[FlagName]) -> Thread {
        let at = |place: &usize| flags.get(place % flags.len().max(1)).copied();
        match act {
            Act::Deliver(batch) => self.deliver(batch).await,
            Act::Click(place) => self.click(CLICKS[*place]).await,
            Act::Approve(place) => self.decide(at(place), ledger::Answer::Approve).await,
            Act::Reject(place) => self.decide(at(place), ledger::Answer::Reject).await,
            Act::Undo(place) => self.decide(at(place), ledger::Answer::Undo).await,
        }
    }

    async fn deliver(&self, batch: &[(Sent, u8)]) -> Thread {
        let deliveries: Vec<Delivery> = batch
            .iter()
            .map(|(sent, request)| self.read(sent, *request))
            .collect();
        let entries = self.store.book(&deliveries).await.unwrap();
        let told = deliveries.iter().zip(batch).zip(entries);
        let told = told.map(|((delivery, (sent, request)), entry)| {
            let deed = Deed::Deliver {
                id: delivery.id,
                sent: sent.clone(),
                request: *request,
            };
            (deed, Told::Answer(answer(&entry)))
        });
        told.collect()
    }

    /// As the backend does: the import is durable before anything heals.
    async fn click(&self, line: LogLine) -> Thread {
        let (clickid, partner, clicked_at) = line;
        let name = self.world.name(clickid);
        let partner = partner.map(|it| self.world.name(it));
        let row = Click {
            clicked_at: clicked_at.map(|it| UnixSeconds(START.0 + it)),
            sub_id_1: Some(clickid.to_owned()),
            ..click(&name, partner.as_deref())
        };
        self.store.import_clicks(&[row]).await.unwrap();
        let healed = self
            .store
            .heal(&[&name], &self.agreements(), self.time())
            .await
            .unwrap();
        vec![
            (Deed::Import(line), Told::Imported),
            (Deed::Heal(clickid), Told::Healed(healed)),
        ]
    }

    async fn decide(&self, flag: Option<FlagName>, answer: ledger::Answer) -> Thread {
        let Some((delivery, reason)) = flag else {
            return Vec::new();
        };
        let id = FlagId {
            delivery,
            reason: FlagReason::parse(reason).unwrap(),
        };
        let decision = Decision::new(id, answer, "Ada", "why").unwrap();
        let decided = self
            .store
            .review(&decision, &self.agreements(), self.id(), self.time())
            .await;
        let told = Told::Decided(match decided {
            Ok(_) => Ok(()),
            Err(ReviewError::Decided(_)) => Err("decided"),
            Err(ReviewError::Unfit(_)) => Err("unfit"),
            Err(other) => panic!("{other}"),
        });
        let deed = match answer {
            ledger::Answer::Approve => Deed::Approve((delivery, reason)),
            ledger::Answer::Reject => Deed::Reject((delivery, reason)),
            ledger::Answer::Undo => Deed::Undo((delivery, reason)),
        };
        vec![(deed, told)]
    }

    fn read(&self, sent: &Sent, request: u8) -> Delivery {
        let query = sent.query(&self.world.name(sent.clickid));
        let arrival = Arrival {
            request_id: format!("r-{request}"),
            ..arrival(&self.world.name(sent.partner), &query)
        };
        arrival
            .read(self.id(), self.time(), self.agreement.clone())
            .expect("it is readable")
    }

    fn agreements(&self) -> Agreements {
        let named = |it: &&str| PartnerId::parse(&self.world.name(it)).unwrap();
        let agreed = |it| (named(it), (*self.agreement).clone());
        PARTNERS.iter().map(agreed).collect()
    }

    fn time(&self) -> UnixSeconds {
        UnixSeconds(START.0 + self.now)
    }

    /// Ids lead with the time on this writer's clock, as those of a backend do.
    fn id(&self) -> Uuid {
        let mut random = [0; 10];
        random[2..].copy_from_slice(&IDS.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        let millis = self.time().0.unsigned_abs() * 1_000;
        Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }
}

fn answer(entry: &Entry) -> Answer {
    Answer {
        verdict: entry.verdict.name(),
        about: entry.answer_id,
        first: entry.first_result.map(|it| it.name()),
        flags: entry.flags.iter().map(|it| it.name()).collect(),
    }
}
