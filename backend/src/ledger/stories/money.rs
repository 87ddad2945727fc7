//! What deliveries earn: each step's third part is the payout entries it must book, in order.

use std::collections::BTreeSet;
use std::sync::Arc;

use postern_protocol::event::EventKind;
use postern_protocol::geo::Geo;
use postern_protocol::time::UnixSeconds;

use super::{DAY, Step, Story, World, known_clicks};
use crate::agreement::{Agreement, BasisPoints, Caps, Cpa, RevShare, Rules, Terms, money_of};
use crate::delivery::Delivery;
use crate::ledger::decide;
use crate::payout::{Amount, PayoutKind, PayoutStep};
use crate::testing::START;

/// Seconds from the start of the stories to the next UTC day and to the next month.
const NEXT_DAY: i64 = 27_200;
const NEXT_MONTH: i64 = 200_000;

/// CPA 100 USD for a first deposit, 150 in Germany, 2 for a lead, for one conversion a day and two
/// a month; a quarter of deposits. From the next month on CPA is 80 USD, without caps.
pub(crate) fn agreement() -> Arc<Agreement> {
    let pay = |amount: &str| (EventKind::Ftd, money_of(amount).unwrap());
    let lead = (EventKind::Lead, money_of("2.00 USD").unwrap());
    let first = Rules {
        cpa: Some(Cpa {
            pay: [pay("100.00 USD"), lead].into(),
            by_geo: [(Geo::parse("DE").unwrap(), [pay("150.00 USD")].into())].into(),
        }),
        revshare: Some(RevShare {
            share: BasisPoints::new(2_500).unwrap(),
            of: BTreeSet::from([EventKind::Ftd, EventKind::Redeposit]),
            carry_over: true,
        }),
        hold_days: 14,
        caps: Caps {
            per_day: Some(1),
            per_month: Some(2),
        },
        ..Rules::paying_nothing(UnixSeconds(START.0 - 30 * DAY))
    };
    let second = Rules {
        cpa: Some(Cpa {
            pay: [pay("80.00 USD")].into(),
            ..Cpa::default()
        }),
        ..Rules::paying_nothing(UnixSeconds(START.0 + NEXT_MONTH))
    };
    Arc::new(Agreement {
        terms: vec![Terms::new(first), Terms::new(second)],
        ..Agreement::default()
    })
}

/// A story's deliveries under that agreement, where there is only one world.
pub(crate) fn paid_deliveries(steps: &[Step]) -> Vec<Delivery> {
    paid_deliveries_in(&World::default(), steps)
}

/// A story's deliveries under that agreement.
pub(crate) fn paid_deliveries_in(world: &World, steps: &[Step]) -> Vec<Delivery> {
    let agreement = agreement();
    let under = |delivery| Delivery {
        agreement: agreement.clone(),
        ..delivery
    };
    world.deliveries(steps).into_iter().map(under).collect()
}

/// A payout entry in the words of the table.
pub(crate) fn entry_in_words(kind: PayoutKind, step: PayoutStep, amount: Amount) -> String {
    format!("{kind} {step} {amount}")
}

#[test]
fn every_story_of_money_ends_as_told() {
    for (name, steps) in STORIES {
        let mut snapshot = known_clicks();
        for (delivery, (_, words, expected)) in paid_deliveries(steps).iter().zip(*steps) {
            let before = snapshot.books.payouts().len();
            decide(&mut snapshot, delivery);
            let booked = &snapshot.books.payouts()[before..];
            let booked: Vec<String> = booked
                .iter()
                .map(|it| entry_in_words(it.what.kind, it.what.step, it.what.amount))
                .collect();
            assert_eq!(booked.join(", "), *expected, "{name}: {words}");
        }
    }
}

