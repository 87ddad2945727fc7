//! Caps, answers and late clicks: a place is taken when money is booked, and never given back.

use super::{Step, tell_capped_stories};
use crate::store::place::{Kind, on_every_store};

on_every_store! {
    a_place_is_taken_by_what_is_booked_first,
}

async fn a_place_is_taken_by_what_is_booked_first(kind: Kind) {
    tell_capped_stories(kind, STORIES).await;
}

/// One CPA a day.
const STORIES: &[(&str, &[Step])] = &[
    (
        "a place is kept for what an undone answer takes back",
        &[
            (0, "lead approved clickid=nobody", "flagged unknown_click"),
            (1, "approve 0/unknown_click", "approved 0/unknown_click"),
            (2, "undo 0/unknown_click", "undone 0/unknown_click"),
            (3, "lead approved", "accepted"),
            (4, "earned", "0 cpa 0.00 USD, 1 cpa 0.00 USD"),
            (5, "approve 0/unknown_click", "approved 0/unknown_click"),
            (6, "earned", "0 cpa 2.00 USD, 1 cpa 0.00 USD"),
        ],
    ),
    (
        "what waits for its click takes no place",
        &[
            (0, "lead approved clickid=late", "flagged unknown_click"),
            (1, "ftd approved 50USD", "accepted"),
            (2, "click late", "1 healed"),
            (
                3,
                "earned",
                "0 cpa 0.00 USD, 1 cpa 100.00 USD, 1 revshare 12.50 USD",
            ),
        ],
    ),
    (
        "a late click takes the place there is, one of another partner does not",
        &[
            (0, "lead approved clickid=theirs", "flagged unknown_click"),
            (1, "lead approved clickid=late", "flagged unknown_click"),
            (2, "click theirs of rival", "1 healed"),
            (3, "click late", "1 healed"),
            (4, "approve 0/foreign_click", "approved 0/foreign_click"),
            (5, "earned", "0 cpa 0.00 USD, 1 cpa 2.00 USD"),
        ],
    ),
    (
        "of two that are approved the first one to be approved is paid",
        &[
            (0, "lead approved clickid=nobody", "flagged unknown_click"),
            (1, "lead approved clickid=other", "flagged unknown_click"),
            (2, "approve 1/unknown_click", "approved 1/unknown_click"),
            (3, "approve 0/unknown_click", "approved 0/unknown_click"),
            (4, "earned", "0 cpa 0.00 USD, 1 cpa 2.00 USD"),
        ],
    ),
    (
        "what is rejected takes no place",
        &[
            (0, "lead approved clickid=nobody", "flagged unknown_click"),
            (
                1,
                "reject 0/unknown_click",
                "rejected 0/unknown_click, 0 is rejected",
            ),
            (2, "lead approved", "accepted"),
            (3, "earned", "1 cpa 2.00 USD"),
        ],
    ),
    (
        "a claw-back frees no place, and who holds one comes back to it",
        &[
            (0, "lead approved clickid=nobody", "flagged unknown_click"),
            (1, "approve 0/unknown_click", "approved 0/unknown_click"),
            (2, "lead rejected clickid=nobody", "updated of 0"),
            (3, "lead approved", "accepted"),
            (4, "earned", "0 cpa 0.00 USD, 2 cpa 0.00 USD"),
            (
                5,
                "lead approved clickid=nobody sub_id_1=x",
                "flagged reapproved",
            ),
            (
                6,
                "approve 3/reapproved",
                "approved 3/reapproved, 0 is approved",
            ),
            (7, "earned", "0 cpa 2.00 USD, 2 cpa 0.00 USD"),
        ],
    ),
    (
        "the place is one of the day it happened, not of the day it is approved",
        &[
            (0, "lead approved clickid=nobody", "flagged unknown_click"),
            (1, "lead approved", "accepted"),
            (
                30_000,
                "lead approved clickid=of_rival",
                "flagged foreign_click",
            ),
            (
                30_001,
                "approve 0/unknown_click",
                "approved 0/unknown_click",
            ),
            (
                30_002,
                "approve 2/foreign_click",
                "approved 2/foreign_click",
            ),
            (
                30_003,
                "earned",
                "0 cpa 0.00 USD, 1 cpa 2.00 USD, 2 cpa 2.00 USD",
            ),
        ],
    ),
];
