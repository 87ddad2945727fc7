//! Answers that are undone: the flag waits again, the conversion is as before, and what stands on an
//! answer is told.

use super::{Desk, Step, tell_stories};
use crate::ledger::{Answer, Decision, FlagId, Seen, Unfit};
use crate::store::ReviewError;
use crate::store::place::{Kind, on_every_store};
use crate::testing::START;
use postern_protocol::time::UnixSeconds;
use uuid::Uuid;

on_every_store! {
    every_undone_answer_ends_as_told,
    nothing_that_was_written_goes_away,
    what_undoing_would_do_is_shown_and_then_done,
    an_answer_that_was_given_anew_is_looked_at_again,
}

async fn every_undone_answer_ends_as_told(kind: Kind) {
    tell_stories(kind, STORIES).await;
}

async fn nothing_that_was_written_goes_away(kind: Kind) {
    let mut desk = Desk::open(kind).await;
    for (second, words) in [
        (0, "ftd approved 50USD clickid=nobody"),
        (1, "reject 0/unknown_click"),
        (2, "undo 0/unknown_click"),
        (3, "reject 0/unknown_click"),
    ] {
        desk.play(second, words).await;
    }
    let decisions = desk.store.decisions("nobody").await.unwrap();
    let told: Vec<_> = decisions
        .iter()
        .map(|it| (it.number, it.outcome.name()))
        .collect();
    assert_eq!(told, [(0, "rejected"), (1, "undone"), (2, "rejected")]);
    let changes = desk.store.changes("nobody").await.unwrap();
    let told: Vec<_> = changes
        .iter()
        .map(|it| {
            (
                it.change.from.status.name(),
                it.change.to.status.name(),
                it.undoes,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("approved", "rejected", None),
            ("rejected", "approved", Some(changes[0].change.revision)),
            ("approved", "rejected", None),
        ]
    );
    let by: Vec<_> = changes.iter().map(|it| it.decision).collect();
    let ids: Vec<_> = decisions.iter().map(|it| Some(it.id)).collect();
    assert_eq!(by, ids);
}

/// What a person sees of an answer, and undoes upon it.
async fn undoes(desk: &Desk, flag: &str, seen: Option<Seen>) -> Result<(), ReviewError> {
    let decision = Decision::new(desk.flag(flag), Answer::Undo, "Eve", "taken for another");
    let decision = decision.unwrap().upon(seen);
    let (id, now) = (Uuid::from_u128(1_000), UnixSeconds(START.0 + 100));
    let undone = desk.store.review(&decision, &desk.agreements, id, now);
    undone.await.map(drop)
}

async fn what_undoing_would_do_is_shown_and_then_done(kind: Kind) {
    let mut desk = Desk::paid(kind).await;
    desk.play(0, "ftd approved 50USD clickid=nobody").await;
    let flag = desk.flag("0/unknown_click");
    let waits = desk.store.preview_undo(flag, &desk.agreements, START).await;
    assert!(
        matches!(waits, Err(ReviewError::Unfit(Unfit::Waits))),
        "{waits:?}"
    );
    desk.play(1, "approve 0/unknown_click").await;
    let shown = desk
        .store
        .preview_undo(flag, &desk.agreements, START)
        .await
        .unwrap();
    assert_eq!(
        (shown.answer.flag, &*shown.answer.decided_by),
        (flag, "Ada")
    );
    let amounts: Vec<_> = shown.undo.unwrap().payouts;
    let amounts: Vec<_> = amounts
        .iter()
        .map(|it| it.what.amount.to_string())
        .collect();
    assert_eq!(amounts, ["-100.00 USD", "-12.50 USD"]);
    assert_eq!(desk.play(2, "queue").await, "", "nothing was done yet");

    undoes(&desk, "0/unknown_click", Some(shown.seen))
        .await
        .unwrap();
    assert_eq!(desk.play(3, "queue").await, "0/unknown_click");
    is_undone_once(&desk, flag).await;
}

/// Who comes second is told who was first, and why.
async fn is_undone_once(desk: &Desk, flag: FlagId) {
    let again = undoes(desk, "0/unknown_click", None).await.unwrap_err();
    let again = again.to_string();
    assert!(
        again.contains("is undone already, by Eve") && again.contains("taken for another"),
        "{again}"
    );
    let never = format!("{}/double_ftd", flag.delivery).parse().unwrap();
    let never = desk
        .store
        .preview_undo(never, &desk.agreements, START)
        .await;
    assert!(
        matches!(never, Err(ReviewError::NoSuchFlag(_))),
        "{never:?}"
    );
}

async fn an_answer_that_was_given_anew_is_looked_at_again(kind: Kind) {
    let mut desk = Desk::open(kind).await;
    desk.play(0, "ftd approved 50USD clickid=nobody").await;
    desk.play(1, "approve 0/unknown_click").await;
    let flag = desk.flag("0/unknown_click");
    let was = desk
        .store
        .preview_undo(flag, &desk.agreements, START)
        .await
        .unwrap()
        .seen;
    let waited = async |desk: &Desk| {
        let preview = desk.store.preview(flag, &desk.agreements, START).await;
        preview.unwrap().seen
    };
    desk.play(2, "undo 0/unknown_click").await;
    let open = waited(&desk).await;
    desk.play(3, "approve 0/unknown_click").await;
    let refused = undoes(&desk, "0/unknown_click", Some(was))
        .await
        .unwrap_err();
    assert!(
        matches!(refused, ReviewError::Unfit(Unfit::ChangedSince)),
        "{refused}"
    );
    desk.play(4, "undo 0/unknown_click").await;
    assert_ne!(
        waited(&desk).await,
        open,
        "somebody has answered it meanwhile"
    );
}

const STORIES: &[(&str, &[Step])] = &[
    (
        "a flag is answered, undone, answered otherwise and undone again",
        &[
            (
                0,
                "ftd approved 50USD clickid=nobody",
                "flagged unknown_click",
            ),
            (1, "approve 0/unknown_click", "approved 0/unknown_click"),
            (2, "undo 0/unknown_click", "undone 0/unknown_click"),
            (3, "ledger", "0 ftd approved 50.00 USD behind 1"),
            (4, "queue", "0/unknown_click"),
            (
                5,
                "reject 0/unknown_click",
                "rejected 0/unknown_click, 0 is rejected 50.00 USD",
            ),
            (
                6,
                "undo 0/unknown_click",
                "undone 0/unknown_click, 0 is approved 50.00 USD",
            ),
            (7, "ledger", "0 ftd approved 50.00 USD behind 1"),
            (8, "approve 0/unknown_click", "approved 0/unknown_click"),
            (9, "ledger", "0 ftd approved 50.00 USD"),
            (
                10,
                "ftd approved 50USD clickid=nobody",
                "duplicate of 0, flagged",
            ),
            (11, "ftd approved 60USD clickid=nobody", "updated of 0"),
        ],
    ),
    (
        "what a rejection closed waits again with it",
        &[
            (
                0,
                "ftd approved 50USD transaction_id=A clickid=nobody",
                "flagged unknown_click",
            ),
            (
                1,
                "ftd approved 80USD transaction_id=B clickid=nobody",
                "flagged double_ftd",
            ),
            (
                2,
                "reject 0/unknown_click",
                "rejected 0/unknown_click, closed 1/double_ftd, 0 is rejected 50.00 USD",
            ),
            (
                3,
                "undo 1/double_ftd",
                "unfit: it was closed by the rejection of 0/unknown_click: undo that, and it waits \
                 again too",
            ),
            (
                4,
                "undo 0/unknown_click",
                "undone 0/unknown_click, undone 1/double_ftd, 0 is approved 50.00 USD",
            ),
            (5, "queue", "0/unknown_click, 1/double_ftd"),
            (
                6,
                "approve 1/double_ftd",
                "approved 1/double_ftd, 1 opened, unknown_click raised",
            ),
        ],
    ),
    (
        "a redeposit that was booked by an undone answer is held back until the next",
        &[
            (0, "ftd approved 50USD transaction_id=A", "accepted"),
            (
                1,
                "ftd approved 80USD transaction_id=B",
                "flagged double_ftd",
            ),
            (2, "approve 1/double_ftd", "approved 1/double_ftd, 1 opened"),
            (3, "undo 1/double_ftd", "undone 1/double_ftd"),
            (
                4,
                "ledger",
                "0 ftd approved 50.00 USD, 1 redeposit approved 80.00 USD behind 1",
            ),
            (
                5,
                "redeposit approved 90USD transaction_id=B",
                "updated of 1",
            ),
            (6, "approve 1/double_ftd", "approved 1/double_ftd"),
            (
                7,
                "ledger",
                "0 ftd approved 50.00 USD, 1 redeposit approved 90.00 USD",
            ),
            (8, "undo 1/double_ftd", "undone 1/double_ftd"),
            (
                9,
                "reject 1/double_ftd",
                "rejected 1/double_ftd, 1 is rejected 90.00 USD",
            ),
            (
                10,
                "ledger",
                "0 ftd approved 50.00 USD, 1 redeposit rejected 90.00 USD",
            ),
            (
                11,
                "undo 1/double_ftd",
                "undone 1/double_ftd, 1 is approved 90.00 USD",
            ),
            (
                12,
                "ledger",
                "0 ftd approved 50.00 USD, 1 redeposit approved 90.00 USD behind 1",
            ),
        ],
    ),
    (
        "to reject such a redeposit for another reason closes its flag, to reject the first deposit not",
        &[
            (
                0,
                "ftd approved 50USD transaction_id=A clickid=nobody",
                "flagged unknown_click",
            ),
            (
                1,
                "ftd approved 80USD transaction_id=B clickid=nobody",
                "flagged double_ftd",
            ),
            (
                2,
                "approve 1/double_ftd",
                "approved 1/double_ftd, 1 opened, unknown_click raised",
            ),
            (3, "undo 1/double_ftd", "undone 1/double_ftd"),
            (
                4,
                "reject 0/unknown_click",
                "rejected 0/unknown_click, 0 is rejected 50.00 USD",
            ),
            (
                5,
                "reject 1/unknown_click",
                "rejected 1/unknown_click, closed 1/double_ftd, 1 is rejected 80.00 USD",
            ),
            (
                6,
                "undo 1/unknown_click",
                "undone 1/unknown_click, undone 1/double_ftd, 1 is approved 80.00 USD",
            ),
            (
                7,
                "ledger",
                "0 ftd rejected 50.00 USD, 1 redeposit approved 80.00 USD behind 2",
            ),
        ],
    ),
    (
        "a reapproval that was undone can be approved again",
        &[
            (0, "lead approved", "accepted"),
            (1, "lead rejected", "updated of 0"),
            (2, "lead approved sub_id_1=x", "flagged reapproved"),
            (
                3,
                "approve 2/reapproved",
                "approved 2/reapproved, 0 is approved",
            ),
            (4, "undo 2/reapproved", "undone 2/reapproved, 0 is rejected"),
            (
                5,
                "approve 2/reapproved",
                "approved 2/reapproved, 0 is approved",
            ),
            (6, "undo 2/reapproved", "undone 2/reapproved, 0 is rejected"),
            (7, "reject 2/reapproved", "rejected 2/reapproved"),
            (8, "undo 2/reapproved", "undone 2/reapproved"),
            (9, "ledger", "0 lead rejected"),
        ],
    ),
    (
        "what waits again for its click is healed when that is there",
        &[
            (0, "lead approved clickid=late", "flagged unknown_click"),
            (
                1,
                "reject 0/unknown_click",
                "rejected 0/unknown_click, 0 is rejected",
            ),
            (2, "click late", "0 healed"),
            (
                3,
                "undo 0/unknown_click",
                "undone 0/unknown_click, 0 is approved",
            ),
            (4, "click late", "1 healed"),
            (5, "ledger", "0 lead approved"),
        ],
    ),
];
