//! Reports are what the command line prints as JSON.

use serde_json::json;

use super::stand::Stand;
use crate::store::place::{Kind, on_every_store};
use crate::testing::{delivery, delivery_of};

on_every_store! {
    a_funnel_counts_what_was_booked,
    payouts_are_empty_where_nothing_is_paid,
    sources_come_with_their_thresholds,
}

async fn a_funnel_counts_what_was_booked(kind: Kind) {
    let stand = Stand::up_on(kind).await;
    let batch = [
        delivery(0, "registration approved"),
        delivery(10, "ftd approved 50.00USD"),
        delivery_of("east", 20, "lead pending clickid=nobody-knows"),
    ];
    stand.store.book(&batch).await.unwrap();
    let funnel = stand
        .gets("/admin/reports/funnel?from=2024-05-29&to=2024-05-29")
        .await
        .json();
    assert_eq!(funnel["report"], "funnel");
    assert_eq!(funnel["total"]["registrations"], 1);
    assert_eq!(funnel["total"]["ftds"], 1);
    assert_eq!(funnel["total"]["flagged"], 1);
    assert_eq!(
        funnel["total"]["deposits"],
        json!([{"currency": "USD", "amount": "50.00"}])
    );
    let rows = |by: &str| format!("/admin/reports/funnel?by={by}&partner=acme");
    let by_day = stand.gets(&rows("partner,day")).await.json();
    let group = json!({"partner": "acme", "day": "2024-05-29"});
    assert_eq!(by_day["rows"][0]["group"], group);
    assert_eq!(
        stand.gets(&rows("")).await.json()["rows"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
}

async fn payouts_are_empty_where_nothing_is_paid(kind: Kind) {
    let stand = Stand::up_on(kind).await;
    stand
        .store
        .book(&[delivery(0, "ftd approved 50.00USD")])
        .await
        .unwrap();
    let path = "/admin/reports/payouts?from=2024-05-01&to=2024-05-31&in=EUR";
    let payouts = stand.gets(path).await.json();
    assert_eq!(payouts["report"], "payouts");
    assert_eq!(payouts["due_until"], "2024-05-29T16:26:40Z");
    assert_eq!(payouts["rows"], json!([]));
}

async fn sources_come_with_their_thresholds(kind: Kind) {
    let stand = Stand::up_on(kind).await;
    stand
        .store
        .book(&[delivery(0, "ftd approved 50.00USD")])
        .await
        .unwrap();
    let sources = stand
        .gets("/admin/reports/sources?by=source,geo&in=USD")
        .await
        .json();
    assert_eq!(sources["report"], "sources");
    assert!(sources["thresholds"]["min_clicks"].is_number(), "{sources}");
    let row = &sources["rows"][0];
    assert_eq!((&row["clicks"], &row["ftds"]), (&json!(1), &json!(1)));
    assert_eq!(row["recommendation"], "too_early");
}

#[tokio::test]
async fn what_cannot_be_reported_is_said_field_by_field() {
    let stand = Stand::up().await;
    for (path, fields) in [
        (
            "funnel?from=2024-05-32&by=partner,moon&partner=a%20b",
            vec!["from", "partner", "by"],
        ),
        ("funnel?from=2024-05-02&to=2024-05-01", vec!["to"]),
        ("payouts?from=2024-05-02", vec!["by"]),
        (
            "payouts?by=year&due=soon&in=Dollars",
            vec!["by", "due", "in"],
        ),
    ] {
        let reply = stand.gets(&format!("/admin/reports/{path}")).await;
        let problem = reply.is_problem(400, "invalid");
        let errors = problem["errors"].as_array().unwrap();
        let named: Vec<_> = errors
            .iter()
            .map(|error| error["field"].as_str().unwrap())
            .collect();
        assert_eq!(named, fields, "{path}");
    }
}

#[tokio::test]
async fn a_rates_file_that_cannot_be_used_is_our_problem() {
    let stand = Stand::up().await;
    std::fs::write(stand.rates.path().join("rates.toml"), "[[rate]]\ndate = 3").unwrap();
    let reply = stand.gets("/admin/reports/payouts").await;
    let problem = reply.is_problem(500, "internal");
    assert!(
        problem["detail"].as_str().unwrap().contains("rates"),
        "{problem}"
    );
}
