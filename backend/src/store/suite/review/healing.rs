//! Clicks that arrive late, in every order.

use postern_protocol::time::UnixSeconds;

use super::{Desk, Step, tell_stories};
use crate::agreement::Agreements;
use crate::ledger::{CLICK_LOG, Outcome};
use crate::store::place::{Kind, on_every_store};
use crate::testing::{START, click, delivery};

on_every_store! {
    every_late_click_ends_as_told,
    the_history_says_who_healed_it,
    what_an_import_left_behind_is_healed_by_the_sweep,
    a_row_at_fault_keeps_nobody_else_from_being_healed,
    without_an_agreement_the_flag_waits,
}

async fn every_late_click_ends_as_told(kind: Kind) {
    tell_stories(kind, STORIES).await;
}

const STORIES: &[(&str, &[Step])] = &[
    (
        "a click before its event needs no healing, and the same click again changes nothing",
        &[
            (0, "click late of acme at 0", "0 healed"),
            (1, "ftd approved 50USD clickid=late", "accepted"),
            (2, "click late of acme at 0", "0 healed"),
        ],
    ),
    (
        "a click that comes late heals all that waited for it",
        &[
            (
                0,
                "ftd approved 50USD clickid=late",
                "flagged unknown_click",
            ),
            (1, "lead approved clickid=late", "flagged unknown_click"),
            (2, "lead approved clickid=other", "flagged unknown_click"),
            (3, "click late of acme at -60", "2 healed"),
            (4, "queue", "2/unknown_click"),
            (
                5,
                "ledger",
                "0 ftd approved 50.00 USD, 1 lead approved, 2 lead approved behind 1",
            ),
            (6, "click late of acme at -60", "0 healed"),
            (7, "redeposit approved 50USD clickid=late", "accepted"),
        ],
    ),
    (
        "a click between two steps of one conversion",
        &[
            (0, "ftd pending 50USD clickid=late", "flagged unknown_click"),
            (1, "click late", "1 healed"),
            (2, "ftd approved 50USD clickid=late", "updated of 0"),
            (3, "ledger", "0 ftd approved 50.00 USD"),
        ],
    ),
    (
        "a click that comes late and is another partner's",
        &[
            (
                0,
                "ftd approved 50USD clickid=late",
                "flagged unknown_click",
            ),
            (1, "click late of rival at -60", "1 healed"),
            (2, "queue", "0/foreign_click"),
            (3, "ledger", "0 ftd approved 50.00 USD behind 1"),
            (4, "click late of rival at -60", "0 healed"),
            (5, "approve 0/foreign_click", "approved 0/foreign_click"),
            (6, "ledger", "0 ftd approved 50.00 USD"),
        ],
    ),
    (
        "a click that comes late and is too old, or later than its event",
        &[
            (0, "ftd approved 50USD clickid=old", "flagged unknown_click"),
            (1, "lead approved clickid=after", "flagged unknown_click"),
            (2, "click old of rival at -8000000", "1 healed"),
            (3, "click after at 1000", "1 healed"),
            (
                4,
                "queue",
                "0/expired_click, 0/foreign_click, 1/before_click",
            ),
            (
                5,
                "ledger",
                "1 lead approved behind 1, 0 ftd approved 50.00 USD behind 2",
            ),
            (
                6,
                "reject 0/expired_click",
                "rejected 0/expired_click, closed 0/foreign_click, 0 is rejected 50.00 USD",
            ),
        ],
    ),
    (
        "what a person has decided is not healed again",
        &[
            (
                0,
                "ftd approved 50USD clickid=late",
                "flagged unknown_click",
            ),
            (1, "lead approved clickid=late", "flagged unknown_click"),
            (2, "approve 0/unknown_click", "approved 0/unknown_click"),
            (
                3,
                "reject 1/unknown_click",
                "rejected 1/unknown_click, 1 is rejected",
            ),
            (4, "click late of rival", "0 healed"),
            (5, "ledger", "0 ftd approved 50.00 USD, 1 lead rejected"),
        ],
    ),
    (
        "what was healed cannot be decided any more",
        &[
            (
                0,
                "ftd approved 50USD clickid=late",
                "flagged unknown_click",
            ),
            (1, "click late", "1 healed"),
            (
                2,
                "reject 0/unknown_click",
                "0/unknown_click is healed already, by click log at 2024-05-29T16:26:41Z: \"the \
                 click has arrived\"",
            ),
        ],
    ),
];

