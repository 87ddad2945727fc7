//! The list of all decisions.

use postern_protocol::time::UnixSeconds;
use uuid::{NoContext, Timestamp, Uuid};

use super::Desk;
use crate::ledger::{Answer, Decision, Outcome};
use crate::store::place::{Kind, on_every_store};
use crate::store::{DecisionFilter, DecisionRecord, Span};
use crate::testing::START;

on_every_store! {
    decisions_are_found_by_person_outcome_and_time,
    a_walk_through_the_decisions_sees_each_once,
}

/// All decisions of [`decided`].
const ALL: [&str; 5] = [
    "4 healed by click log",
    "3 rejected by Eve",
    "2 closed by Ada",
    "1 rejected by Ada",
    "0 approved by Ada",
];

/// Ada approves at 10 and rejects at 20, which closes a second deposit; Eve rejects at 30; the click
/// log heals at 40.
async fn decided(kind: Kind) -> Desk {
    let mut desk = Desk::open(kind).await;
    for (second, words) in [
        "lead approved clickid=a",
        "ftd approved 50USD transaction_id=A clickid=b",
        "ftd approved 60USD transaction_id=B clickid=b",
        "lead approved clickid=c",
        "lead approved clickid=d",
    ]
    .into_iter()
    .enumerate()
    {
        desk.play(second as i64, words).await;
    }
    for (seconds, by, answer, flag) in [
        (10, "Ada", Answer::Approve, "0/unknown_click"),
        (20, "Ada", Answer::Reject, "1/unknown_click"),
        (30, "Eve", Answer::Reject, "3/unknown_click"),
    ] {
        let decision = Decision::new(desk.flag(flag), answer, by, "").unwrap();
        let now = UnixSeconds(START.0 + seconds);
        let moment = Timestamp::from_unix(NoContext, now.0.unsigned_abs(), 0);
        let id = Uuid::new_v7(moment);
        let made = desk.store.review(&decision, &desk.agreements, id, now);
        made.await.unwrap();
    }
    desk.play(40, "click d").await;
    desk
}

fn words(desk: &Desk, rows: &[DecisionRecord]) -> Vec<String> {
    let number = |id| desk.deliveries.iter().position(|it| it.id == id).unwrap();
    rows.iter()
        .map(|it| {
            let number = number(it.flag.delivery);
            format!("{number} {} by {}", it.outcome.name(), it.decided_by)
        })
        .collect()
}

async fn decisions_are_found_by_person_outcome_and_time(kind: Kind) {
    let desk = decided(kind).await;
    let fits = |change: fn(&mut DecisionFilter)| {
        let mut filter = DecisionFilter::default();
        change(&mut filter);
        filter
    };
    for (filter, expected) in [
        (fits(|_| {}), ALL.to_vec()),
        (
            fits(|it| it.by = Some("Eve".to_owned())),
            vec!["3 rejected by Eve"],
        ),
        (
            fits(|it| it.outcome = Some(Outcome::Closed)),
            vec!["2 closed by Ada"],
        ),
        (
            fits(|it| {
                it.decided = Span {
                    from: Some(UnixSeconds(START.0 + 15)),
                    until: Some(UnixSeconds(START.0 + 30)),
                };
            }),
            vec!["2 closed by Ada", "1 rejected by Ada"],
        ),
        (fits(|it| it.by = Some("ada".to_owned())), vec![]),
    ] {
        let rows = desk.store.list_decisions(&filter, None, 100).await;
        assert_eq!(words(&desk, &rows.unwrap()), expected, "{filter:?}");
    }
}

async fn a_walk_through_the_decisions_sees_each_once(kind: Kind) {
    let desk = decided(kind).await;
    let filter = DecisionFilter::default();
    let all = desk.store.list_decisions(&filter, None, 100).await.unwrap();
    assert_eq!(all.len(), 5);
    for limit in 1..=3 {
        let mut walked: Vec<DecisionRecord> = Vec::new();
        loop {
            let after = walked.last().map(DecisionRecord::cursor);
            let page = desk.store.list_decisions(&filter, after, limit).await;
            let page = page.unwrap();
            if page.is_empty() {
                break;
            }
            walked.extend(page);
        }
        assert_eq!(walked, all, "pages of {limit}");
    }
}