pub(crate) const STORIES: &[Story] = &[
    (
        "a first deposit earns both kinds, and a claw-back takes both back",
        &[
            (
                0,
                "ftd approved 50USD",
                "cpa booked 100.00 USD, revshare booked 12.50 USD",
            ),
            (1, "ftd approved 50USD", ""),
            (
                2,
                "ftd rejected 50USD",
                "cpa clawed_back -100.00 USD, revshare clawed_back -12.50 USD",
            ),
            (3, "ftd pending 50USD", ""),
        ],
    ),
    (
        "what is pending earns nothing until it is approved",
        &[
            (0, "ftd pending 50USD geo=DE", ""),
            (
                1,
                "ftd approved 50USD",
                "cpa booked 150.00 USD, revshare booked 12.50 USD",
            ),
        ],
    ),
    (
        "an amount that changes adjusts the share, and only the share",
        &[
            (
                0,
                "ftd approved 50USD",
                "cpa booked 100.00 USD, revshare booked 12.50 USD",
            ),
            (1, "ftd approved 70USD", "revshare adjusted 5.00 USD"),
            (2, "ftd approved 60USD", "revshare adjusted -2.50 USD"),
            (
                3,
                "ftd rejected 60USD",
                "cpa clawed_back -100.00 USD, revshare clawed_back -2.50 USD, \
                revshare clawed_back -12.50 USD",
            ),
        ],
    ),
    (
        "a cashout is taken off the share, and its rejection gives it back",
        &[
            (
                0,
                "cashout approved 20USD transaction_id=A",
                "revshare booked -5.00 USD",
            ),
            (
                1,
                "cashout rejected 20USD transaction_id=A",
                "revshare clawed_back 5.00 USD",
            ),
        ],
    ),
    (
        "what a person must look at earns nothing",
        &[
            (0, "ftd approved 50USD clickid=nobody", ""),
            (1, "ftd approved 70USD clickid=nobody", ""),
            (2, "redeposit approved 20USD", "revshare booked 5.00 USD"),
            (3, "redeposit approved 20USD", ""),
        ],
    ),
    (
        "the day's cap leaves no place, and what is taken back frees none",
        &[
            (0, "lead approved", "cpa booked 2.00 USD"),
            (
                1,
                "ftd approved 50USD",
                "revshare booked 12.50 USD, cpa booked 0.00 USD",
            ),
            (2, "lead rejected", "cpa clawed_back -2.00 USD"),
            (3, "lead approved clickid=dated", "cpa booked 0.00 USD"),
        ],
    ),
    (
        "the next day has a place again, until the month's cap",
        &[
            (0, "lead approved", "cpa booked 2.00 USD"),
            (
                NEXT_DAY,
                "ftd approved 50USD",
                "cpa booked 100.00 USD, revshare booked 12.50 USD",
            ),
            (
                NEXT_DAY + DAY,
                "lead approved clickid=dated",
                "cpa booked 0.00 USD",
            ),
            (
                NEXT_MONTH,
                "ftd approved 50USD clickid=dated",
                "cpa booked 80.00 USD",
            ),
        ],
    ),
    (
        "the day of the event counts, not that of its receipt",
        &[
            (0, "lead approved", "cpa booked 2.00 USD"),
            (
                NEXT_DAY,
                "ftd approved 50USD timestamp=1717027199",
                "revshare booked 12.50 USD, cpa booked 0.00 USD",
            ),
            (
                NEXT_DAY + 1,
                "lead approved clickid=dated timestamp=1717027200",
                "cpa booked 2.00 USD",
            ),
        ],
    ),
    (
        "the terms that held when it happened count, however late it is approved or adjusted",
        &[
            (0, "ftd pending 50USD", ""),
            (
                NEXT_MONTH,
                "ftd approved 50USD",
                "cpa booked 100.00 USD, revshare booked 12.50 USD",
            ),
            (
                NEXT_MONTH + 1,
                "ftd approved 70USD",
                "revshare adjusted 5.00 USD",
            ),
        ],
    ),
    (
        "before the first terms and by terms that do not name it, nothing is booked",
        &[
            (0, "ftd approved 50USD timestamp=1714000000", ""),
            (1, "registration approved", ""),
            (2, "rival: lead rejected", ""),
        ],
    ),
    (
        "each partner has places of its own",
        &[
            (0, "lead approved", "cpa booked 2.00 USD"),
            (0, "rival: lead approved", "cpa booked 2.00 USD"),
        ],
    ),
    (
        "a clock that goes backwards neither books twice nor takes back more",
        &[
            (
                DAY,
                "ftd approved 50USD timestamp=1717000000",
                "cpa booked 100.00 USD, revshare booked 12.50 USD",
            ),
            (0, "ftd approved 50USD timestamp=1717000000", ""),
            (
                0,
                "ftd approved 60USD timestamp=1717000000",
                "revshare adjusted 2.50 USD",
            ),
            (
                1,
                "ftd rejected 60USD timestamp=1717000000",
                "cpa clawed_back -100.00 USD, revshare clawed_back -12.50 USD, \
                revshare clawed_back -2.50 USD",
            ),
        ],
    ),
];
