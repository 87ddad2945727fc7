//! What holds when the clock goes backwards between two deliveries.

use super::{DAY, MINUTE, Story};

pub(super) const STORIES: &[Story] = &[
    (
        "what was booked later by the clock is a duplicate all the same",
        &[
            (DAY, "ftd approved 50USD", "accepted"),
            (0, "ftd approved 50USD", "duplicate of 0, accepted"),
            (
                MINUTE,
                "ftd approved 50.0USD sub_id_1=x",
                "duplicate of 0, accepted",
            ),
        ],
    ),
    (
        "a conversion moves on in the order of arrival",
        &[
            (DAY, "ftd pending 50USD", "accepted"),
            (MINUTE, "ftd approved 50USD", "updated of 0"),
            (0, "ftd rejected 50USD", "updated of 0"),
            (
                2 * DAY,
                "ftd approved 50USD sub_id_1=x",
                "flagged reapproved",
            ),
        ],
    ),
    (
        "a redeposit from before the one it resembles is suspected, however far back the clock went",
        &[
            (9 * DAY, "redeposit approved 20USD", "accepted"),
            (0, "redeposit approved 20USD", "flagged suspected_duplicate"),
            (
                MINUTE,
                "redeposit approved 20USD",
                "flagged suspected_duplicate",
            ),
            (10 * DAY, "redeposit approved 20USD", "accepted"),
        ],
    ),
];
