//! Exports: everything, once, whatever its length.

use std::collections::BTreeSet;

use serde_json::Value;

use super::stand::Stand;
use crate::store::place::{Kind, on_every_store};
use crate::testing::{delivery, delivery_of};

on_every_store! {
    an_export_of_several_pages_has_each_row_once,
    each_sort_is_exported_in_both_formats,
    a_store_that_is_broken_is_told_before_the_first_byte,
}

async fn an_export_of_several_pages_has_each_row_once(kind: Kind) {
    let stand = Stand::up_on(kind).await;
    let rows = i64::from(crate::store::EXPORT_PAGE_ROWS) * 2 + 7;
    let batch: Vec<_> = (0..rows)
        .map(|second| delivery(second, &format!("lead approved clickid=c{second}")))
        .collect();
    stand.store.book(&batch).await.unwrap();
    let reply = stand.gets("/admin/exports/deliveries").await;
    assert_eq!(reply.header("content-type"), "application/x-ndjson");
    let lines = reply.text.lines();
    let ids: BTreeSet<String> = lines
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].to_string())
        .collect();
    assert_eq!(ids.len(), batch.len());
    assert_eq!(reply.text.lines().count(), batch.len());
}

async fn each_sort_is_exported_in_both_formats(kind: Kind) {
    let stand = Stand::up_on(kind).await;
    let batch = [
        delivery(0, "ftd approved 50.00USD"),
        delivery_of("east", 10, "lead approved"),
    ];
    stand.store.book(&batch).await.unwrap();
    for (what, rows) in [
        ("deliveries", 2),
        ("conversions", 2),
        ("payouts", 0),
        ("clicks", 1),
        ("decisions", 0),
    ] {
        let path = format!("/admin/exports/{what}");
        assert_eq!(stand.gets(&path).await.text.lines().count(), rows, "{what}");
        let csv = stand.gets(&format!("{path}?format=csv")).await;
        assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
        assert_eq!(csv.text.lines().count(), rows + 1, "{what} below a header");
    }
    let of_east = "/admin/exports/conversions?partner=east&from=2024-05-29&to=2024-05-29";
    assert_eq!(stand.gets(of_east).await.text.lines().count(), 1);
}

async fn a_store_that_is_broken_is_told_before_the_first_byte(kind: Kind) {
    let stand = Stand::up_on(kind).await;
    stand.run("DROP TABLE decisions").await;
    let reply = stand.gets("/admin/exports/decisions").await;
    reply.is_problem(503, "unavailable");
}

#[tokio::test]
async fn what_cannot_be_exported_is_said() {
    let stand = Stand::up().await;
    let reply = stand.gets("/admin/exports/secrets").await;
    let problem = reply.is_problem(404, "not-found");
    assert!(
        problem["detail"].as_str().unwrap().contains("payouts"),
        "{problem}"
    );
    let reply = stand.gets("/admin/exports/clicks?format=xml&to=x").await;
    let problem = reply.is_problem(400, "invalid");
    assert_eq!(problem["errors"].as_array().map(Vec::len), Some(2));
}
