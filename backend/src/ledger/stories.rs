//! The ledger's rules as a table of stories. Each step is a delivery and what it must become.
//!
//! The same table is told to every store, so that what is decided here is what is kept there.

use super::{Entry, Snapshot, decide};
use crate::delivery::Delivery;
use crate::testing::{KNOWN_CLICK, delivery_of};

const MINUTE: i64 = 60;
const DAY: i64 = 86_400;

/// Seconds after the start, the delivery, and its verdict with any flags or first result.
pub(crate) type Step = (i64, &'static str, &'static str);

/// A story's name and its steps. A step that starts with `rival:` is another partner's.
pub(crate) const STORIES: &[(&str, &[Step])] = &[
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
                "duplicate of 1, duplicate",
            ),
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
        "pending moves to approved, and a late pending changes nothing",
        &[
            (0, "ftd pending 50USD", "accepted"),
            (1, "ftd approved 50USD", "updated"),
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
            (1, "lead rejected reason=bot", "updated"),
            (2, "lead rejected reason=fraud", "duplicate of 0, accepted"),
        ],
    ),
    (
        "an approved deposit is taken back, and its return goes to a person",
        &[
            (0, "ftd approved 50USD", "accepted"),
            (1, "ftd rejected 50USD", "updated"),
            (2, "ftd approved 50USD sub_id_1=again", "flagged reapproved"),
            (3, "ftd pending 50USD", "duplicate of 0, accepted"),
        ],
    ),
    (
        "an amount that changes after approval is an update",
        &[
            (0, "ftd approved 50USD", "accepted"),
            (1, "ftd approved 70USD", "updated"),
            (2, "ftd approved 70.00USD", "duplicate of 0, accepted"),
        ],
    ),
    (
        "a pending amount may change in any way",
        &[
            (0, "ftd pending 50USD", "accepted"),
            (1, "ftd pending 60EUR", "updated"),
            (2, "ftd approved 60EUR", "updated"),
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
        "redeposits are told apart by their transaction id",
        &[
            (0, "redeposit approved 20USD transaction_id=A", "accepted"),
            (1, "redeposit approved 20USD transaction_id=B", "accepted"),
            (
                2,
                "redeposit approved 20USD transaction_id=A",
                "duplicate of 0, accepted",
            ),
            (3, "redeposit rejected 20USD transaction_id=A", "updated"),
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
                "updated",
            ),
            (
                4,
                "redeposit pending 20USD timestamp=1717000000",
                "duplicate of 0, accepted",
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
        "a redeposit without an id moves on, and may be taken back days later",
        &[
            (0, "redeposit pending 20USD", "accepted"),
            (3 * DAY, "redeposit approved 20USD", "updated"),
            (
                3 * DAY + 1,
                "redeposit pending 20USD",
                "duplicate of 0, accepted",
            ),
            (
                6 * DAY,
                "redeposit rejected 20USD reason=chargeback",
                "updated",
            ),
            (7 * DAY, "redeposit approved 20USD", "accepted"),
        ],
    ),
    (
        "a rejected deposit that is approved within the window goes to a person",
        &[
            (0, "redeposit rejected 20USD", "accepted"),
            (5 * MINUTE, "redeposit approved 20USD", "flagged reapproved"),
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
            (2, "ftd approved 50USD clickid=nobody", "updated"),
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

/// The clicks that stand in the log before each story.
pub(crate) const CLICK_LOG: [(&str, Option<&str>); 2] =
    [(KNOWN_CLICK, None), ("of_rival", Some("rival"))];

/// A story's deliveries.
pub(crate) fn deliveries(steps: &[Step]) -> Vec<Delivery> {
    let read = |(seconds, words, _): &Step| match words.strip_prefix("rival: ") {
        Some(words) => delivery_of("rival", *seconds, words),
        None => delivery_of("acme", *seconds, words),
    };
    steps.iter().map(read).collect()
}

/// An entry in the words of the table.
pub(crate) fn in_words(entry: &Entry, story: &[Delivery], delivery: &Delivery) -> String {
    let mut words = entry.verdict.name().to_owned();
    if entry.answer_id != delivery.id {
        let first = story.iter().position(|it| it.id == entry.answer_id);
        words += &format!(
            " of {}",
            first.expect("answers name a delivery of the story")
        );
    }
    if let Some(first_result) = entry.first_result {
        words += &format!(", {first_result}");
    }
    for flag in &entry.flags {
        words += &format!(" {flag}");
    }
    words
}

#[test]
fn every_story_ends_as_told() {
    for (name, steps) in STORIES {
        let story = deliveries(steps);
        let mut snapshot = known_clicks();
        for (delivery, (_, words, expected)) in story.iter().zip(*steps) {
            let entry = decide(&mut snapshot, delivery);
            assert_eq!(
                in_words(&entry, &story, delivery),
                *expected,
                "{name}: {words}"
            );
        }
    }
}

#[test]
fn content_that_was_refused_is_booked_once_a_setting_is_put_right() {
    let mut snapshot = known_clicks();
    let refused = delivery_of("acme", 0, "ftd approved 50.00XXX");
    assert_eq!(decide(&mut snapshot, &refused).verdict.name(), "invalid");
    // The same content, as a later version reads it.
    let mut booked = delivery_of("acme", 1, "ftd approved 50.00USD");
    booked.fingerprint = refused.fingerprint;
    assert_eq!(decide(&mut snapshot, &booked).verdict.name(), "accepted");
    // And once booked, it stays a duplicate even when settings refuse it again.
    let again = delivery_of("acme", 2, "ftd approved 50.00XXX");
    let entry = decide(&mut snapshot, &again);
    assert_eq!(entry.verdict.name(), "duplicate");
    assert_eq!(entry.answer_id, booked.id);
}

fn known_clicks() -> Snapshot {
    let mut snapshot = Snapshot::default();
    for (clickid, partner) in CLICK_LOG {
        let click = crate::testing::click(clickid, partner);
        snapshot.know_click(click.clickid, click.partner);
    }
    snapshot
}
