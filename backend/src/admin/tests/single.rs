//! One delivery, one conversion.

use axum::body::Bytes;
use serde_json::json;

use super::stand::Stand;
use crate::delivery::Delivery;
use crate::store::place::{Kind, on_every_store};
use crate::testing::delivery;

on_every_store! {
    a_delivery_is_shown_with_its_request,
    a_body_that_is_no_text_is_shown_in_base64,
    a_conversion_is_shown_as_it_stands,
    a_delivery_is_explained_to_each_cent,
}

const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

async fn a_delivery_is_shown_with_its_request(kind: Kind) {
    let stand = Stand::up_on(kind).await;
    let ftd = delivery(0, "ftd approved 50.00USD clickid=late sub_id_9=x");
    let query = ftd.query.clone();
    stand.store.book(std::slice::from_ref(&ftd)).await.unwrap();
    let path = format!("/admin/deliveries/{}", ftd.id);
    let shown = stand.gets(&path).await.json();
    assert_eq!(shown["verdict"], "flagged");
    assert_eq!(shown["flags"], json!(["unknown_click"]));
    assert_eq!(shown["received_at"], "2024-05-29T16:26:40Z");
    assert_eq!(shown["conversion"], ftd.id.to_string());
    assert_eq!(shown["warnings"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        shown["request"],
        json!({
            "method": "GET", "content_type": null,
            "query": {"encoding": "utf8", "data": query},
            "body": {"encoding": "utf8", "data": ""},
        })
    );
}

async fn a_body_that_is_no_text_is_shown_in_base64(kind: Kind) {
    let stand = Stand::up_on(kind).await;
    let odd = Delivery {
        body: Bytes::from_static(&[0xff, 0x00]),
        ..delivery(0, "lead approved")
    };
    stand.store.book(std::slice::from_ref(&odd)).await.unwrap();
    let path = format!("/admin/deliveries/{}", odd.id);
    let shown = stand.gets(&path).await.json();
    assert_eq!(
        shown["request"]["body"],
        json!({"encoding": "base64", "data": "/wA="})
    );
}

async fn a_conversion_is_shown_as_it_stands(kind: Kind) {
    let stand = Stand::up_on(kind).await;
    let batch = [
        delivery(0, "ftd pending 50.00USD geo=DE"),
        delivery(60, "ftd approved 60.00USD geo=DE"),
    ];
    stand.store.book(&batch).await.unwrap();
    let path = format!("/admin/conversions/{}", batch[0].id);
    let shown = stand.gets(&path).await.json();
    assert_eq!(shown["event"], "ftd");
    assert_eq!(shown["status"], "approved");
    assert_eq!(
        shown["money"],
        json!({"amount": "60.00", "currency": "USD"})
    );
    assert_eq!(shown["geo"], "DE");
    assert_eq!(shown["opened_at"], "2024-05-29T16:26:40Z");
    assert_eq!(shown["changed_at"], "2024-05-29T16:27:40Z");
}

async fn a_delivery_is_explained_to_each_cent(kind: Kind) {
    let stand = Stand::up_on(kind).await;
    let batch = [
        delivery(0, "ftd pending 50.00USD clickid=late"),
        delivery(60, "ftd approved 50.00USD clickid=late"),
    ];
    stand.store.book(&batch).await.unwrap();
    let path = format!("/admin/explain/{}", batch[1].id);
    let shown = stand.gets(&path).await.json();
    assert_eq!(shown["delivery"]["id"], batch[1].id.to_string());
    assert_eq!(shown["conversion"]["id"], batch[0].id.to_string());
    let steps = shown["steps"].as_array().unwrap();
    let kinds: Vec<_> = steps.iter().map(|step| &step["kind"]).collect();
    assert_eq!(kinds, ["opened", "flagged", "changed"]);
    assert!(shown["money"]["nothing"].is_string(), "{shown}");
}

#[tokio::test]
async fn what_is_not_there_is_said_and_what_is_no_id_too() {
    let stand = Stand::up().await;
    for of in ["deliveries", "conversions", "explain"] {
        let reply = stand.gets(&format!("/admin/{of}/{NOBODY}")).await;
        let problem = reply.is_problem(404, "not-found");
        assert!(problem["detail"].as_str().unwrap().contains(NOBODY));
        let reply = stand.gets(&format!("/admin/{of}/nonsense")).await;
        let problem = reply.is_problem(400, "invalid");
        assert_eq!(problem["errors"][0]["field"], "id");
    }
}
