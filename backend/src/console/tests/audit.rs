//! The list of all decisions.

use uuid::{NoContext, Timestamp, Uuid};

use super::browser::Browser;
use crate::admin::Role;
use crate::admin::tests::stand::Stand;
use crate::delivery::Delivery;
use crate::ledger::{Answer, Decision};
use crate::testing::{START, admission, delivery};
use postern_protocol::time::UnixSeconds;

/// Each of these leads waits for a decision, and gets one by its number: even ones are approved by
/// Ada, odd ones rejected by Eve.
async fn decides(stand: &Stand, leads: &[Delivery]) {
    stand.store.book(leads).await.unwrap();
    let agreements = admission(&["acme"]).agreements;
    for (number, lead) in (0..).zip(leads) {
        let flag = format!("{}/unknown_click", lead.id).parse().unwrap();
        let (answer, by) = match number % 2 {
            0 => (Answer::Approve, "Ada"),
            _ => (Answer::Reject, "Eve"),
        };
        let decision = Decision::new(flag, answer, by, "").unwrap();
        let now = UnixSeconds(START.0 + number);
        let moment = Timestamp::from_unix(NoContext, now.0.unsigned_abs(), 0);
        let id = Uuid::new_v7(moment);
        stand
            .store
            .review(&decision, &agreements, id, now)
            .await
            .unwrap();
    }
}

fn leads(count: i64) -> Vec<Delivery> {
    let lead = |n| delivery(n - 500, &format!("lead approved clickid=c{n}"));
    (0..count).map(lead).collect()
}

#[tokio::test]
async fn decisions_are_found_by_person_and_outcome() {
    let stand = Stand::up().await;
    decides(&stand, &leads(4)).await;
    let mut person = Browser::of(&stand, Role::Viewer).await;
    for (query, there, gone) in [
        ("", ["c3", "c0"], ["c9", "c8"]),
        ("?by=Ada&outcome=", ["c0", "c2"], ["c1", "c3"]),
        ("?outcome=rejected", ["c1", "c3"], ["c0", "c2"]),
        (
            "?by=Eve&outcome=approved",
            ["No decision fits", "No"],
            ["c0", "c1"],
        ),
    ] {
        let page = person.gets(&format!("/console/audit{query}")).await.text;
        for text in there {
            assert!(page.contains(text), "{query} {text}: {page}");
        }
        for clickid in gone {
            assert!(
                !page.contains(&format!("title=\"{clickid}\"")),
                "{query}: {page}"
            );
        }
    }
    assert_eq!(
        person.gets("/console/audit?outcome=forgiven").await.status,
        400
    );
}

#[tokio::test]
async fn a_walk_through_the_decisions_sees_each_once_newest_first() {
    let stand = Stand::up().await;
    decides(&stand, &leads(120)).await;
    let mut person = Browser::of(&stand, Role::Viewer).await;
    let met = person.walks("/console/audit").await;
    let expected: Vec<String> = (0..120).rev().map(|n| format!("c{n}")).collect();
    assert_eq!(met, expected);
}
