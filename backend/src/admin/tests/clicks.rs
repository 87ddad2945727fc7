//! Click logs that are posted.

use reqwest::{Body, Method};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::document::Document;
use super::stand::{Reply, Stand, send};
use crate::admin::clicks::MAX_IMPORTS_AT_ONCE;
use crate::store::place::{Kind, on_every_store};
use crate::testing::delivery;

on_every_store! {
    good_lines_come_in_and_bad_ones_are_named,
    the_same_log_under_its_name_goes_on_where_it_stopped,
    a_broken_connection_loses_nothing_that_was_imported,
}

const NDJSON: &str = "application/x-ndjson";

async fn posts(stand: &Stand, query: &str, media_type: &str, body: impl Into<Body>) -> Reply {
    let path = format!("/admin/clicks{query}");
    let request = stand.request(Method::POST, &path).body(body);
    let reply = send(request.header("content-type", media_type)).await;
    Document::ours().allows("post", &path, &reply);
    reply
}

/// A report without what is zero.
fn counts(reply: &Reply) -> Value {
    assert_eq!(reply.status, 200, "{}", reply.text);
    let mut report = reply.json();
    let fields = report.as_object_mut().unwrap();
    fields.retain(|_, value| *value != json!(0) && *value != json!([]));
    report
}

async fn good_lines_come_in_and_bad_ones_are_named(kind: Kind) {
    let stand = Stand::up_on(kind).await;
    let flagged = delivery(0, "lead approved clickid=late");
    stand.store.book(&[flagged]).await.unwrap();
    let log = "clickid;geo;device\nlate;DE;phone\nabc;Germany;\n\nknown;FR;\n";
    let reply = posts(&stand, "", "text/csv; charset=utf-8", log).await;
    let reason = reply.json()["refused_lines"][0]["reason"].clone();
    assert!(reason.as_str().unwrap().contains("geo must be"), "{reason}");
    assert_eq!(
        counts(&reply),
        json!({
            "imported": 1, "filled_in": 1, "flags_healed": 1, "refused": 1,
            "refused_lines": [{"line": 3, "reason": reason}],
            "ignored_columns": ["device"],
        })
    );
}

async fn the_same_log_under_its_name_goes_on_where_it_stopped(kind: Kind) {
    let stand = Stand::up_on(kind).await;
    let named = "?name=feed";
    let log = "{\"clickid\":\"a\"}\n{\"clickid\":\"b\"}\n";
    let reply = posts(&stand, named, NDJSON, log).await;
    assert_eq!(counts(&reply), json!({"imported": 2}));
    let grown = format!("{log}{{\"clickid\":\"c\"}}\n");
    let reply = posts(&stand, named, NDJSON, grown.clone()).await;
    assert_eq!(counts(&reply), json!({"imported_before": 2, "imported": 1}));
    let again = posts(&stand, "?name=feed&again=true", NDJSON, grown).await;
    assert_eq!(counts(&again), json!({"already_known": 3}));
    let shown = stand.gets("/admin/imports?name=feed").await.json();
    assert_eq!(shown["items"][0]["lines"], 3);
    assert_eq!(shown["items"][0]["bytes"], 48);
    assert_eq!(stand.gets("/admin/imports").await.json(), shown);
    let none = stand.gets("/admin/imports?name=other").await.json();
    assert_eq!(none["items"], json!([]));
    let another = posts(&stand, named, NDJSON, "{\"clickid\":\"x\"}\n").await;
    another.is_problem(409, "other-log");
}

#[tokio::test]
async fn the_imports_are_listed_a_page_at_a_time() {
    let stand = Stand::up().await;
    let long_name = "x".repeat(200);
    for name in ["b", "a", "c", &long_name] {
        posts(
            &stand,
            &format!("?name={name}"),
            NDJSON,
            "{\"clickid\":\"a\"}\n",
        )
        .await;
    }
    let mut names = Vec::new();
    let mut path = "/admin/imports?limit=1".to_owned();
    loop {
        let page = stand.gets(&path).await.json();
        names.extend(page["items"].as_array().unwrap().clone());
        let Some(next) = page["next"].as_str() else {
            break;
        };
        path = format!("/admin/imports?limit=1&cursor={next}");
    }
    let names: Vec<_> = names.iter().map(|it| it["name"].as_str()).collect();
    assert_eq!(names, ["a", "b", "c", &long_name].map(Some));
    let foreign = stand.gets("/admin/imports?name=a&cursor=AAAA").await;
    foreign.is_problem(400, "invalid");
}

