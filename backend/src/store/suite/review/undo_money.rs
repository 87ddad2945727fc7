//! What undoing an answer does to money: it goes back by new entries, each cent as of its time.

use super::{Desk, Step, tell_paid_stories};
use crate::ledger::Cause;
use crate::payout::{HELD_BACK, PayoutStep};
use crate::store::place::{Kind, on_every_store};
use crate::testing::START;

on_every_store! {
    every_undone_answer_takes_its_money_back,
    what_is_taken_back_bears_the_undo_and_its_own_time,
}

async fn every_undone_answer_takes_its_money_back(kind: Kind) {
    tell_paid_stories(kind, STORIES).await;
}

async fn what_is_taken_back_bears_the_undo_and_its_own_time(kind: Kind) {
    let mut desk = Desk::paid(kind).await;
    desk.play(0, "lead approved clickid=nobody").await;
    desk.play(10, "approve 0/unknown_click").await;
    desk.play(86_400, "undo 0/unknown_click").await;
    let lines = desk.store.payouts("nobody").await.unwrap();
    let undo = &desk.store.decisions("nobody").await.unwrap()[1];
    assert_eq!(lines.len(), 2);
    let back = &lines[1];
    assert_eq!(back.amount.to_string(), "-2.00 USD");
    assert_eq!(back.step, PayoutStep::ClawedBack);
    assert_eq!(
        (back.cause, &*back.rule),
        (Cause::Decision(undo.id), HELD_BACK)
    );
    assert_eq!(
        back.booked_at.0,
        START.0 + 86_400,
        "in the period of the undo"
    );
    assert_eq!(
        back.due_at, lines[0].due_at,
        "and as of the time it was due"
    );
}

const STORIES: &[(&str, &[Step])] = &[
    (
        "what was booked is taken back, and booked again with the next approval",
        &[
            (
                0,
                "ftd approved 50USD clickid=nobody",
                "flagged unknown_click",
            ),
            (1, "approve 0/unknown_click", "approved 0/unknown_click"),
            (2, "earned", "0 cpa 100.00 USD, 0 revshare 12.50 USD"),
            (3, "undo 0/unknown_click", "undone 0/unknown_click"),
            (4, "earned", "0 cpa 0.00 USD, 0 revshare 0.00 USD"),
            (5, "ftd approved 60USD clickid=nobody", "updated of 0"),
            (6, "earned", "0 cpa 0.00 USD, 0 revshare 0.00 USD"),
            (7, "approve 0/unknown_click", "approved 0/unknown_click"),
            (8, "earned", "0 cpa 100.00 USD, 0 revshare 15.00 USD"),
        ],
    ),
    (
        "a rejection that is undone earns nothing before the flag is approved",
        &[
            (0, "lead approved clickid=of_rival", "flagged foreign_click"),
            (
                1,
                "reject 0/foreign_click",
                "rejected 0/foreign_click, 0 is rejected",
            ),
            (
                2,
                "undo 0/foreign_click",
                "undone 0/foreign_click, 0 is approved",
            ),
            (3, "earned", ""),
            (4, "approve 0/foreign_click", "approved 0/foreign_click"),
            (5, "earned", "0 cpa 2.00 USD"),
        ],
    ),
    (
        "a redeposit by an undone answer earns nothing, the first deposit what it did",
        &[
            (0, "ftd approved 50USD transaction_id=A", "accepted"),
            (
                1,
                "ftd approved 80USD transaction_id=B",
                "flagged double_ftd",
            ),
            (2, "approve 1/double_ftd", "approved 1/double_ftd, 1 opened"),
            (3, "undo 1/double_ftd", "undone 1/double_ftd"),
            (
                4,
                "earned",
                "0 cpa 100.00 USD, 0 revshare 12.50 USD, 1 revshare 0.00 USD",
            ),
            (5, "approve 1/double_ftd", "approved 1/double_ftd"),
            (
                6,
                "earned",
                "0 cpa 100.00 USD, 0 revshare 12.50 USD, 1 revshare 20.00 USD",
            ),
        ],
    ),
    (
        "another currency is given back",
        &[
            (0, "redeposit approved 40USD transaction_id=R", "accepted"),
            (
                1,
                "redeposit approved 60EUR transaction_id=R",
                "flagged currency_changed",
            ),
            (
                2,
                "approve 1/currency_changed",
                "approved 1/currency_changed, 0 is approved 60.00 EUR",
            ),
            (3, "earned", "0 revshare 15.00 EUR, 0 revshare 0.00 USD"),
            (
                4,
                "undo 1/currency_changed",
                "undone 1/currency_changed, 0 is approved 40.00 USD",
            ),
            (5, "earned", "0 revshare 0.00 EUR, 0 revshare 10.00 USD"),
        ],
    ),
];
