//! Tests over HTTP: told how they would appear, counted and booked nowhere.

use postern_protocol::id::PartnerId;
use postern_protocol::proof::{self, PROOF_HEADER, ProofToken};
use postern_protocol::sign::Form;
use reqwest::Method;
use uuid::Uuid;

use super::stand::{PAGE_BODY, Reply, Stand, TOKEN, reply};

/// The page's sample with these members besides.
fn page_with(members: &str) -> String {
    PAGE_BODY.replacen('{', &format!("{{{members},"), 1)
}

/// A POST that the edge let through, signed by a key of this name.
async fn signed_by(stand: &Stand, key: &str, body: &str) -> Reply {
    let proof = proof::encode(
        &ProofToken::parse(TOKEN).unwrap(),
        &PartnerId::parse("partner_name").unwrap(),
        &key.parse().unwrap(),
        Form::Json,
        "192.0.2.7".parse().unwrap(),
    );
    let request = stand
        .request(Method::POST, "/v1/event")
        .header(PROOF_HEADER, proof)
        .header("content-type", "application/json")
        .body(body.to_owned());
    reply(request).await
}

async fn conversions(stand: &Stand) -> usize {
    let conversions = stand.store.conversions("abc123def456").await;
    conversions.unwrap().len()
}

#[tokio::test]
async fn a_test_is_answered_with_how_it_would_appear_and_books_nothing() {
    let stand = Stand::up().await;
    let told = stand.posts(&page_with("\"test\":1")).await;
    assert_eq!((told.status, told.text("result")), (200, "accepted"));
    let outlook = &told.body["test"];
    assert_eq!(outlook["marked_by"], "field", "{outlook}");
    assert_eq!(outlook["conversion"]["amount"]["amount"], "50.00");
    assert_eq!(told.body["warnings"], serde_json::json!([]));
    let id = Uuid::parse_str(told.text("id")).unwrap();
    let record = stand.store.delivery(id).await.unwrap().unwrap();
    let kept: serde_json::Value = serde_json::from_str(&record.test.unwrap()).unwrap();
    assert_eq!(&kept, outlook);
    assert_eq!(conversions(&stand).await, 0);

    let live = stand.posts(PAGE_BODY).await;
    assert_eq!(live.text("result"), "accepted", "a test is no first one");
    assert_eq!(live.body["test"], serde_json::Value::Null);
    assert_eq!(conversions(&stand).await, 1);
}

#[tokio::test]
async fn whatever_a_test_secret_signs_is_a_test() {
    let stand = Stand::up().await;
    let plain = signed_by(&stand, "test.sandbox", PAGE_BODY).await;
    assert_eq!(plain.body["test"]["marked_by"], "secret");
    assert_eq!(plain.body["warnings"], serde_json::json!([]));
    let says_no = signed_by(&stand, "test.sandbox", &page_with("\"test\":0")).await;
    assert_eq!(says_no.body["test"]["marked_by"], "secret");
    let warning = says_no.body["warnings"][0].as_str().unwrap();
    assert!(warning.contains("whatever `test` says"), "{warning}");
    assert_eq!(conversions(&stand).await, 0);

    let live = signed_by(&stand, "test-2026", &page_with("\"test\":0")).await;
    assert_eq!((live.status, live.text("result")), (200, "accepted"));
    assert_eq!(live.body["test"], serde_json::Value::Null);
    assert_eq!(conversions(&stand).await, 1);
}

#[tokio::test]
async fn an_invalid_test_is_told_so_and_that_it_was_one() {
    let stand = Stand::up().await;
    let body = page_with("\"test\":true").replace("USD", "XXX");
    let told = stand.posts(&body).await;
    assert_eq!(told.status, 422);
    assert_eq!(told.body["fields"][0]["field"], "currency");
    assert_eq!(told.body["test"]["marked_by"], "field");
    let unclear = stand.posts(&page_with("\"test\":\"yes\"")).await;
    assert_eq!(unclear.status, 422);
    assert_eq!(unclear.body["fields"][0]["field"], "test");
    assert_eq!(unclear.body["test"], serde_json::Value::Null);
    assert_eq!(conversions(&stand).await, 0);
}

#[tokio::test]
async fn a_test_has_a_counter_of_its_own_and_moves_no_other() {
    let stand = Stand::up().await;
    let flagged = page_with("\"test\":1").replace("abc123def456", "nobody");
    assert_eq!(stand.posts(&flagged).await.text("result"), "flagged");
    let counted = r#"postern_test_deliveries_total{partner="partner_name",verdict="flagged"} 1"#;
    stand.metrics_hold(counted).await;
    let page = stand.metrics().await;
    for name in [
        "postern_deliveries_total{",
        "postern_flags_raised_total{",
        "postern_reported_amount_count",
        "postern_event_delay_seconds_count",
    ] {
        assert!(!page.contains(name), "{name} moved: {page}");
    }
}

#[tokio::test]
async fn a_test_that_the_store_cannot_keep_is_to_be_sent_again() {
    let stand = Stand::up().await;
    stand
        .folder
        .run("ALTER TABLE deliveries RENAME TO gone")
        .await;
    let refused = stand.posts(&page_with("\"test\":1")).await;
    assert_eq!(
        (refused.status, refused.text("error")),
        (503, "unavailable")
    );
    stand
        .folder
        .run("ALTER TABLE gone RENAME TO deliveries")
        .await;
    let told = stand.posts(&page_with("\"test\":1")).await;
    assert_eq!((told.status, told.text("result")), (200, "accepted"));
}
