//! What waits is listed; what is decided is decided once.

use std::collections::BTreeSet;
use std::sync::Arc;

use postern_protocol::event::EventKind;
use postern_protocol::id::PartnerId;
use postern_protocol::time::UnixSeconds;
use serde_json::{Value, json};
use uuid::Uuid;

use super::stand::{Stand, send};
use crate::agreement::{Agreement, BasisPoints, RevShare, Rules, Terms};
use crate::server::Admission;
use crate::store::place::{Kind, on_every_store};
use crate::testing::{admission, delivery};

on_every_store! {
    flags_are_listed_by_age_and_by_amount,
    a_walk_through_the_queue_sees_each_flag_once,
    an_approved_flag_is_closed_and_says_by_whom,
    a_rejected_flag_moves_its_conversion,
    a_flag_is_decided_once,
    what_is_shown_of_an_answer_is_what_it_does,
}

/// A deposit of a click that nobody knows.
pub(super) async fn flagged(stand: &Stand, second: i64, amount: &str) -> Uuid {
    let words = format!("ftd approved {amount} clickid=nobody-{second}");
    let one = delivery(second, &words);
    stand.store.book(std::slice::from_ref(&one)).await.unwrap();
    one.id
}

pub(super) fn decision(delivery: Uuid, answer: &str) -> Value {
    json!({"flag": format!("{delivery}/unknown_click"), "answer": answer, "note": "seen in the tracker"})
}

async fn flags_are_listed_by_age_and_by_amount(kind: Kind) {
    let stand = Stand::up_on(kind).await;
    let small = flagged(&stand, 0, "5.00USD").await;
    let large = flagged(&stand, 60, "500.00USD").await;
    for (query, expected) in [
        ("", vec![small, large]),
        ("?order=amount", vec![large, small]),
        ("?min=100&currency=USD", vec![large]),
        ("?min=100&currency=EUR", vec![]),
        ("?reason=double_ftd", vec![]),
        ("?partner=acme&reason=unknown_click", vec![small, large]),
        ("?raised_before=2024-05-29T16:27:00Z", vec![small]),
    ] {
        let shown = stand.gets(&format!("/admin/flags{query}")).await.json();
        let items = shown["items"].as_array().unwrap();
        let deliveries: Vec<_> = items.iter().map(|it| it["delivery"].clone()).collect();
        let expected: Vec<_> = expected.iter().map(|id| json!(id.to_string())).collect();
        assert_eq!(deliveries, expected, "{query}");
    }
}

async fn a_walk_through_the_queue_sees_each_flag_once(kind: Kind) {
    let stand = Stand::up_on(kind).await;
    for second in 0..5 {
        flagged(&stand, second, "5.00USD").await;
    }
    for order in ["age", "amount"] {
        let mut seen = BTreeSet::new();
        let mut cursor = String::new();
        loop {
            let path = format!("/admin/flags?limit=2&order={order}{cursor}");
            let page = stand.gets(&path).await.json();
            for item in page["items"].as_array().unwrap() {
                assert!(seen.insert(item["flag"].to_string()), "{order}: {item}");
            }
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen.len(), 5, "{order}");
    }
}

async fn an_approved_flag_is_closed_and_says_by_whom(kind: Kind) {
    let stand = Stand::up_on(kind).await;
    let ftd = flagged(&stand, 0, "50.00USD").await;
    let decided = stand
        .posts("/admin/decisions", &decision(ftd, "approve"))
        .await;
    assert_eq!(decided.status, 200, "{}", decided.text);
    let decided = decided.json();
    assert_eq!(decided["decided_by"], "ada");
    assert_eq!(
        decided["changes"]["closed"],
        json!([format!("{ftd}/unknown_click")])
    );
    assert_eq!(decided["changes"]["moved"], Value::Null);
    assert_eq!(stand.gets("/admin/flags").await.json()["items"], json!([]));
    let conversion = stand
        .gets(&format!("/admin/conversions/{ftd}"))
        .await
        .json();
    assert_eq!(conversion["blocking_flags"], 0);
    let decisions = stand.gets("/admin/decisions?clickid=nobody-0").await.json();
    assert_eq!(decisions["items"][0]["outcome"], "approved");
    assert_eq!(decisions["items"][0]["decided_by"], "ada");
    assert_eq!(decisions["items"][0]["note"], "seen in the tracker");
}

async fn a_rejected_flag_moves_its_conversion(kind: Kind) {
    let stand = Stand::up_on(kind).await;
    let ftd = flagged(&stand, 0, "50.00USD").await;
    let decided = stand
        .posts("/admin/decisions", &decision(ftd, "reject"))
        .await
        .json();
    assert_eq!(decided["changes"]["moved"]["from"]["status"], "approved");
    assert_eq!(decided["changes"]["moved"]["to"]["status"], "rejected");
    let conversion = stand
        .gets(&format!("/admin/conversions/{ftd}"))
        .await
        .json();
    assert_eq!(conversion["status"], "rejected");
}

async fn a_flag_is_decided_once(kind: Kind) {
    let stand = Stand::up_on(kind).await;
    let ftd = flagged(&stand, 0, "50.00USD").await;
    let first = stand
        .posts("/admin/decisions", &decision(ftd, "approve"))
        .await;
    assert_eq!(first.status, 200);
    for answer in ["approve", "reject"] {
        let again = stand
            .posts("/admin/decisions", &decision(ftd, answer))
            .await;
        let problem = again.is_problem(409, "already-decided");
        let detail = problem["detail"].as_str().unwrap();
        assert!(
            detail.contains("by ada") && detail.contains("approved"),
            "{detail}"
        );
    }
}