async fn the_history_says_who_healed_it(kind: Kind) {
    let mut desk = Desk::open(kind).await;
    desk.play(0, "ftd approved 50USD clickid=late").await;
    desk.play(60, "click late of rival").await;

    let decisions = desk.store.decisions("late").await.unwrap();
    let [healed] = &decisions[..] else {
        panic!("one decision, not {decisions:?}");
    };
    assert_eq!(healed.flag, desk.flag("0/unknown_click"));
    assert_eq!(healed.outcome, Outcome::Healed);
    assert_eq!(healed.decided_by, CLICK_LOG);
    assert_eq!(healed.decided_at, UnixSeconds(START.0 + 60));
    assert_eq!(healed.conversion, desk.deliveries[0].id);
    // Ids of decisions sort by time, those of the click log too.
    assert_eq!(healed.id.get_version_num(), 7);
    let flags = desk.store.flags("late").await.unwrap();
    let open: Vec<_> = flags
        .iter()
        .map(|it| (it.reason.name(), it.is_open))
        .collect();
    assert_eq!(open, [("foreign_click", true), ("unknown_click", false)]);
    assert_eq!(flags[0].raised_at, healed.decided_at);
}

async fn what_an_import_left_behind_is_healed_by_the_sweep(kind: Kind) {
    let mut desk = Desk::open(kind).await;
    // More clicks than one transaction of the sweep takes.
    const MANY: i64 = 600;
    let lead = |second| delivery(second, &format!("lead approved clickid=late-{second}"));
    let leads: Vec<_> = (0..MANY).map(lead).collect();
    desk.store.book(&leads).await.unwrap();
    desk.deliveries.extend(leads);
    desk.play(MANY, "lead approved clickid=nobody").await;
    let clicks: Vec<_> = (0..MANY)
        .map(|it| click(&format!("late-{it}"), None))
        .collect();
    desk.store.import_clicks(&clicks).await.unwrap();

    let healed = desk.store.heal_all(&desk.agreements, START).await.unwrap();
    assert_eq!(healed, MANY as u64);
    assert_eq!(
        desk.store.heal_all(&desk.agreements, START).await.unwrap(),
        0
    );
    assert_eq!(desk.play(0, "queue").await, format!("{MANY}/unknown_click"));
}

async fn a_row_at_fault_keeps_nobody_else_from_being_healed(kind: Kind) {
    let mut desk = Desk::open(kind).await;
    for clickid in ["a", "b", "c"] {
        let lead = format!("lead approved clickid={clickid}");
        assert_eq!(desk.play(0, &lead).await, "flagged unknown_click");
    }
    desk.place
        .run("DELETE FROM conversions WHERE clickid = 'b'")
        .await;
    let clicks = ["a", "b", "c"].map(|clickid| click(clickid, None));
    desk.store.import_clicks(&clicks).await.unwrap();
    let all = ["a", "b", "c"];
    let healed = desk.store.heal(&all, &desk.agreements, START).await;
    assert_eq!(healed.unwrap(), 2);
    assert!(desk.store.flags("b").await.unwrap()[0].is_open);

    // Nor does it stop the sweep, which meets it each time.
    desk.play(1, "lead approved clickid=d").await;
    desk.store.import_clicks(&[click("d", None)]).await.unwrap();
    let swept = desk.store.heal_all(&desk.agreements, START).await;
    assert_eq!(swept.unwrap(), 1);
}

async fn without_an_agreement_the_flag_waits(kind: Kind) {
    let mut desk = Desk::open(kind).await;
    let agreements = std::mem::take(&mut desk.agreements);
    desk.play(0, "ftd approved 50USD clickid=late").await;
    assert_eq!(desk.play(1, "click late").await, "0 healed");
    let refused = desk.play(2, "approve 0/unknown_click").await;
    assert!(
        refused.contains("no agreement with the partner"),
        "{refused}"
    );
    assert_eq!(desk.play(3, "queue").await, "0/unknown_click");

    desk.agreements = agreements;
    let healed = desk.store.heal_all(&desk.agreements, START).await.unwrap();
    assert_eq!(healed, 1);
    assert_eq!(
        desk.store
            .heal_all(&Agreements::default(), START)
            .await
            .unwrap(),
        0
    );
}
