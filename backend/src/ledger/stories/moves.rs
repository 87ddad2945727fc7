//! How a conversion's state moves.

use super::{DAY, MINUTE, Story};

pub(super) const STORIES: &[Story] = &[
    (
        "pending moves to approved, and a late pending changes nothing",
        &[
            (0, "ftd pending 50USD", "accepted"),
            (1, "ftd approved 50USD", "updated of 0"),
            (
                2,
                "ftd pending 50USD sub_id_1=late",
                "duplicate of 0, accepted",
            ),
            (3, "ftd pending 50USD", "duplicate of 0, accepted"),
        ],
    ),
    (
        "pending moves to rejected",
        &[
            (0, "lead pending", "accepted"),
            (1, "lead rejected reason=bot", "updated of 0"),
            (2, "lead rejected reason=fraud", "duplicate of 0, accepted"),
        ],
    ),
    (
        "an approved deposit is taken back, and its return goes to a person",
        &[
            (0, "ftd approved 50USD", "accepted"),
            (1, "ftd rejected 50USD", "updated of 0"),
            (2, "ftd approved 50USD sub_id_1=again", "flagged reapproved"),
            (3, "ftd pending 50USD", "duplicate of 0, accepted"),
        ],
    ),
    (
        "an amount that changes after approval is an update",
        &[
            (0, "ftd approved 50USD", "accepted"),
            (1, "ftd approved 70USD", "updated of 0"),
            (2, "ftd approved 70.00USD", "duplicate of 0, accepted"),
        ],
    ),
    (
        "a pending amount may change in any way",
        &[
            (0, "ftd pending 50USD", "accepted"),
            (1, "ftd pending 60EUR", "updated of 0"),
            (2, "ftd approved 60EUR", "updated of 0"),
        ],
    ),
    (
        "another currency after approval goes to a person",
        &[
            (0, "ftd approved 50USD", "accepted"),
            (1, "ftd approved 50EUR", "flagged currency_changed"),
        ],
    ),
    (
        "a redeposit without an id moves on, and may be taken back days later",
        &[
            (0, "redeposit pending 20USD", "accepted"),
            (3 * DAY, "redeposit approved 20USD", "updated of 0"),
            (
                3 * DAY + 1,
                "redeposit pending 20USD",
                "duplicate of 0, accepted",
            ),
            (
                6 * DAY,
                "redeposit rejected 20USD reason=chargeback",
                "updated of 0",
            ),
            (7 * DAY, "redeposit approved 20USD", "accepted"),
        ],
    ),
    (
        "of a redeposit without an id and its suspected duplicate, the original moves on first",
        &[
            (0, "redeposit pending 20USD", "accepted"),
            (
                MINUTE,
                "redeposit pending 20USD",
                "flagged suspected_duplicate",
            ),
            (DAY, "redeposit approved 20USD", "updated of 0"),
            (
                DAY + 1,
                "redeposit rejected 20USD reason=chargeback",
                "updated of 0",
            ),
            (DAY + 2, "redeposit approved 20USD", "updated of 1"),
        ],
    ),
    (
        "a rejection that is sent again takes back no second redeposit",
        &[
            (0, "redeposit approved 20USD", "accepted"),
            (3 * DAY, "redeposit approved 20USD", "accepted"),
            (4 * DAY, "redeposit rejected 20USD", "updated of 0"),
            (
                4 * DAY + 1,
                "redeposit rejected 20USD",
                "flagged suspected_duplicate",
            ),
            (5 * DAY, "redeposit rejected 20USD", "updated of 1"),
        ],
    ),
    (
        "an approval that is sent again approves no second redeposit",
        &[
            (0, "redeposit pending 20USD", "accepted"),
            (2 * DAY, "redeposit pending 20USD", "accepted"),
            (3 * DAY, "redeposit approved 20USD", "updated of 0"),
            (
                3 * DAY + 1,
                "redeposit approved 20USD",
                "flagged suspected_duplicate",
            ),
        ],
    ),
    (
        "a rejection that is sent again after the only redeposit says nothing new",
        &[
            (0, "redeposit approved 20USD", "accepted"),
            (MINUTE, "redeposit rejected 20USD", "updated of 0"),
            (
                2 * MINUTE,
                "redeposit rejected 20USD",
                "duplicate of 0, accepted",
            ),
        ],
    ),
    (
        "a rejected deposit that is approved within the window goes to a person",
        &[
            (0, "redeposit rejected 20USD", "accepted"),
            (5 * MINUTE, "redeposit approved 20USD", "flagged reapproved"),
        ],
    ),
];
