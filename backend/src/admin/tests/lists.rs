//! Lists: pages, filters, and cursors that are taken as they are.

use reqwest::Method;

use super::stand::{Stand, send};
use crate::store::place::{Kind, on_every_store};
use crate::testing::{delivery, delivery_of};

on_every_store! {
    a_walk_by_cursor_sees_each_row_once_while_others_come_in,
    deliveries_are_filtered,
    conversions_are_filtered,
    a_store_that_is_broken_is_a_problem_without_its_cause,
}

const LISTS: [&str; 2] = ["/admin/deliveries", "/admin/conversions"];

/// The ids of a list's pages, one page after the other; `meanwhile` runs after each.
async fn walk(stand: &Stand, list: &str, meanwhile: impl AsyncFn(usize)) -> Vec<String> {
    let mut ids = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = stand.gets(&format!("{list}?limit=2{cursor}")).await.json();
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 2, "{page}");
        ids.extend(
            items
                .iter()
                .map(|item| item["id"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["next"].as_str() else {
            return ids;
        };
        cursor = format!("&cursor={next}");
        meanwhile(ids.len()).await;
    }
}

async fn a_walk_by_cursor_sees_each_row_once_while_others_come_in(kind: Kind) {
    let stand = Stand::up_on(kind).await;
    for rows in 1..=5 {
        let words = format!("lead approved clickid=c{rows}");
        let one = delivery(rows, &words);
        stand.store.book(&[one]).await.unwrap();
    }
    for (list, later) in LISTS.into_iter().zip([1_000, 2_000]) {
        let before = walk(&stand, list, async |_| {}).await;
        let comes_in = async |seen: usize| {
            let second = later + i64::try_from(seen).unwrap();
            let words = format!("lead approved clickid={list}{second}");
            stand.store.book(&[delivery(second, &words)]).await.unwrap();
        };
        let seen = walk(&stand, list, comes_in).await;
        assert_eq!(seen, before, "{list}");
        let distinct: std::collections::BTreeSet<_> = seen.iter().collect();
        assert_eq!(distinct.len(), seen.len(), "{list}");
    }
}

async fn deliveries_are_filtered(kind: Kind) {
    let stand = Stand::up_on(kind).await;
    let batch = [
        delivery(0, "ftd approved 50.00USD"),
        delivery_of("east", 86_400, "lead approved"),
    ];
    stand.store.book(&batch).await.unwrap();
    let [acme, east] = batch.each_ref().map(|it| it.id.to_string());
    for (query, expected) in [
        ("", vec![&east, &acme]),
        ("?partner=acme", vec![&acme]),
        ("?partner=nobody", vec![]),
        ("?verdict=accepted", vec![&east, &acme]),
        ("?verdict=invalid", vec![]),
        ("?from=2024-05-30", vec![&east]),
        ("?until=2024-05-30T00:00:00Z", vec![&acme]),
        (
            "?from=2024-05-01&until=2024-06-01&partner=east",
            vec![&east],
        ),
    ] {
        let shown = stand
            .gets(&format!("/admin/deliveries{query}"))
            .await
            .json();
        let ids: Vec<_> = shown["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| &it["id"])
            .collect();
        assert_eq!(ids, expected, "{query}");
    }
}

async fn conversions_are_filtered(kind: Kind) {
    let stand = Stand::up_on(kind).await;
    let batch = [
        delivery(0, "ftd approved 50.00USD"),
        delivery(10, "lead pending clickid=nobody-knows"),
    ];
    stand.store.book(&batch).await.unwrap();
    let [ftd, lead] = batch.each_ref().map(|it| it.id.to_string());
    for (query, expected) in [
        ("", vec![&lead, &ftd]),
        ("?event=ftd", vec![&ftd]),
        ("?status=pending", vec![&lead]),
        ("?blocked=true", vec![&lead]),
        ("?blocked=false", vec![&ftd]),
        ("?clickid=known", vec![&ftd]),
        ("?partner=acme&until=2024-05-29", vec![]),
    ] {
        let shown = stand
            .gets(&format!("/admin/conversions{query}"))
            .await
            .json();
        let ids: Vec<_> = shown["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| &it["id"])
            .collect();
        assert_eq!(ids, expected, "{query}");
    }
}

async fn a_store_that_is_broken_is_a_problem_without_its_cause(kind: Kind) {
    let stand = Stand::up_on(kind).await;
    stand.run("DROP TABLE deliveries").await;
    let reply = stand.gets("/admin/deliveries").await;
    let problem = reply.is_problem(503, "unavailable");
    assert_eq!(reply.header("retry-after"), "5");
    assert!(!problem.to_string().contains("no such table"), "{problem}");
}

#[tokio::test]
async fn every_mistake_of_a_query_is_named_at_once() {
    let stand = Stand::up().await;
    let query =
        "partner=a%20b&verdict=fine&from=2024-06-01&until=2024-05-01&limit=0&cursor=x&colour=red";
    let reply = stand.gets(&format!("/admin/deliveries?{query}")).await;
    let problem = reply.is_problem(400, "invalid");
    insta::assert_snapshot!(format!("{:#}", problem["errors"]));
    let reply = stand
        .gets("/admin/conversions?blocked=maybe&event=x&status=y&limit=501")
        .await;
    let problem = reply.is_problem(400, "invalid");
    insta::assert_snapshot!(format!("{:#}", problem["errors"]));
}

#[tokio::test]
async fn a_cursor_of_another_list_or_filter_is_refused() {
    let stand = Stand::up().await;
    let batch = [
        delivery(0, "lead approved"),
        delivery(10, "ftd approved 5.00USD"),
    ];
    stand.store.book(&batch).await.unwrap();
    let page = stand.gets("/admin/deliveries?limit=1").await.json();
    let cursor = page["next"].as_str().unwrap();
    for wrong in [
        format!("/admin/conversions?cursor={cursor}"),
        format!("/admin/deliveries?partner=acme&cursor={cursor}"),
    ] {
        let problem = stand.gets(&wrong).await.is_problem(400, "invalid");
        assert_eq!(problem["errors"][0]["field"], "cursor", "{wrong}");
    }
    let longer = format!("/admin/deliveries?limit=9&cursor={cursor}");
    assert_eq!(
        stand.gets(&longer).await.status,
        200,
        "pages may differ in length"
    );
}

#[tokio::test]
async fn the_same_get_twice_is_answered_alike() {
    let stand = Stand::up().await;
    stand
        .store
        .book(&[delivery(0, "lead approved")])
        .await
        .unwrap();
    for list in LISTS {
        let first = send(stand.request(Method::GET, list)).await.text;
        let second = send(stand.request(Method::GET, list)).await.text;
        assert_eq!(first, second);
    }
}
