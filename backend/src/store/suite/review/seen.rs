//! A decision that says what it was made upon is made only while that holds.

use postern_protocol::time::UnixSeconds;
use uuid::Uuid;

use super::Desk;
use crate::ledger::{Answer, Decision, FlagId, Seen, Unfit};
use crate::store::ReviewError;
use crate::store::place::{Kind, on_every_store};
use crate::testing::START;

on_every_store! {
    what_was_seen_and_holds_is_decided,
    a_conversion_that_moved_is_looked_at_again,
    a_flag_that_was_raised_or_answered_since_is_looked_at_again,
    a_redeposit_that_moved_is_looked_at_again,
}

/// What a person sees of a flag.
async fn seen(desk: &Desk, flag: FlagId) -> Seen {
    let preview = desk.store.preview(flag, &desk.agreements, START).await;
    preview.unwrap().seen
}

async fn decide(desk: &Desk, flag: FlagId, answer: Answer, seen: Seen) -> Result<(), ReviewError> {
    let decision = Decision::new(flag, answer, "Ada", "").unwrap();
    let decision = decision.upon(Some(seen));
    let (id, now) = (Uuid::from_u128(1), UnixSeconds(START.0 + 100));
    let decided = desk.store.review(&decision, &desk.agreements, id, now);
    decided.await.map(drop)
}

/// Refused, with nothing changed; what is there now can be decided.
async fn must_look_again(desk: &Desk, flag: FlagId, was: Seen) {
    for answer in [Answer::Approve, Answer::Reject] {
        let refused = decide(desk, flag, answer, was).await.unwrap_err();
        let is_changed = matches!(refused, ReviewError::Unfit(Unfit::ChangedSince));
        assert!(is_changed, "{refused}");
    }
    let now = seen(desk, flag).await;
    assert_ne!(now, was);
    decide(desk, flag, Answer::Reject, now).await.unwrap();
}

async fn what_was_seen_and_holds_is_decided(kind: Kind) {
    let mut desk = Desk::paid(kind).await;
    desk.play(0, "ftd approved 50USD clickid=nobody").await;
    let flag = desk.flag("0/unknown_click");
    let was = seen(&desk, flag).await;
    assert_eq!(seen(&desk, flag).await, was);
    // What happens elsewhere is no change.
    desk.play(10, "ftd approved 50USD clickid=another").await;
    desk.play(20, "lead approved clickid=nobody").await;
    decide(&desk, flag, Answer::Approve, was).await.unwrap();
}

async fn a_conversion_that_moved_is_looked_at_again(kind: Kind) {
    let mut desk = Desk::paid(kind).await;
    desk.play(0, "ftd approved 50USD clickid=nobody").await;
    let flag = desk.flag("0/unknown_click");
    let was = seen(&desk, flag).await;
    desk.play(10, "ftd approved 70USD clickid=nobody").await;
    must_look_again(&desk, flag, was).await;
}

async fn a_flag_that_was_raised_or_answered_since_is_looked_at_again(kind: Kind) {
    let mut desk = Desk::paid(kind).await;
    desk.play(0, "ftd approved 50USD transaction_id=A clickid=nobody")
        .await;
    let flag = desk.flag("0/unknown_click");
    let was = seen(&desk, flag).await;
    // To reject the first would close the second without a word.
    desk.play(10, "ftd approved 70USD transaction_id=B clickid=nobody")
        .await;
    let double = seen(&desk, desk.flag("1/double_ftd")).await;
    let again = decide(&desk, flag, Answer::Reject, was).await;
    assert!(again.is_err());
    desk.play(20, "reject 1/double_ftd").await;
    assert_ne!(double, was);
    // It waits alone again, but something came and went since it was looked at.
    must_look_again(&desk, flag, was).await;
}

async fn a_redeposit_that_moved_is_looked_at_again(kind: Kind) {
    let mut desk = Desk::paid(kind).await;
    for (second, words) in [
        (0, "ftd approved 50USD transaction_id=A"),
        (10, "ftd pending 70USD transaction_id=B"),
        (20, "approve 1/double_ftd"),
        (30, "ftd approved 70USD transaction_id=B"),
    ] {
        desk.play(second, words).await;
    }
    let flag = desk.flag("2/double_ftd");
    let was = seen(&desk, flag).await;
    desk.play(40, "redeposit approved 70USD transaction_id=B")
        .await;
    must_look_again(&desk, flag, was).await;
}
