//! Flags about a change of a conversion, approved and rejected; and nothing comes back that was
//! rejected since.

use super::{Step, tell_stories};
use crate::store::place::{Kind, on_every_store};

on_every_store! {
    every_flagged_change_ends_as_told,
}

async fn every_flagged_change_ends_as_told(kind: Kind) {
    tell_stories(kind, STORIES).await;
}

const DAY: i64 = 86_400;

const REJECTED_SINCE: &str = "unfit: the conversion has been rejected since; reject the flag. \
    Should it be good after all, ask the partner for a postback that approves it with a timestamp \
    not sent before: the same one again is a duplicate";

const STORIES: &[(&str, &[Step])] = &[
    (
        "what was rejected and is reported as approved takes that state, or stays",
        &[
            (0, "ftd approved 50USD", "accepted"),
            (1, "ftd rejected 50USD", "updated of 0"),
            (2, "ftd approved 60USD", "flagged reapproved"),
            (3, "ftd approved 70USD", "flagged reapproved"),
            (4, "reject 3/reapproved", "rejected 3/reapproved"),
            (5, "ledger", "0 ftd rejected 50.00 USD"),
            (
                6,
                "approve 2/reapproved",
                "approved 2/reapproved, 0 is approved 60.00 USD",
            ),
            (7, "ledger", "0 ftd approved 60.00 USD"),
        ],
    ),
    (
        "another currency is taken, or not, and never brings back what was rejected",
        &[
            (0, "ftd approved 50USD", "accepted"),
            (1, "ftd approved 45EUR", "flagged currency_changed"),
            (2, "ftd approved 7000JPY", "flagged currency_changed"),
            (3, "ftd approved 40GBP", "flagged currency_changed"),
            (
                4,
                "reject 2/currency_changed",
                "rejected 2/currency_changed",
            ),
            (
                5,
                "approve 1/currency_changed",
                "approved 1/currency_changed, 0 is approved 45.00 EUR",
            ),
            (6, "ftd rejected 45EUR", "updated of 0"),
            (7, "approve 3/currency_changed", REJECTED_SINCE),
            (8, "ledger", "0 ftd rejected 45.00 EUR"),
        ],
    ),
    (
        "an old approval never brings back what was rejected since",
        &[
            (0, "ftd approved 50USD", "accepted"),
            (1, "ftd rejected 50USD", "updated of 0"),
            (2, "ftd approved 60USD", "flagged reapproved"),
            (3, "ftd approved 70USD", "flagged reapproved"),
            (
                4,
                "approve 3/reapproved",
                "approved 3/reapproved, 0 is approved 70.00 USD",
            ),
            (5, "ftd rejected 70USD", "updated of 0"),
            (6, "approve 2/reapproved", REJECTED_SINCE),
            (7, "ledger", "0 ftd rejected 70.00 USD"),
            (8, "ftd approved 60USD", "duplicate of 2, flagged"),
            (
                9,
                "ftd approved 60USD timestamp=1717000009",
                "flagged reapproved",
            ),
        ],
    ),
    (
        "what was rejected after the flag stays so, within the same second and by a clock set back",
        &[
            (0, "ftd approved 50USD", "accepted"),
            (1, "ftd rejected 50USD", "updated of 0"),
            (1, "ftd approved 60USD", "flagged reapproved"),
            (1, "ftd approved 70USD", "flagged reapproved"),
            (1, "ftd approved 80USD", "flagged reapproved"),
            (
                1,
                "approve 3/reapproved",
                "approved 3/reapproved, 0 is approved 70.00 USD",
            ),
            (1, "ftd rejected 70USD", "updated of 0"),
            (1, "approve 2/reapproved", REJECTED_SINCE),
            (1, "ftd approved 90USD", "flagged reapproved"),
            (
                1,
                "approve 6/reapproved",
                "approved 6/reapproved, 0 is approved 90.00 USD",
            ),
            (-60, "ftd rejected 90USD", "updated of 0"),
            (2, "approve 4/reapproved", REJECTED_SINCE),
            (3, "ledger", "0 ftd rejected 90.00 USD"),
        ],
    ),
    (
        "what may be a retry or a second step is taken or not, as is decided",
        &[
            (0, "redeposit approved 20USD", "accepted"),
            (2 * DAY, "redeposit approved 20USD", "accepted"),
            (3 * DAY, "redeposit rejected 20USD", "updated of 0"),
            (
                3 * DAY + 1,
                "redeposit rejected 20USD",
                "flagged suspected_duplicate",
            ),
            (
                3 * DAY + 2,
                "redeposit rejected 20USD",
                "flagged suspected_duplicate",
            ),
            (
                3 * DAY + 3,
                "reject 3/suspected_duplicate",
                "rejected 3/suspected_duplicate",
            ),
            (
                3 * DAY + 4,
                "ledger",
                "0 redeposit rejected 20.00 USD, 1 redeposit approved 20.00 USD",
            ),
            (
                3 * DAY + 5,
                "approve 4/suspected_duplicate",
                "approved 4/suspected_duplicate, 1 is rejected 20.00 USD",
            ),
        ],
    ),
    (
        "an approval that may be a retry brings back nothing that was rejected since",
        &[
            (0, "redeposit pending 20USD", "accepted"),
            (2 * DAY, "redeposit pending 20USD", "accepted"),
            (3 * DAY, "redeposit approved 20USD", "updated of 0"),
            (
                3 * DAY + 1,
                "redeposit approved 20USD",
                "flagged suspected_duplicate",
            ),
            (5 * DAY, "redeposit rejected 20USD", "updated of 0"),
            (7 * DAY, "redeposit rejected 20USD", "updated of 1"),
            (8 * DAY, "approve 3/suspected_duplicate", REJECTED_SINCE),
        ],
    ),
];
