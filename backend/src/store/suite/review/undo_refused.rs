//! What stands in the way of undoing an answer, and what to do first.

use postern_protocol::time::UnixSeconds;

use super::{Desk, Step, tell_stories};
use crate::report::period::Day;
use crate::store::place::{Kind, on_every_store};
use crate::testing::START;

on_every_store! {
    each_refusal_says_what_to_do_first,
    what_the_partner_said_and_nobody_can_read_any_more_may_be_a_rejection,
}

async fn each_refusal_says_what_to_do_first(kind: Kind) {
    tell_stories(kind, REFUSED).await;
}

async fn what_the_partner_said_and_nobody_can_read_any_more_may_be_a_rejection(kind: Kind) {
    let mut desk = Desk::open(kind).await;
    desk.play(0, "ftd approved 50USD clickid=nobody").await;
    desk.play(1, "reject 0/unknown_click").await;
    let late = desk.play(2, "ftd pending 50USD clickid=nobody").await;
    assert_eq!(late, "duplicate of 0, flagged");
    // PostgreSQL removes months as a whole.
    let later = Day::of(UnixSeconds(START.0 + 40 * 86_400));
    desk.store.prune(later, later).await.unwrap();
    let refused = desk.play(3, "undo 0/unknown_click").await;
    assert!(
        refused.starts_with("unfit: the partner has reported conversion 0"),
        "{refused}"
    );
}

const REFUSED: &[(&str, &[Step])] = &[
    (
        "what nobody has answered cannot be undone, nor what the click log has",
        &[
            (0, "lead approved clickid=late", "flagged unknown_click"),
            (
                1,
                "undo 0/unknown_click",
                "unfit: the flag waits for a decision: there is nothing to undo",
            ),
            (2, "click late", "1 healed"),
            (
                3,
                "undo 0/unknown_click",
                "unfit: the click log has answered it, and would again: its click is there. To take \
                 the conversion back, ask the partner for a postback with the status rejected",
            ),
        ],
    ),
    (
        "what the partner has reported after the answer stands",
        &[
            (0, "ftd approved 50USD", "accepted"),
            (1, "ftd approved 50EUR", "flagged currency_changed"),
            (
                2,
                "approve 1/currency_changed",
                "approved 1/currency_changed, 0 is approved 50.00 EUR",
            ),
            (3, "ftd approved 60EUR", "updated of 0"),
            (
                4,
                "undo 1/currency_changed",
                "unfit: conversion 0 has moved since, by delivery 2: what the partner has reported \
                 after the answer stands; it is the partner who turns it around, by another postback",
            ),
        ],
    ),
    (
        "of two answers that moved a conversion the later is undone first",
        &[
            (0, "ftd approved 50USD", "accepted"),
            (1, "ftd approved 50EUR", "flagged currency_changed"),
            (2, "ftd approved 60EUR", "flagged currency_changed"),
            (
                3,
                "approve 1/currency_changed",
                "approved 1/currency_changed, 0 is approved 50.00 EUR",
            ),
            (
                4,
                "approve 2/currency_changed",
                "approved 2/currency_changed, 0 is approved 60.00 EUR",
            ),
            (
                5,
                "undo 1/currency_changed",
                "unfit: conversion 0 has moved since, by the answer to 2/currency_changed: undo \
                 that first",
            ),
            (
                6,
                "undo 2/currency_changed",
                "undone 2/currency_changed, 0 is approved 50.00 EUR",
            ),
            (
                7,
                "undo 1/currency_changed",
                "undone 1/currency_changed, 0 is approved 50.00 USD",
            ),
            (8, "queue", "1/currency_changed, 2/currency_changed"),
        ],
    ),
    (
        "a rejection that the partner has confirmed stays; a late pending confirms nothing",
        &[
            (
                0,
                "ftd approved 50USD clickid=nobody",
                "flagged unknown_click",
            ),
            (
                1,
                "reject 0/unknown_click",
                "rejected 0/unknown_click, 0 is rejected 50.00 USD",
            ),
            (
                2,
                "ftd pending 50USD clickid=nobody",
                "duplicate of 0, flagged",
            ),
            (
                3,
                "undo 0/unknown_click",
                "undone 0/unknown_click, 0 is approved 50.00 USD",
            ),
            (
                4,
                "reject 0/unknown_click",
                "rejected 0/unknown_click, 0 is rejected 50.00 USD",
            ),
            (
                5,
                "ftd rejected 50USD clickid=nobody",
                "duplicate of 0, flagged",
            ),
            (
                6,
                "undo 0/unknown_click",
                "unfit: the partner has reported conversion 0 as rejected too, in delivery 2: it \
                 stays so. Should it be good after all, ask the partner for a postback that \
                 approves it with a timestamp not sent before",
            ),
            (7, "ledger", "0 ftd rejected 50.00 USD"),
        ],
    ),
];
