//! An answer is undone by a decision of its own.

use serde_json::{Value, json};
use uuid::Uuid;

use super::review::{decision, flagged, pays_a_share};
use super::stand::Stand;
use crate::store::place::{Kind, on_every_store};

on_every_store! {
    an_answer_is_undone_as_shown_and_given_anew,
}

async fn an_answer_is_undone_as_shown_and_given_anew(kind: Kind) {
    let stand = Stand::up_on(kind).await;
    pays_a_share(&stand);
    let ftd = flagged(&stand, 0, "50.00USD").await;
    let path = format!("/admin/flags/{ftd}/unknown_click/undo");
    stand.gets(&path).await.is_problem(409, "unfit");
    stand
        .posts("/admin/decisions", &decision(ftd, "approve"))
        .await;
    let shown = stand.gets(&path).await.json();
    assert_eq!(shown["answer"]["outcome"], "approved");
    let line = &shown["undo"]["changes"]["payouts"][0];
    assert_eq!(line["step"], "clawed_back");
    assert_eq!(
        line["amount"],
        json!({"currency": "USD", "amount": "-12.50"})
    );
    is_undone_with_a_reason(&stand, ftd, &shown).await;
    can_be_answered_anew(&stand, ftd).await;
}

/// As it was shown; and who comes second is told.
async fn is_undone_with_a_reason(stand: &Stand, ftd: Uuid, shown: &Value) {
    let mut undo = decision(ftd, "undo");
    undo["seen"] = shown["seen"].clone();
    let mut silent = undo.clone();
    silent["note"] = json!("");
    stand
        .posts("/admin/decisions", &silent)
        .await
        .is_problem(400, "invalid");
    let undone = stand.posts("/admin/decisions", &undo).await;
    assert_eq!(undone.status, 200, "{}", undone.text);
    let changes = &undone.json()["changes"];
    assert_eq!(changes["reopened"], json!([format!("{ftd}/unknown_click")]));
    assert_eq!(changes["closed"], json!([]));
    assert_eq!(changes["payouts"], shown["undo"]["changes"]["payouts"]);
    let again = stand.posts("/admin/decisions", &undo).await;
    let problem = again.is_problem(409, "already-decided");
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("undone already, by ada")
    );
}

async fn can_be_answered_anew(stand: &Stand, ftd: Uuid) {
    let anew = stand
        .posts("/admin/decisions", &decision(ftd, "reject"))
        .await;
    assert_eq!(anew.status, 200, "{}", anew.text);
    let told = stand.gets("/admin/decisions?clickid=nobody-0").await.json();
    let told: Vec<_> = told["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["outcome"].clone())
        .collect();
    assert_eq!(told, ["approved", "undone", "rejected"]);
}
