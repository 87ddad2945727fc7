//! Answers that are undone: the flag waits again, and the conversion is as before.

use super::{Step, tell_stories};
use crate::store::place::{Kind, on_every_store};

on_every_store! {
    every_undone_answer_ends_as_told,
}

async fn every_undone_answer_ends_as_told(kind: Kind) {
    tell_stories(kind, STORIES).await;
}

const STORIES: &[(&str, &[Step])] = &[
    (
        "a flag is answered, undone, answered otherwise and undone again",
        &[
            (
                0,
                "ftd approved 50USD clickid=nobody",
                "flagged unknown_click",
            ),
            (1, "approve 0/unknown_click", "approved 0/unknown_click"),
            (2, "undo 0/unknown_click", "undone 0/unknown_click"),
            (3, "ledger", "0 ftd approved 50.00 USD behind 1"),
            (4, "queue", "0/unknown_click"),
            (
                5,
                "reject 0/unknown_click",
                "rejected 0/unknown_click, 0 is rejected 50.00 USD",
            ),
            (
                6,
                "undo 0/unknown_click",
                "undone 0/unknown_click, 0 is approved 50.00 USD",
            ),
            (7, "ledger", "0 ftd approved 50.00 USD behind 1"),
            (8, "approve 0/unknown_click", "approved 0/unknown_click"),
            (9, "ledger", "0 ftd approved 50.00 USD"),
            (
                10,
                "ftd approved 50USD clickid=nobody",
                "duplicate of 0, flagged",
            ),
            (11, "ftd approved 60USD clickid=nobody", "updated of 0"),
        ],
    ),
    (
        "what a rejection closed waits again with it",
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
                "reject 0/unknown_click",
                "rejected 0/unknown_click, closed 1/double_ftd, 0 is rejected 50.00 USD",
            ),
            (
                3,
                "undo 1/double_ftd",
                "unfit: it was closed by the rejection of 0/unknown_click: undo that, and it waits \
                 again too",
            ),
            (
                4,
                "undo 0/unknown_click",
                "undone 0/unknown_click, undone 1/double_ftd, 0 is approved 50.00 USD",
            ),
            (5, "queue", "0/unknown_click, 1/double_ftd"),
            (
                6,
                "approve 1/double_ftd",
                "approved 1/double_ftd, 1 opened, unknown_click raised",
            ),
        ],
    ),
    (
        "a redeposit that was booked by an undone answer is held back until the next",
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
                "ledger",
                "0 ftd approved 50.00 USD, 1 redeposit approved 80.00 USD behind 1",
            ),
            (
                5,
                "redeposit approved 90USD transaction_id=B",
                "updated of 1",
            ),
            (6, "approve 1/double_ftd", "approved 1/double_ftd"),
            (
                7,
                "ledger",
                "0 ftd approved 50.00 USD, 1 redeposit approved 90.00 USD",
            ),
            (8, "undo 1/double_ftd", "undone 1/double_ftd"),
            (
                9,
                "reject 1/double_ftd",
                "rejected 1/double_ftd, 1 is rejected 90.00 USD",
            ),
            (
                10,
                "ledger",
                "0 ftd approved 50.00 USD, 1 redeposit rejected 90.00 USD",
            ),
            (
                11,
                "undo 1/double_ftd",
                "undone 1/double_ftd, 1 is approved 90.00 USD",
            ),
            (
                12,
                "ledger",
                "0 ftd approved 50.00 USD, 1 redeposit approved 90.00 USD behind 1",
            ),
        ],
    ),
    (
        "to reject such a redeposit for another reason closes its flag, to reject the first deposit not",
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
            (3, "undo 1/double_ftd", "undone 1/double_ftd"),
            (
                4,
                "reject 0/unknown_click",
                "rejected 0/unknown_click, 0 is rejected 50.00 USD",
            ),
            (
                5,
                "reject 1/unknown_click",
                "rejected 1/unknown_click, closed 1/double_ftd, 1 is rejected 80.00 USD",
            ),
            (
                6,
                "undo 1/unknown_click",
                "undone 1/unknown_click, undone 1/double_ftd, 1 is approved 80.00 USD",
            ),
            (
                7,
                "ledger",
                "0 ftd rejected 50.00 USD, 1 redeposit approved 80.00 USD behind 2",
            ),
        ],
    ),
    (
        "a reapproval that was undone can be approved again",
        &[
            (0, "lead approved", "accepted"),
            (1, "lead rejected", "updated of 0"),
            (2, "lead approved sub_id_1=x", "flagged reapproved"),
            (
                3,
                "approve 2/reapproved",
                "approved 2/reapproved, 0 is approved",
            ),
            (4, "undo 2/reapproved", "undone 2/reapproved, 0 is rejected"),
            (
                5,
                "approve 2/reapproved",
                "approved 2/reapproved, 0 is approved",
            ),
            (6, "undo 2/reapproved", "undone 2/reapproved, 0 is rejected"),
            (7, "reject 2/reapproved", "rejected 2/reapproved"),
            (8, "undo 2/reapproved", "undone 2/reapproved"),
            (9, "ledger", "0 lead rejected"),
        ],
    ),
    (
        "what waits again for its click is healed when that is there",
        &[
            (0, "lead approved clickid=late", "flagged unknown_click"),
            (
                1,
                "reject 0/unknown_click",
                "rejected 0/unknown_click, 0 is rejected",
            ),
            (2, "click late", "0 healed"),
            (
                3,
                "undo 0/unknown_click",
                "undone 0/unknown_click, 0 is approved",
            ),
            (4, "click late", "1 healed"),
            (5, "ledger", "0 lead approved"),
        ],
    ),
];