/// acme pays 25 % of what is deposited.
pub(super) fn pays_a_share(stand: &Stand) {
    let terms = Rules {
        revshare: Some(RevShare {
            share: BasisPoints::new(2_500).unwrap(),
            of: BTreeSet::from([EventKind::Ftd]),
            carry_over: false,
        }),
        ..Rules::paying_nothing(UnixSeconds(0))
    };
    let acme = Agreement {
        terms: vec![Terms::new(terms)],
        ..Agreement::default()
    };
    let agreements = [(PartnerId::parse("acme").unwrap(), acme)];
    stand.admission.send_replace(Arc::new(Admission {
        agreements: agreements.into_iter().collect(),
        ..admission(&[])
    }));
}

async fn what_is_shown_of_an_answer_is_what_it_does(kind: Kind) {
    let stand = Stand::up_on(kind).await;
    pays_a_share(&stand);
    let ftd = flagged(&stand, 0, "50.00USD").await;
    let path = format!("/admin/flags/{ftd}/unknown_click");
    let shown = stand.gets(&path).await.json();
    assert_eq!(shown["flag"]["flag"], format!("{ftd}/unknown_click"));
    assert_eq!(shown["others"], 0);
    let rejected = &shown["reject"]["changes"];
    assert_eq!(rejected["moved"]["to"]["status"], "rejected");
    assert_eq!(rejected["payouts"], json!([]));
    let approved = &shown["approve"]["changes"];
    let line = &approved["payouts"][0];
    assert_eq!(
        line["amount"],
        json!({"amount": "12.50", "currency": "USD"})
    );
    assert_eq!(line["step"], "booked");
    assert_eq!(stand.gets(&path).await.json(), shown, "nothing has changed");

    let said = decision(ftd, "approve");
    let decided = stand.posts("/admin/decisions", &said).await.json();
    assert_eq!(&decided["changes"], approved);
    let gone = stand.gets(&path).await;
    gone.is_problem(409, "already-decided");
}

#[tokio::test]
async fn an_answer_that_would_be_refused_says_why() {
    let stand = Stand::up().await;
    let twice = "ftd approved 50.00USD transaction_id=";
    let batch = [
        delivery(0, &format!("{twice}t-1")),
        delivery(60, "redeposit approved 50.00USD transaction_id=t-2"),
        delivery(120, &format!("{twice}t-2")),
    ];
    stand.store.book(&batch).await.unwrap();
    let path = format!("/admin/flags/{}/double_ftd", batch[2].id);
    let shown = stand.gets(&path).await.json();
    assert_eq!(shown["approve"]["changes"], Value::Null, "{shown}");
    assert!(shown["approve"]["refused"].is_string(), "{shown}");
    assert!(shown["reject"]["changes"].is_object(), "{shown}");
}

#[tokio::test]
async fn a_flag_that_is_not_there_is_said() {
    let stand = Stand::up().await;
    let path = format!("/admin/flags/{}/unknown_click", Uuid::nil());
    stand.gets(&path).await.is_problem(404, "not-found");
    let problem = stand.gets("/admin/flags/7/odd").await;
    let problem = problem.is_problem(400, "invalid");
    let fields: Vec<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["field"])
        .collect();
    assert_eq!(fields, ["delivery", "reason"]);
}

#[tokio::test]
async fn what_makes_no_decision_is_said() {
    let stand = Stand::up().await;
    let nobody = stand
        .posts("/admin/decisions", &decision(Uuid::nil(), "approve"))
        .await;
    nobody.is_problem(404, "not-found");
    let flag = format!("{}/unknown_click", Uuid::nil());
    for (body, field) in [
        (json!({"flag": "7", "answer": "approve"}), "flag"),
        (
            json!({"flag": flag, "answer": "approve", "note": "x".repeat(1_001)}),
            "note",
        ),
        (json!({"flag": flag, "answer": "maybe"}), "body"),
        (
            json!({"flag": flag, "answer": "approve", "by": "eve"}),
            "body",
        ),
        (json!({"flag": flag}), "body"),
        (json!("not an object"), "body"),
    ] {
        let reply = stand.posts("/admin/decisions", &body).await;
        let problem = reply.is_problem(400, "invalid");
        assert_eq!(problem["errors"][0]["field"], field, "{body}");
    }
    let reply = stand.gets("/admin/flags?min=5&order=size&reason=odd").await;
    let problem = reply.is_problem(400, "invalid");
    let named: Vec<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["field"])
        .collect();
    assert_eq!(named, ["reason", "currency", "order"]);
    stand
        .gets("/admin/decisions")
        .await
        .is_problem(400, "invalid");
}

#[tokio::test]
async fn a_body_must_be_json_and_no_longer_than_the_limit() {
    let stand = Stand::up().await;
    let post = || stand.request(reqwest::Method::POST, "/admin/decisions");
    let form = post().header("content-type", "text/plain").body("{}");
    send(form).await.is_problem(415, "unsupported-media-type");
    send(post().body("{}"))
        .await
        .is_problem(415, "unsupported-media-type");
    let json = || post().header("content-type", "application/json; charset=utf-8");
    send(json().body("{")).await.is_problem(400, "invalid");
    let long = send(json().body(" ".repeat(16 * 1024 + 1))).await;
    long.is_problem(413, "body-too-large");
}
