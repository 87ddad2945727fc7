//! What counts as the same, and is therefore booked once.

use super::{DAY, Story};

pub(super) const STORIES: &[Story] = &[
    (
        "a first deposit is accepted once, however often it is sent",
        &[
            (0, "ftd approved 50.00USD", "accepted"),
            (5, "ftd approved 50.00USD", "duplicate of 0, accepted"),
            (9 * DAY, "ftd approved 50.00USD", "duplicate of 0, accepted"),
        ],
    ),
    (
        "the same deposit in other words is a duplicate too",
        &[
            (0, "ftd approved 50.00USD", "accepted"),
            (
                5,
                "ftd approved 50.0USD sub_id_1=x",
                "duplicate of 0, accepted",
            ),
            (
                9,
                "ftd approved 50.0USD sub_id_1=x",
                "duplicate of 0, accepted",
            ),
        ],
    ),
    (
        "what was answered as a duplicate is answered the same way again, flagged or not",
        &[
            (0, "lead approved clickid=nobody", "flagged unknown_click"),
            (
                5,
                "lead approved clickid=nobody sub_id_1=x",
                "duplicate of 0, flagged",
            ),
            (
                DAY,
                "lead approved clickid=nobody sub_id_1=x",
                "duplicate of 0, flagged",
            ),
        ],
    ),
    (
        "the edge's own retry of a redeposit without an id is no second one",
        &[
            (0, "redeposit approved 20USD", "accepted"),
            (0, "redeposit approved 20USD", "duplicate of 0, accepted"),
            (1, "redeposit approved 20USD", "flagged suspected_duplicate"),
            (1, "redeposit approved 20USD", "duplicate of 2, flagged"),
            (0, "redeposit approved 20USD", "duplicate of 0, accepted"),
            (0, "redeposit approved 30USD", "accepted"),
        ],
    ),
    (
        "registration, lead and first deposit of one click stand side by side",
        &[
            (0, "registration approved", "accepted"),
            (1, "lead approved", "accepted"),
            (2, "ftd approved 50USD", "accepted"),
            (
                3,
                "registration approved timestamp=1717000099",
                "duplicate of 0, accepted",
            ),
        ],
    ),
    (
        "two partners may report the same click",
        &[
            (0, "registration approved", "accepted"),
            (1, "rival: registration approved", "accepted"),
        ],
    ),
    (
        "redeposits are told apart by their transaction id",
        &[
            (0, "redeposit approved 20USD transaction_id=A", "accepted"),
            (1, "redeposit approved 20USD transaction_id=B", "accepted"),
            (
                2,
                "redeposit approved 20USD transaction_id=A",
                "duplicate of 0, accepted",
            ),
            (
                3,
                "redeposit rejected 20USD transaction_id=A",
                "updated of 0",
            ),
            (4, "cashout approved 20USD transaction_id=A", "accepted"),
        ],
    ),
    (
        "an empty transaction id counts as absent",
        &[
            (
                0,
                "redeposit approved 20USD timestamp=1717000000 transaction_id=",
                "accepted",
            ),
            (
                1,
                "redeposit approved 20USD timestamp=1717000000",
                "duplicate of 0, accepted",
            ),
        ],
    ),
    (
        "without a transaction id the timestamp, amount and currency tell redeposits apart",
        &[
            (
                0,
                "redeposit pending 20USD timestamp=1717000000",
                "accepted",
            ),
            (
                1,
                "redeposit pending 20USD timestamp=1717000001",
                "accepted",
            ),
            (
                2,
                "redeposit pending 21USD timestamp=1717000000",
                "accepted",
            ),
            (
                3,
                "redeposit approved 20.0USD timestamp=1717000000",
                "updated of 0",
            ),
            (
                4,
                "redeposit pending 20USD timestamp=1717000000",
                "duplicate of 0, accepted",
            ),
        ],
    ),
    (
        "wrong fields are kept as invalid, and again the same way",
        &[
            (0, "ftd approved 50XXX", "invalid"),
            (1, "ftd approved 50XXX", "invalid of 0"),
            (2, "ftd approved 50USD", "accepted"),
        ],
    ),
    (
        "a macro is quarantined, and again the same way",
        &[
            (
                0,
                "ftd approved amount={amount} currency=USD",
                "quarantined",
            ),
            (
                1,
                "ftd approved amount={amount} currency=USD",
                "quarantined of 0",
            ),
            (2, "ftd approved 50USD", "accepted"),
        ],
    ),
];
