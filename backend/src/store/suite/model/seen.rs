//! The state of a ledger as far as store and model can be held against each other.

use std::collections::BTreeMap;

use postern_protocol::id::PartnerId;
use uuid::Uuid;

use super::plain::{Account, FlagName, Model, Paid};
use super::story::{CLICKS, PARTNERS};
use crate::ledger::stories::World;
use crate::store::{Dimension, FunnelQuery, Store};
use crate::testing::START;

/// Click, partner, event, status, amount, and how many flags keep it from earning.
type Conversion = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    Option<Paid>,
    usize,
);

/// All conversions, all flags with how they were closed, what stands in each account by when it is due,
/// and how many conversions of a partner come from which source: that of each click is its name.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) conversions: BTreeMap<Uuid, Conversion>,
    pub(super) flags: BTreeMap<FlagName, (Uuid, Option<&'static str>)>,
    pub(super) money: BTreeMap<(Account, i64), i64>,
    pub(super) sources: BTreeMap<(&'static str, Option<String>), u64>,
}

impl Seen {
    pub(super) fn of(model: &Model) -> Self {
        let conversions = model.conversions.iter().map(|(id, it)| {
            let blocking = model.blocking(*id);
            (
                *id,
                (
                    it.clickid, it.partner, it.event, it.status, it.paid, blocking,
                ),
            )
        });
        let flags = model.flags.iter();
        let lots = model.money.lots.iter();
        let money = lots.flat_map(|(account, lots)| {
            lots.iter()
                .map(|(due_at, minor)| ((*account, *due_at), *minor))
        });
        Self {
            conversions: conversions.collect(),
            flags: flags
                .map(|(name, it)| (*name, (it.conversion, it.outcome)))
                .collect(),
            money: money.filter(|(_, minor)| *minor != 0).collect(),
            sources: sources_of(model),
        }
    }

    /// What the store holds of this world.
    pub(super) async fn in_store(store: &Store, world: &World) -> Self {
        let mut seen = Self::default();
        for (clickid, ..) in CLICKS {
            seen.add_conversions(store, world, clickid).await;
            seen.add_flags(store, &world.name(clickid)).await;
            seen.add_money(store, &world.name(clickid)).await;
        }
        seen.money.retain(|_, minor| *minor != 0);
        for partner in PARTNERS {
            seen.add_sources(store, world, partner).await;
        }
        seen
    }

    async fn add_conversions(&mut self, store: &Store, world: &World, clickid: &'static str) {
        for it in store.conversions(&world.name(clickid)).await.unwrap() {
            let is_theirs = |partner: &&&str| world.name(partner) == it.partner;
            let partner = PARTNERS.iter().find(is_theirs).unwrap();
            let paid = it
                .money
                .map(|money| (money.minor(), money.currency().code()));
            let (event, status) = (it.event.name(), it.status.name());
            let blocking = it.blocking_flags as usize;
            let state = (clickid, *partner, event, status, paid, blocking);
            self.conversions.insert(it.id, state);
        }
    }

    async fn add_flags(&mut self, store: &Store, clickid: &str) {
        let decisions = store.decisions(clickid).await.unwrap();
        for flag in store.flags(clickid).await.unwrap() {
            let name = (flag.delivery, flag.reason);
            let answers = decisions
                .iter()
                .filter(|it| (it.flag.delivery, it.flag.reason) == name);
            let mut answers: Vec<_> = answers.map(|it| (it.number, it.outcome.name())).collect();
            answers.sort_unstable();
            for (place, (number, outcome)) in (0..).zip(&answers) {
                let undoes = place % 2 == 1;
                assert_eq!((*number, *outcome == "undone"), (place, undoes), "{flag:?}");
            }
            assert_eq!(answers.len() % 2, usize::from(!flag.is_open), "{flag:?}");
            let outcome = answers.last().filter(|_| !flag.is_open);
            let state = (flag.conversion, outcome.map(|(_, outcome)| *outcome));
            self.flags
                .insert((flag.delivery, flag.reason.name()), state);
        }
    }

    async fn add_sources(&mut self, store: &Store, world: &World, partner: &'static str) {
        let asked = FunnelQuery {
            partner: Some(PartnerId::parse(&world.name(partner)).unwrap()),
            by: vec![Dimension::Source],
            ..FunnelQuery::default()
        };
        for it in store.funnel(&asked).await.unwrap().conversions {
            let source = it.key.get("sub_id_1").map(str::to_owned);
            *self.sources.entry((partner, source)).or_default() += it.count;
        }
    }

    async fn add_money(&mut self, store: &Store, clickid: &str) {
        for it in store.payouts(clickid).await.unwrap() {
            let account = (it.conversion, it.kind.name(), it.amount.currency.code());
            let due_at = it.due_at.0 - START.0;
            *self.money.entry((account, due_at)).or_default() += it.amount.minor;
        }
    }
}

fn sources_of(model: &Model) -> BTreeMap<(&'static str, Option<String>), u64> {
    let mut sources = BTreeMap::new();
    for it in model.conversions.values() {
        let is_logged = model.clicks.contains_key(it.clickid);
        let source = is_logged.then(|| it.clickid.to_owned());
        *sources.entry((it.partner, source)).or_default() += 1;
    }
    sources
}
