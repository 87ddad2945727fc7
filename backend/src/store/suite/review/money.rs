//! What answers to flags do to money: payout entries always add up to what is due now.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;

use super::{Desk, Step, tell_paid_stories};
use crate::agreement::{Agreement, Caps, Rules, Terms};
use crate::ledger::FlagId;
use crate::ledger::stories::money::agreement;
use crate::payout::{Due, Earning, due};
use crate::store::place::{Kind, on_every_store};
use crate::store::{ConversionRecord, FlagRecord, MAX_WAITING, WaitingFilter, WaitingOrder};

on_every_store! {
    every_answer_moves_the_money_as_told,
    an_answer_that_changes_nothing_books_nothing,
    whatever_happens_the_money_adds_up_to_what_is_due,
}

/// The agreement of the ledger's own stories, without caps: a place depends on what came before.
pub(super) fn without_caps() -> Arc<Agreement> {
    let terms = agreement().terms.clone().into_iter().map(|terms| {
        Terms::new(Rules {
            caps: Caps::NONE,
            ..(*terms).clone()
        })
    });
    Arc::new(Agreement {
        terms: terms.collect(),
        ..Agreement::default()
    })
}

async fn every_answer_moves_the_money_as_told(kind: Kind) {
    tell_paid_stories(kind, STORIES).await;
}

const STORIES: &[(&str, &[Step])] = &[
    (
        "nothing is earned before the flag is approved",
        &[
            (0, "lead approved clickid=nobody", "flagged unknown_click"),
            (1, "earned", ""),
            (2, "approve 0/unknown_click", "approved 0/unknown_click"),
            (3, "earned", "0 cpa 2.00 USD"),
            (4, "lead rejected clickid=nobody", "updated of 0"),
            (5, "earned", "0 cpa 0.00 USD"),
            (
                6,
                "lead approved clickid=nobody sub_id_1=x",
                "flagged reapproved",
            ),
            (7, "earned", "0 cpa 0.00 USD"),
            (
                8,
                "approve 2/reapproved",
                "approved 2/reapproved, 0 is approved",
            ),
            (9, "earned", "0 cpa 2.00 USD"),
        ],
    ),
    (
        "what a person rejects earns nothing, and no click heals it into money",
        &[
            (0, "lead approved clickid=late", "flagged unknown_click"),
            (
                1,
                "reject 0/unknown_click",
                "rejected 0/unknown_click, 0 is rejected",
            ),
            (2, "click late", "0 healed"),
            (3, "earned", ""),
        ],
    ),
    (
        "a late click books what waited for it, and another partner's does not",
        &[
            (0, "lead approved clickid=late", "flagged unknown_click"),
            (1, "lead approved clickid=theirs", "flagged unknown_click"),
            (2, "click late", "1 healed"),
            (3, "click theirs of rival", "1 healed"),
            (4, "earned", "0 cpa 2.00 USD"),
            (5, "approve 1/foreign_click", "approved 1/foreign_click"),
            (6, "earned", "0 cpa 2.00 USD, 1 cpa 2.00 USD"),
        ],
    ),
    (
        "a second first deposit earns as the redeposit it is",
        &[
            (0, "ftd approved 50USD transaction_id=A", "accepted"),
            (
                1,
                "ftd approved 80USD transaction_id=B",
                "flagged double_ftd",
            ),
            (2, "earned", "0 cpa 100.00 USD, 0 revshare 12.50 USD"),
            (3, "approve 1/double_ftd", "approved 1/double_ftd, 1 opened"),
            (
                4,
                "earned",
                "0 cpa 100.00 USD, 0 revshare 12.50 USD, 1 revshare 20.00 USD",
            ),
        ],
    ),
    (
        "another currency moves the share, and leaves what is paid in dollars",
        &[
            (0, "redeposit approved 50USD transaction_id=R", "accepted"),
            (
                1,
                "redeposit approved 40EUR transaction_id=R",
                "flagged currency_changed",
            ),
            (2, "earned", "0 revshare 12.50 USD"),
            (
                3,
                "approve 1/currency_changed",
                "approved 1/currency_changed, 0 is approved 40.00 EUR",
            ),
            (4, "earned", "0 revshare 10.00 EUR, 0 revshare 0.00 USD"),
        ],
    ),
];

/// A few words that meet each other in many ways.
fn any_words() -> impl Strategy<Value = String> {
    let event = prop::sample::select(vec!["ftd", "redeposit", "lead", "cashout"]);
    let status = prop::sample::select(vec!["approved", "pending", "rejected"]);
    let amount = prop::sample::select(vec!["10USD", "20USD", "10EUR"]);
    let extra = prop::sample::select(vec![
        "",
        " transaction_id=A",
        " transaction_id=B",
        " clickid=late",
        " clickid=late transaction_id=B",
    ]);
    (event, status, amount, extra)
        .prop_map(|(event, status, amount, extra)| format!("{event} {status} {amount}{extra}"))
}

