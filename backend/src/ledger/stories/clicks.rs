//! What must fit between a conversion and its click.

use super::{DAY, Story};

pub(super) const STORIES: &[Story] = &[
    (
        "a click counts for ninety days where nothing else is agreed",
        &[
            (90 * DAY, "lead approved clickid=dated", "accepted"),
            (
                90 * DAY + 1,
                "registration approved clickid=dated",
                "flagged expired_click",
            ),
        ],
    ),
    (
        "the window is for winning a player, whose later money counts for life",
        &[
            (90 * DAY, "ftd approved 50USD clickid=dated", "accepted"),
            (
                91 * DAY,
                "redeposit approved 20USD clickid=dated",
                "accepted",
            ),
            (
                900 * DAY,
                "cashout approved 20USD clickid=dated",
                "accepted",
            ),
            (
                901 * DAY,
                "rival: cashout approved 20USD clickid=dated",
                "flagged foreign_click",
            ),
        ],
    ),
    (
        "a first deposit after the window goes to a person",
        &[(
            90 * DAY + 1,
            "ftd approved 50USD clickid=dated",
            "flagged expired_click",
        )],
    ),
    (
        "the event's own time counts, not when it was received",
        &[
            (
                120 * DAY,
                "lead approved clickid=dated timestamp=1717000001",
                "accepted",
            ),
            (
                120 * DAY + 1,
                "registration approved clickid=dated timestamp=1724776001",
                "flagged expired_click",
            ),
        ],
    ),
    (
        "an event may lie a little before its click, as clocks differ",
        &[
            (
                0,
                "lead approved clickid=dated timestamp=1716999700",
                "accepted",
            ),
            (
                1,
                "registration approved clickid=dated timestamp=1716999699",
                "flagged before_click",
            ),
        ],
    ),
    (
        "an event may lie a day ahead of us, and no further",
        &[
            (0, "lead approved timestamp=1717086400", "accepted"),
            (
                0,
                "registration approved timestamp=1717086401",
                "flagged future_event",
            ),
        ],
    ),
    (
        "each thing that does not fit is told",
        &[
            (
                91 * DAY,
                "rival: lead approved clickid=dated",
                "flagged foreign_click expired_click",
            ),
            (
                0,
                "lead approved clickid=nobody timestamp=1717086401",
                "flagged unknown_click future_event",
            ),
        ],
    ),
    (
        "the click is checked when a conversion is opened, and never again",
        &[
            (0, "ftd pending 50USD clickid=dated", "accepted"),
            (
                100 * DAY,
                "ftd approved 50USD clickid=dated",
                "updated of 0",
            ),
        ],
    ),
];
