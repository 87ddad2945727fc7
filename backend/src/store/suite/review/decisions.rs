//! Flags about how a conversion was opened, approved and rejected.

use super::{Desk, Step, tell_stories};
use crate::store::ReviewError;
use crate::store::place::{Kind, on_every_store};
use crate::testing::START;

on_every_store! {
    every_decision_ends_as_told,
    what_an_answer_would_do_is_shown_and_then_done,
}

async fn every_decision_ends_as_told(kind: Kind) {
    tell_stories(kind, STORIES).await;
}

async fn what_an_answer_would_do_is_shown_and_then_done(kind: Kind) {
    let mut desk = Desk::paid(kind).await;
    desk.play(0, "cashout approved 20USD clickid=late").await;
    desk.play(1, "cashout approved 20USD clickid=late").await;
    desk.play(2, "approve 1/unknown_click").await;
    let flag = desk.flag("1/suspected_duplicate");
    let preview = desk.store.preview(flag, &desk.agreements, START).await;
    let preview = preview.unwrap();
    assert_eq!((preview.flag.id, preview.others), (flag, 0));
    let rejected = preview.reject.unwrap();
    assert_eq!(rejected.moves.unwrap().change.to.status.name(), "rejected");
    assert_eq!(rejected.payouts, []);
    // The share of a cashout is taken off.
    let approved = preview.approve.unwrap();
    assert_eq!(approved.payouts[0].what.amount.to_string(), "-5.00 USD");
    assert_eq!(desk.play(3, "earned").await, "", "nothing was done yet");

    desk.play(4, "approve 1/suspected_duplicate").await;
    assert_eq!(desk.play(5, "earned").await, "1 revshare -5.00 USD");
    let gone = desk.store.preview(flag, &desk.agreements, START).await;
    assert!(matches!(gone, Err(ReviewError::Decided(_))), "{gone:?}");
}