/// What happens next: a delivery, an answer to the flag at this place of the queue, or the click.
#[derive(Debug, Clone)]
enum Happens {
    Delivery(String),
    Answer(&'static str, usize),
    Click(&'static str),
}

fn anything() -> impl Strategy<Value = Happens> {
    let answer = prop::sample::select(vec!["approve", "reject"]);
    let click = prop::sample::select(vec!["late", "late of rival", "late at -9000000"]);
    prop_oneof![
        6 => any_words().prop_map(Happens::Delivery),
        4 => (answer, 0_usize..8).prop_map(|(answer, place)| Happens::Answer(answer, place)),
        1 => click.prop_map(Happens::Click),
    ]
}

/// What an agreement would pay by now is no part of the answer to a flag.
async fn an_answer_that_changes_nothing_books_nothing(kind: Kind) {
    let mut desk = Desk::open(kind).await;
    for (seconds, words) in [
        (0, "ftd approved 50USD transaction_id=A"),
        (1, "ftd approved 80USD transaction_id=B"),
        (2, "ftd approved 90USD transaction_id=C"),
    ] {
        desk.play(seconds, words).await;
    }
    desk.agreements = Desk::paid(kind).await.agreements;
    desk.play(3, "reject 1/double_ftd").await;
    assert_eq!(desk.play(4, "earned").await, "");
    // Approval opens a redeposit, which earns; the first deposit is as it was.
    desk.play(5, "approve 2/double_ftd").await;
    assert_eq!(desk.play(6, "earned").await, "2 revshare 22.50 USD");
}

/// All of it in one store: each case has clicks of its own, and no case sees another's.
async fn whatever_happens_the_money_adds_up_to_what_is_due(kind: Kind) {
    const CASES: usize = 12;
    const STEPS: std::ops::Range<usize> = 10..40;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut desk = Desk::paid(kind).await;
    for number in 0..CASES {
        let story = prop::collection::vec(anything(), STEPS).new_tree(&mut runner);
        let story = story.unwrap().current();
        let case = Case(number);
        desk.play(0, &format!("click {}", case.known())).await;
        for (second, happens) in story.iter().enumerate() {
            case.play(&mut desk, second as i64, happens).await;
            case.assert_adds_up(&desk, &story).await;
        }
    }
}

/// The number of a case, and part of the names of its clicks.
struct Case(usize);

impl Case {
    fn known(&self) -> String {
        format!("known-{}", self.0)
    }

    fn late(&self) -> String {
        format!("late-{}", self.0)
    }

    async fn play(&self, desk: &mut Desk, second: i64, happens: &Happens) {
        match happens {
            Happens::Delivery(words) if words.contains("clickid=late") => {
                let late = format!("clickid={}", self.late());
                desk.play(second, &words.replace("clickid=late", &late))
                    .await;
            }
            Happens::Delivery(words) => {
                desk.play(second, &format!("{words} clickid={}", self.known()))
                    .await;
            }
            Happens::Click(words) => {
                let words = words.replace("late", &self.late());
                desk.play(second, &format!("click {words}")).await;
            }
            Happens::Answer(answer, place) => {
                let Some(flag) = self.waiting(desk, *place).await else {
                    return;
                };
                let number = desk.deliveries.iter().position(|it| it.id == flag.delivery);
                let flag = format!("{}/{}", number.unwrap(), flag.reason);
                desk.play(second, &format!("{answer} {flag}")).await;
            }
        }
    }

    /// The flag at this place of the queue, counted round.
    async fn waiting(&self, desk: &Desk, place: usize) -> Option<FlagId> {
        let all = WaitingFilter::default();
        let order = WaitingOrder::Age;
        let waiting = desk.store.waiting(&all, order, None, MAX_WAITING).await;
        let ours = [self.known(), self.late()];
        let mut waiting = waiting.unwrap();
        waiting.retain(|flag| ours.contains(&flag.clickid));
        Some(waiting.get(place % waiting.len().max(1))?.id)
    }

    /// For each conversion, by kind and currency: the sum of its entries is what is due now; and the
    /// flags it counts as blocking are those that are open.
    async fn assert_adds_up(&self, desk: &Desk, story: &[Happens]) {
        for clickid in [self.known(), self.late()] {
            let entries = desk.store.payouts(&clickid).await.unwrap();
            let flags = desk.store.flags(&clickid).await.unwrap();
            for conversion in desk.store.conversions(&clickid).await.unwrap() {
                let mut booked: BTreeMap<_, i64> = BTreeMap::new();
                for entry in entries.iter().filter(|it| it.conversion == conversion.id) {
                    let account = (entry.kind.name(), entry.amount.currency.code());
                    *booked.entry(account).or_default() += entry.amount.minor;
                }
                booked.retain(|_, minor| *minor != 0);
                assert_eq!(booked, due_now(&conversion), "{conversion:?}\n{story:?}");
                let open = |it: &&FlagRecord| {
                    it.is_open && it.conversion == conversion.id && it.delivery == conversion.id
                };
                let open = flags.iter().filter(open).count();
                assert_eq!(open, conversion.blocking_flags as usize, "{story:?}");
            }
        }
    }
}

fn due_now(conversion: &ConversionRecord) -> BTreeMap<(&'static str, &'static str), i64> {
    let agreement = without_caps();
    let terms = agreement.terms_at(conversion.occurred_at).unwrap();
    let earning = Earning {
        kind: conversion.event,
        status: conversion.status,
        money: conversion.money,
        geo: None,
        is_blocked: conversion.blocking_flags > 0,
    };
    let due = due(terms, &earning, None).into_iter();
    let account = |it: Due| ((it.kind.name(), it.amount.currency.code()), it.amount.minor);
    due.map(account).filter(|(_, minor)| *minor != 0).collect()
}