/// Lines that fill more than one chunk.
fn long_log() -> (String, u64) {
    const CLICKS: u64 = 8_000;
    let line = |number| {
        format!(
            "{{\"clickid\":\"c-{number}\",\"sub_id_1\":\"{:0400}\"}}\n",
            7
        )
    };
    ((0..CLICKS).map(line).collect(), CLICKS)
}

async fn a_broken_connection_loses_nothing_that_was_imported(kind: Kind) {
    let stand = Stand::up_on(kind).await;
    let (log, clicks) = long_log();
    let mut connection = TcpStream::connect(stand.address()).await.unwrap();
    let head = format!(
        "POST /admin/clicks?name=feed HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\
         Content-Type: {NDJSON}\r\nContent-Length: {}\r\n\r\n",
        stand.address(),
        stand.token,
        log.len()
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    let most = &log.as_bytes()[..log.len() - 1_000];
    connection.write_all(most).await.unwrap();
    while stand.store.import_record("feed").await.unwrap().is_none() {
        tokio::task::yield_now().await;
    }
    drop(connection);

    let report = counts(&posts(&stand, "?name=feed", NDJSON, log).await);
    let count = |name: &str| report[name].as_u64().unwrap_or(0);
    assert!(
        count("imported_before") > 0 && count("imported") > 0,
        "{report}"
    );
    // Turns of a chunk whose end did not come are known when they come again.
    let sum = count("imported") + count("already_known") + count("imported_before");
    assert_eq!(sum, clicks, "{report}");
    assert_eq!(count("refused"), 0, "no torn line was read: {report}");
}

/// A log that is coming in and does not end: it was told to go on, so it is being read.
async fn endless(stand: &Stand) -> TcpStream {
    let mut connection = TcpStream::connect(stand.address()).await.unwrap();
    let head = format!(
        "POST /admin/clicks HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\
         Content-Type: {NDJSON}\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n",
        stand.address(),
        stand.token,
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut told = [0; 12];
    connection.read_exact(&mut told).await.unwrap();
    assert_eq!(&told, b"HTTP/1.1 100");
    connection
}

#[tokio::test]
async fn only_so_many_logs_come_in_at_once() {
    let stand = Stand::up().await;
    let mut open = Vec::new();
    for _ in 0..MAX_IMPORTS_AT_ONCE {
        open.push(endless(&stand).await);
    }
    let log = "{\"clickid\":\"a\"}\n";
    let refused = posts(&stand, "", NDJSON, log).await;
    refused.is_problem(429, "too-many-imports");
    assert_eq!(refused.header("retry-after"), "5");
    drop(open.pop());
    let mut reply = posts(&stand, "", NDJSON, log).await;
    while reply.status == 429 {
        reply = posts(&stand, "", NDJSON, log).await;
    }
    assert_eq!(counts(&reply), json!({"imported": 1}));
}

#[tokio::test]
async fn what_cannot_be_imported_is_told() {
    let stand = Stand::up().await;
    let reply = posts(&stand, "", "application/json", "[]").await;
    reply.is_problem(415, "unsupported-media-type");
    let reply = posts(&stand, "", "text/csv", "id\nabc\n").await;
    let problem = reply.is_problem(400, "invalid");
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("no column clickid")
    );
    let reply = posts(&stand, "?name=&again=maybe&as=x", NDJSON, "").await;
    let problem = reply.is_problem(400, "invalid");
    assert_eq!(problem["errors"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn only_the_first_refused_lines_are_named() {
    let stand = Stand::up().await;
    let reply = posts(&stand, "", NDJSON, "{}\n".repeat(150)).await.json();
    assert_eq!(reply["refused"], 150);
    assert_eq!(reply["refused_lines"].as_array().unwrap().len(), 100);
}

#[tokio::test]
async fn a_store_that_is_away_is_a_problem_and_the_log_can_be_sent_again() {
    let stand = Stand::up().await;
    stand.run("ALTER TABLE clicks RENAME TO gone").await;
    let log = "{\"clickid\":\"a\"}\n";
    let reply = posts(&stand, "?name=feed", NDJSON, log).await;
    reply.is_problem(503, "unavailable");
    stand.run("ALTER TABLE gone RENAME TO clicks").await;
    let reply = posts(&stand, "?name=feed", NDJSON, log).await;
    assert_eq!(counts(&reply), json!({"imported": 1}));
}
