//! What is kept and goes to a person.

use super::{DAY, MINUTE, Story};

pub(super) const STORIES: &[Story] = &[
    (
        "a second first deposit with another transaction id goes to a person",
        &[
            (0, "ftd approved 50USD transaction_id=A", "accepted"),
            (
                1,
                "ftd approved 50USD transaction_id=A sub_id_1=x",
                "duplicate of 0, accepted",
            ),
            (
                2,
                "ftd approved 80USD transaction_id=B",
                "flagged double_ftd",
            ),
            (3, "ftd approved 50USD", "duplicate of 0, accepted"),
        ],
    ),
    (
        "a first deposit takes the transaction id that is reported later",
        &[
            (0, "ftd pending 50USD", "accepted"),
            (1, "ftd approved 50USD transaction_id=A", "updated of 0"),
            (
                2,
                "ftd approved 80USD transaction_id=B",
                "flagged double_ftd",
            ),
            (3, "ftd approved 60USD transaction_id=A", "updated of 0"),
        ],
    ),
    (
        "and takes it from a report that says nothing else that is new",
        &[
            (0, "ftd approved 50USD", "accepted"),
            (
                1,
                "ftd approved 50USD transaction_id=A",
                "duplicate of 0, accepted",
            ),
            (
                2,
                "ftd approved 80USD transaction_id=B",
                "flagged double_ftd",
            ),
        ],
    ),
    (
        "with nothing to tell a retry from a second redeposit, it is kept and goes to a person",
        &[
            (0, "redeposit approved 20USD", "accepted"),
            (
                10 * MINUTE,
                "redeposit approved 20USD",
                "flagged suspected_duplicate",
            ),
            (
                20 * MINUTE,
                "redeposit approved 20.0USD",
                "flagged suspected_duplicate",
            ),
            (30 * MINUTE, "redeposit approved 21USD", "accepted"),
        ],
    ),
    (
        "after the window the same redeposit is a new one",
        &[
            (0, "redeposit approved 20USD", "accepted"),
            (
                DAY - 1,
                "redeposit approved 20USD",
                "flagged suspected_duplicate",
            ),
            (
                2 * DAY - 2,
                "redeposit approved 20USD",
                "flagged suspected_duplicate",
            ),
            (3 * DAY - 2, "redeposit approved 20USD", "accepted"),
        ],
    ),
    (
        "an unknown click is kept and goes to a person, once",
        &[
            (
                0,
                "ftd pending 50USD clickid=nobody",
                "flagged unknown_click",
            ),
            (
                1,
                "ftd pending 50USD clickid=nobody",
                "duplicate of 0, flagged",
            ),
            (2, "ftd approved 50USD clickid=nobody", "updated of 0"),
        ],
    ),
    (
        "another partner's click goes to a person",
        &[
            (0, "lead approved clickid=of_rival", "flagged foreign_click"),
            (1, "rival: lead approved clickid=of_rival", "accepted"),
        ],
    ),
    (
        "one delivery can have two reasons for review",
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
        ],
    ),
];
