//! A conversion is explained from its deliveries to each cent, alike by every store.

use std::sync::Arc;

use postern_protocol::time::UnixSeconds;
use uuid::Uuid;

use super::with_click_log;
use crate::agreement::{Agreement, Terms};
use crate::delivery::Delivery;
use crate::explain::Explanation;
use crate::ledger::{Answer, Decision, FlagId, FlagReason};
use crate::store::Store;
use crate::store::place::{Kind, on_every_store};
use crate::testing::{START, delivery};

on_every_store! {
    each_cent_is_explained,
    a_rule_that_said_no_is_explained,
    what_earns_nothing_says_why,
    a_delivery_that_could_not_be_booked_is_explained,
    what_was_told_outlives_its_request,
    a_redeposit_that_a_decision_opened_is_explained,
    an_id_that_names_nothing_is_none,
}

const TERMS: &str = r#"{"from":0,"hold_days":10,"cap_per_day":1,"min_deposit":["20.00 USD"],
    "cpa":{"pay":{"ftd":"100.00 USD","lead":"2.00 USD"}},
    "revshare":{"basis_points":2500,"carry_over":true,"of":["ftd","redeposit"]}}"#;

/// A delivery of a partner that is paid.
fn paid(seconds: i64, words: &str) -> Delivery {
    let agreement = Agreement {
        terms: vec![Terms::from_json(TERMS).unwrap()],
        ..Agreement::default()
    };
    Delivery {
        agreement: Arc::new(agreement),
        ..delivery(seconds, words)
    }
}

/// The page about an id, a day after the stories begin, with each delivery's id by its place.
async fn page(store: &Store, id: Uuid, deliveries: &[Delivery]) -> String {
    let history = store.history(id).await.unwrap().unwrap();
    let now = UnixSeconds(START.0 + 86_400);
    let mut page = Explanation::of(&history, now).to_string();
    for (place, delivery) in deliveries.iter().enumerate() {
        page = page.replace(&delivery.id.to_string(), &format!("<delivery {place}>"));
    }
    page
}

async fn each_cent_is_explained(kind: Kind) {
    let (_place, store) = kind.store().await;
    with_click_log(&store).await;
    let story = [
        paid(0, "ftd pending 50USD geo=DE sub_id_1=a"),
        paid(60, "ftd approved 50USD"),
        paid(120, "ftd approved 70USD"),
        paid(180, "ftd rejected 70USD reason=chargeback"),
        paid(240, "ftd approved 70USD transaction_id=T-2"),
    ];
    for delivery in &story {
        store.book(std::slice::from_ref(delivery)).await.unwrap();
    }
    insta::assert_snapshot!("each_cent", page(&store, story[0].id, &story).await);
    let update = page(&store, story[2].id, &story).await;
    assert!(update.starts_with("delivery <delivery 2>"), "{update}");
    assert!(update.contains("conversion <delivery 0>"), "{update}");
}

async fn a_rule_that_said_no_is_explained(kind: Kind) {
    let (_place, store) = kind.store().await;
    with_click_log(&store).await;
    let story = [paid(0, "ftd approved 50USD"), paid(60, "lead approved")];
    store.book(&story).await.unwrap();
    let page = page(&store, story[1].id, &story).await;
    assert!(page.contains("places taken in 2024-05-29: 1"), "{page}");
    assert!(
        page.contains("cpa booked 0.00 USD") && page.contains("the cap of 1 a day is reached"),
        "{page}"
    );
}

async fn what_earns_nothing_says_why(kind: Kind) {
    let (_place, store) = kind.store().await;
    with_click_log(&store).await;
    for (place, (words, why)) in [
        ("ftd pending 50USD", "it is pending"),
        ("lead rejected", "it is rejected"),
        (
            "registration approved",
            "when it was booked, nothing was agreed to be paid for a registration of 2024-05-29",
        ),
        (
            "ftd approved 50USD clickid=nobody",
            "a flag that waits for a decision",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let delivery = paid(place as i64, words);
        store.book(std::slice::from_ref(&delivery)).await.unwrap();
        let page = page(&store, delivery.id, &[]).await;
        assert!(
            page.contains(&format!("nothing is booked: {why}")),
            "{page}"
        );
    }
}

async fn a_delivery_that_could_not_be_booked_is_explained(kind: Kind) {
    let (_place, store) = kind.store().await;
    let wrong = [paid(0, "ftd maybe 50XXX"), paid(60, "ftd maybe 50XXX")];
    store.book(&wrong).await.unwrap();
    insta::assert_snapshot!("not_booked", page(&store, wrong[1].id, &wrong).await);
}

async fn what_was_told_outlives_its_request(kind: Kind) {
    let (place, store) = kind.store().await;
    with_click_log(&store).await;
    let lead = paid(0, "lead approved");
    store.book(std::slice::from_ref(&lead)).await.unwrap();
    place.run("DELETE FROM deliveries").await;
    let page = page(&store, lead.id, &[]).await;
    assert!(page.contains("its request was removed"), "{page}");
    assert!(page.contains("opened as lead approved, by a delivery whose request was removed"));
    assert!(page.contains("cpa booked 2.00 USD"), "{page}");
}

/// Its id is that of the delivery that was flagged, which is about the first deposit.
async fn a_redeposit_that_a_decision_opened_is_explained(kind: Kind) {
    let (_place, store) = kind.store().await;
    with_click_log(&store).await;
    let story = [
        paid(0, "ftd approved 50USD transaction_id=T-1"),
        paid(60, "ftd approved 80USD transaction_id=T-2"),
    ];
    store.book(&story).await.unwrap();
    let flagged = page(&store, story[1].id, &story).await;
    assert!(flagged.contains("conversion <delivery 0>"), "{flagged}");

    let flag = FlagId {
        delivery: story[1].id,
        reason: FlagReason::DoubleFtd,
    };
    let decision = Decision::new(flag, Answer::Approve, "Ada", "").unwrap();
    let acme = story[0].partner.clone();
    let agreements = [(acme, (*story[0].agreement).clone())]
        .into_iter()
        .collect();
    let now = UnixSeconds(START.0 + 120);
    let decided = store.review(&decision, &agreements, Uuid::from_u128(1), now);
    decided.await.unwrap();
    let redeposit = page(&store, story[1].id, &story).await;
    assert!(redeposit.contains("conversion <delivery 1>"), "{redeposit}");
    assert!(
        redeposit.contains("revshare booked 20.00 USD"),
        "{redeposit}"
    );
    let first = page(&store, story[0].id, &story).await;
    assert!(first.contains("conversion <delivery 0>"), "{first}");
}

async fn an_id_that_names_nothing_is_none(kind: Kind) {
    let (_place, store) = kind.store().await;
    assert_eq!(store.history(Uuid::from_u128(7)).await.unwrap(), None);
}
