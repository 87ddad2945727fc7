//! Flags about when it happened: each approved and rejected, with what it earns then.

use super::{Step, tell_paid_stories};
use crate::store::place::{Kind, on_every_store};

on_every_store! {
    every_flag_about_a_time_ends_as_told,
}

async fn every_flag_about_a_time_ends_as_told(kind: Kind) {
    tell_paid_stories(kind, STORIES).await;
}

const STORIES: &[(&str, &[Step])] = &[
    (
        "an event of the day after tomorrow",
        &[
            (
                0,
                "ftd approved 50USD timestamp=1717100000",
                "flagged future_event",
            ),
            (
                1,
                "lead approved timestamp=1717100000",
                "flagged future_event",
            ),
            (2, "earned", ""),
            (3, "approve 0/future_event", "approved 0/future_event"),
            (
                4,
                "reject 1/future_event",
                "rejected 1/future_event, 1 is rejected",
            ),
            (5, "ledger", "0 ftd approved 50.00 USD, 1 lead rejected"),
            (6, "earned", "0 cpa 100.00 USD, 0 revshare 12.50 USD"),
        ],
    ),
    (
        "a click that was too old",
        &[
            (0, "click old of acme at -8000000", "0 healed"),
            (1, "ftd approved 50USD clickid=old", "flagged expired_click"),
            (2, "lead approved clickid=old", "flagged expired_click"),
            (3, "earned", ""),
            (4, "approve 0/expired_click", "approved 0/expired_click"),
            (
                5,
                "reject 1/expired_click",
                "rejected 1/expired_click, 1 is rejected",
            ),
            (6, "ledger", "0 ftd approved 50.00 USD, 1 lead rejected"),
            (7, "earned", "0 cpa 100.00 USD, 0 revshare 12.50 USD"),
        ],
    ),
    (
        "a click that came after",
        &[
            (0, "click after of acme at 1000", "0 healed"),
            (
                1,
                "ftd approved 50USD clickid=after",
                "flagged before_click",
            ),
            (2, "lead approved clickid=after", "flagged before_click"),
            (3, "earned", ""),
            (
                4,
                "reject 0/before_click",
                "rejected 0/before_click, 0 is rejected 50.00 USD",
            ),
            (5, "approve 1/before_click", "approved 1/before_click"),
            (6, "ledger", "0 ftd rejected 50.00 USD, 1 lead approved"),
            (7, "earned", "1 cpa 2.00 USD"),
        ],
    ),
    (
        "both at once: each is answered, and only then it earns",
        &[
            (0, "click old of acme at -8000000", "0 healed"),
            (
                1,
                "lead approved clickid=old timestamp=1717100000",
                "flagged expired_click future_event",
            ),
            (2, "approve 0/future_event", "approved 0/future_event"),
            (3, "earned", ""),
            (4, "approve 0/expired_click", "approved 0/expired_click"),
            (5, "earned", "0 cpa 2.00 USD"),
            (
                6,
                "reject 0/expired_click",
                "0/expired_click is approved already, by Ada at 2024-05-29T16:26:44Z: \"seen\"",
            ),
        ],
    ),
];
