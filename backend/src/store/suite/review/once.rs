//! Each flag is decided once, whoever comes at the same time.

use postern_protocol::time::UnixSeconds;
use uuid::Uuid;

use super::Desk;
use crate::ledger::{Answer, Decision};
use crate::store::ReviewError;
use crate::store::place::{Kind, on_every_store};
use crate::testing::{START, delivery};

on_every_store! {
    of_two_reviewers_at_once_one_is_told_of_the_other,
    a_decision_and_a_delivery_at_once_leave_both_in_the_ledger,
    a_click_and_a_decision_at_once_answer_the_flag_once,
}

const ROUNDS: i64 = 20;

async fn of_two_reviewers_at_once_one_is_told_of_the_other(kind: Kind) {
    let mut desk = Desk::open(kind).await;
    for round in 0..ROUNDS {
        desk.play(round, &format!("ftd approved 50USD clickid=c{round}"))
            .await;
        let flag = desk.flag(&format!("{round}/unknown_click"));
        let decide = async |answer, by: &str, id| {
            let decision = Decision::new(flag, answer, by, "").unwrap();
            let id = Uuid::from_u128(id);
            desk.store
                .review(&decision, &desk.agreements, id, START)
                .await
        };
        let (ada, eve) = tokio::join!(
            decide(Answer::Approve, "Ada", 1),
            decide(Answer::Reject, "Eve", 2)
        );
        let (first, second) = match (ada, eve) {
            (Ok(first), Err(ReviewError::Decided(second))) => (first, second),
            (Err(ReviewError::Decided(second)), Ok(first)) => (first, second),
            other => panic!("one of them decides: {other:?}"),
        };
        assert_eq!(second.decided_by, first.signature.by);
        let decisions = desk.store.decisions(&format!("c{round}")).await.unwrap();
        assert_eq!(decisions, [*second]);
    }
}

async fn a_decision_and_a_delivery_at_once_leave_both_in_the_ledger(kind: Kind) {
    let mut desk = Desk::open(kind).await;
    for round in 0..ROUNDS {
        let clickid = format!("c{round}");
        desk.play(round, &format!("ftd pending 50USD clickid={clickid}"))
            .await;
        let flag = desk.flag(&format!("{round}/unknown_click"));
        let decision = Decision::new(flag, Answer::Approve, "Ada", "").unwrap();
        let id = Uuid::from_u128(1);
        let approval = [delivery(
            1_000 + round,
            &format!("ftd approved 60USD clickid={clickid}"),
        )];
        let (decided, booked) = tokio::join!(
            desk.store.review(&decision, &desk.agreements, id, START),
            desk.store.book(&approval)
        );
        decided.unwrap();
        booked.unwrap();
        let conversion = &desk.store.conversions(&clickid).await.unwrap()[0];
        assert_eq!(conversion.status.name(), "approved");
        assert_eq!(conversion.money.unwrap().minor(), 6_000);
        assert_eq!(conversion.blocking_flags, 0);
        assert_eq!(conversion.revision, 2);
        assert_eq!(desk.store.changes(&clickid).await.unwrap().len(), 1);
    }
}

async fn a_click_and_a_decision_at_once_answer_the_flag_once(kind: Kind) {
    let mut desk = Desk::open(kind).await;
    for round in 0..ROUNDS {
        let clickid = format!("c{round}");
        desk.play(round, &format!("ftd approved 50USD clickid={clickid}"))
            .await;
        let flag = desk.flag(&format!("{round}/unknown_click"));
        let decision = Decision::new(flag, Answer::Reject, "Ada", "").unwrap();
        let click = crate::testing::click(&clickid, None);
        desk.store.import_clicks(&[click]).await.unwrap();
        let (now, clickids) = (UnixSeconds(START.0 + round), [&*clickid]);
        let (decided, healed) = tokio::join!(
            desk.store
                .review(&decision, &desk.agreements, Uuid::from_u128(1), now),
            desk.store.heal(&clickids, &desk.agreements, now)
        );
        let was_healed = healed.unwrap() == 1;
        assert_ne!(decided.is_ok(), was_healed);
        let conversion = &desk.store.conversions(&clickid).await.unwrap()[0];
        let expected = if was_healed { "approved" } else { "rejected" };
        assert_eq!(conversion.status.name(), expected);
        assert_eq!(desk.store.decisions(&clickid).await.unwrap().len(), 1);
    }
}
