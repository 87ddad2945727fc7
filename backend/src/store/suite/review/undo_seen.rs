//! What a person sees of an answer before it is undone, and what stays to be seen of it afterwards.

use postern_protocol::time::UnixSeconds;
use uuid::Uuid;

use super::Desk;
use crate::ledger::{Answer, Decision, FlagId, Seen, Unfit};
use crate::store::ReviewError;
use crate::store::place::{Kind, on_every_store};
use crate::testing::START;

on_every_store! {
    nothing_that_was_written_goes_away,
    what_undoing_would_do_is_shown_and_then_done,
    an_answer_that_was_given_anew_is_looked_at_again,
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
