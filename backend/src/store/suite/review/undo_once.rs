//! An answer is undone once, whoever comes at the same time.

use postern_protocol::time::UnixSeconds;
use uuid::Uuid;

use super::Desk;
use crate::ledger::{Answer, Decision, FlagId, Ruling, Unfit};
use crate::store::place::{Kind, on_every_store};
use crate::store::{ReviewError, Store};
use crate::testing::{START, delivery};

on_every_store! {
    of_two_who_undo_on_two_backends_one_is_told_of_the_other,
    an_undo_and_a_new_answer_on_two_backends_come_one_after_the_other,
    an_undo_and_the_partners_own_rejection_at_once_leave_it_rejected,
}

const ROUNDS: i64 = 20;

async fn says(
    (desk, store): (&Desk, &Store),
    flag: FlagId,
    (answer, by, id): (Answer, &str, u128),
) -> Result<Ruling, ReviewError> {
    let decision = Decision::new(flag, answer, by, "why").unwrap();
    let now = UnixSeconds(START.0 + 1_000);
    store
        .review(&decision, &desk.agreements, Uuid::from_u128(id), now)
        .await
}

/// A first deposit on a click of its own that nobody knows, whose flag is answered by this word.
async fn answered(desk: &mut Desk, round: i64, word: &str) -> (String, FlagId) {
    let clickid = format!("c{round}");
    let flag = format!("{round}/unknown_click");
    desk.play(round, &format!("ftd approved 50USD clickid={clickid}"))
        .await;
    desk.play(round, &format!("{word} {flag}")).await;
    (clickid, desk.flag(&flag))
}

async fn of_two_who_undo_on_two_backends_one_is_told_of_the_other(kind: Kind) {
    let mut desk = Desk::paid(kind).await;
    let other = desk.place.open().await;
    for round in 0..ROUNDS {
        let (clickid, flag) = answered(&mut desk, round, "approve").await;
        let (ada, eve) = tokio::join!(
            says((&desk, &desk.store), flag, (Answer::Undo, "Ada", 1_001)),
            says((&desk, &other), flag, (Answer::Undo, "Eve", 1_002)),
        );
        let (first, second) = match (ada, eve) {
            (Ok(first), Err(ReviewError::Decided(second))) => (first, second),
            (Err(ReviewError::Decided(second)), Ok(first)) => (first, second),
            other => panic!("one of them undoes: {other:?}"),
        };
        assert_eq!(second.decided_by, first.signature.by);
        let payouts = desk.store.payouts(&clickid).await.unwrap();
        let sum: i64 = payouts.iter().map(|it| it.amount.minor).sum();
        assert_eq!((payouts.len(), sum), (4, 0), "taken back once");
        assert_eq!(desk.store.decisions(&clickid).await.unwrap().len(), 2);
    }
    other.close().await;
}

async fn an_undo_and_a_new_answer_on_two_backends_come_one_after_the_other(kind: Kind) {
    let mut desk = Desk::paid(kind).await;
    let other = desk.place.open().await;
    for round in 0..ROUNDS {
        let (clickid, flag) = answered(&mut desk, round, "approve").await;
        let (undone, rejected) = tokio::join!(
            says((&desk, &desk.store), flag, (Answer::Undo, "Ada", 1_001)),
            says((&desk, &other), flag, (Answer::Reject, "Eve", 1_002)),
        );
        undone.unwrap();
        let conversion = &desk.store.conversions(&clickid).await.unwrap()[0];
        let state = (conversion.status.name(), conversion.blocking_flags);
        match rejected {
            Ok(_) => assert_eq!(state, ("rejected", 0), "it came after the undo"),
            Err(ReviewError::Decided(was)) => {
                assert_eq!((was.outcome.name(), &*was.decided_by), ("approved", "Ada"));
                assert_eq!(state, ("approved", 1), "it came before");
            }
            Err(other) => panic!("{other}"),
        }
    }
    other.close().await;
}

/// Whatever comes first, the partner's word is not lost: it moves the conversion, or the undo is
/// refused.
async fn an_undo_and_the_partners_own_rejection_at_once_leave_it_rejected(kind: Kind) {
    let mut desk = Desk::open(kind).await;
    let other = desk.place.open().await;
    for round in 0..ROUNDS {
        let (clickid, flag) = answered(&mut desk, round, "reject").await;
        let words = format!("ftd rejected 50USD clickid={clickid}");
        let rejection = [delivery(1_000 + round, &words)];
        let (undone, booked) = tokio::join!(
            says((&desk, &other), flag, (Answer::Undo, "Ada", 1_001)),
            desk.store.book(&rejection)
        );
        let verdict = booked.unwrap()[0].verdict.name();
        match undone {
            Ok(_) => assert_eq!(verdict, "updated"),
            Err(ReviewError::Unfit(Unfit::RejectedToo(..))) => assert_eq!(verdict, "duplicate"),
            Err(other) => panic!("{other}"),
        }
        let conversion = &desk.store.conversions(&clickid).await.unwrap()[0];
        assert_eq!(conversion.status.name(), "rejected");
    }
    other.close().await;
}