const STORIES: &[(&str, &[Step])] = &[
    (
        "an approved flag no longer blocks, and is decided once",
        &[
            (
                0,
                "ftd approved 50USD clickid=nobody",
                "flagged unknown_click",
            ),
            (1, "ledger", "0 ftd approved 50.00 USD behind 1"),
            (2, "approve 0/unknown_click", "approved 0/unknown_click"),
            (3, "ledger", "0 ftd approved 50.00 USD"),
            (4, "queue", ""),
            (
                5,
                "reject 0/unknown_click",
                "0/unknown_click is approved already, by Ada at 2024-05-29T16:26:42Z: \"seen\"",
            ),
        ],
    ),
    (
        "a rejected flag rejects the conversion and settles what else was open on it",
        &[
            (
                0,
                "cashout approved 20USD clickid=nobody",
                "flagged unknown_click",
            ),
            (
                1,
                "cashout approved 20USD clickid=nobody",
                "flagged unknown_click suspected_duplicate",
            ),
            (
                2,
                "reject 1/suspected_duplicate",
                "rejected 1/suspected_duplicate, closed 1/unknown_click, 1 is rejected 20.00 USD",
            ),
            (
                3,
                "approve 1/unknown_click",
                "1/unknown_click is closed already, by Ada at 2024-05-29T16:26:42Z: \"seen\"",
            ),
            (
                4,
                "ledger",
                "0 cashout approved 20.00 USD behind 1, 1 cashout rejected 20.00 USD",
            ),
        ],
    ),
    (
        "of two flags that block, both must be answered",
        &[
            (
                0,
                "cashout approved 20USD clickid=nobody",
                "flagged unknown_click",
            ),
            (
                1,
                "cashout approved 20USD clickid=nobody",
                "flagged unknown_click suspected_duplicate",
            ),
            (
                2,
                "approve 1/suspected_duplicate",
                "approved 1/suspected_duplicate",
            ),
            (3, "queue", "0/unknown_click, 1/unknown_click"),
            (4, "click nobody", "2 healed"),
            (
                5,
                "ledger",
                "0 cashout approved 20.00 USD, 1 cashout approved 20.00 USD",
            ),
        ],
    ),
    (
        "another partner's click, approved and rejected",
        &[
            (0, "lead approved clickid=of_rival", "flagged foreign_click"),
            (
                1,
                "ftd pending 50USD clickid=of_rival",
                "flagged foreign_click",
            ),
            (2, "approve 0/foreign_click", "approved 0/foreign_click"),
            (
                3,
                "reject 1/foreign_click",
                "rejected 1/foreign_click, 1 is rejected 50.00 USD",
            ),
            (
                4,
                "ftd approved 50USD clickid=of_rival",
                "flagged reapproved",
            ),
        ],
    ),
    (
        "what the partner has taken back meanwhile stays so, whatever is decided",
        &[
            (0, "lead approved clickid=of_rival", "flagged foreign_click"),
            (1, "lead rejected clickid=of_rival", "updated of 0"),
            (
                2,
                "ftd pending 50USD clickid=of_rival",
                "flagged foreign_click",
            ),
            (3, "ftd rejected 50USD clickid=of_rival", "updated of 2"),
            (4, "approve 0/foreign_click", "approved 0/foreign_click"),
            (5, "reject 2/foreign_click", "rejected 2/foreign_click"),
            (6, "ledger", "0 lead rejected, 2 ftd rejected 50.00 USD"),
        ],
    ),
    (
        "a second first deposit is booked as a redeposit",
        &[
            (0, "ftd approved 50USD transaction_id=A", "accepted"),
            (
                1,
                "ftd pending 80USD transaction_id=B",
                "flagged double_ftd",
            ),
            (2, "approve 1/double_ftd", "approved 1/double_ftd, 1 opened"),
            (
                3,
                "ledger",
                "0 ftd approved 50.00 USD, 1 redeposit pending 80.00 USD",
            ),
            (
                4,
                "redeposit pending 80USD transaction_id=B",
                "duplicate of 1, flagged",
            ),
            (
                5,
                "ftd approved 80USD transaction_id=B",
                "flagged double_ftd",
            ),
            (
                6,
                "approve 3/double_ftd",
                "approved 3/double_ftd, 1 is approved 80.00 USD",
            ),
            (
                7,
                "ftd approved 80USD transaction_id=B sub_id_1=x",
                "flagged double_ftd",
            ),
            (
                8,
                "approve 4/double_ftd",
                "unfit: this deposit is booked already, as conversion 1: reject the flag, there is \
                 nothing left to book",
            ),
            (9, "reject 4/double_ftd", "rejected 4/double_ftd"),
            (
                10,
                "ledger",
                "0 ftd approved 50.00 USD, 1 redeposit approved 80.00 USD",
            ),
        ],
    ),
    (
        "a second first deposit that is rejected books nothing",
        &[
            (0, "ftd approved 50USD transaction_id=A", "accepted"),
            (
                1,
                "ftd approved 80USD transaction_id=B",
                "flagged double_ftd",
            ),
            (2, "reject 1/double_ftd", "rejected 1/double_ftd"),
            (3, "ledger", "0 ftd approved 50.00 USD"),
        ],
    ),
    (
        "a redeposit that a decision opens has its click checked like any other",
        &[
            (
                0,
                "ftd approved 50USD transaction_id=A clickid=nobody",
                "flagged unknown_click",
            ),
            (
                1,
                "ftd approved 80USD transaction_id=B clickid=nobody",
                "flagged double_ftd",
            ),
            (
                2,
                "approve 1/double_ftd",
                "approved 1/double_ftd, 1 opened, unknown_click raised",
            ),
            (
                3,
                "ledger",
                "0 ftd approved 50.00 USD behind 1, 1 redeposit approved 80.00 USD behind 1",
            ),
            (4, "click nobody", "2 healed"),
            (
                5,
                "ledger",
                "0 ftd approved 50.00 USD, 1 redeposit approved 80.00 USD",
            ),
        ],
    ),
    (
        "a flag that never was is named",
        &[
            (0, "lead approved", "accepted"),
            (
                1,
                "approve 0/double_ftd",
                "there is no flag 0/double_ftd; `postern review list` shows those that wait",
            ),
        ],
    ),
];
