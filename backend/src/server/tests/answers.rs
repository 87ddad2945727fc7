//! What a verified delivery is answered, and that its record is there by then.

use uuid::Uuid;

use super::stand::{PAGE_BODY, Stand};
use crate::ledger::Verdict;

#[tokio::test]
async fn the_pages_post_is_accepted_and_recorded() {
    let stand = Stand::up().await;
    let reply = stand.posts(PAGE_BODY).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.text("result"), "accepted");
    let id = Uuid::parse_str(reply.text("id")).unwrap();
    let record = stand.store.delivery(id).await.unwrap().unwrap();
    assert_eq!(record.body, PAGE_BODY.as_bytes());
    assert_eq!(record.method, "POST");
    assert_eq!(record.content_type.as_deref(), Some("application/json"));
    assert_eq!(record.request_id, "r-1");
    assert_eq!((&*record.partner, &*record.form), ("partner_name", "json"));
    assert_eq!(
        stand.store.conversions("abc123def456").await.unwrap().len(),
        1
    );
}

#[tokio::test]
async fn the_pages_get_is_accepted_with_a_warning() {
    let stand = Stand::up().await;
    let query = "clickid=abc123def456&event=ftd&status=approved&amount=50%C2%A4cy=USD&sign=00";
    let reply = stand.gets(query).await;
    assert_eq!((reply.status, reply.text("result")), (200, "accepted"));
    assert!(
        reply.body["warnings"][0]
            .as_str()
            .unwrap()
            .contains("currency")
    );
}

#[tokio::test]
async fn a_repeat_is_answered_with_the_first_ones_id() {
    let stand = Stand::up().await;
    let first = stand.posts(PAGE_BODY).await;
    let again = stand.posts(PAGE_BODY).await;
    assert_eq!((again.status, again.text("result")), (200, "duplicate"));
    assert_eq!(again.text("first_result"), "accepted");
    assert_eq!(again.text("id"), first.text("id"));
    assert_eq!(
        stand.store.conversions("abc123def456").await.unwrap().len(),
        1
    );
}

#[tokio::test]
async fn an_unknown_click_is_flagged_by_name() {
    let stand = Stand::up().await;
    let reply = stand
        .gets("clickid=nobody&event=lead&status=approved")
        .await;
    assert_eq!((reply.status, reply.text("result")), (200, "flagged"));
    assert_eq!(reply.body["flags"][0], "unknown_click");
}

#[tokio::test]
async fn wrong_fields_are_all_named_and_kept() {
    let stand = Stand::up().await;
    let wrong = r#"{"clickid":"c","event":"deposit","status":"ok"}"#;
    let reply = stand.posts(wrong).await;
    assert_eq!((reply.status, reply.text("error")), (422, "invalid"));
    assert_eq!(reply.text("request_id"), "r-1");
    let fields: Vec<_> = reply.body["fields"].as_array().unwrap().iter().collect();
    assert_eq!(fields.len(), 2);
    assert_eq!(
        (&fields[0]["field"], &fields[0]["received"]),
        (&"event".into(), &"deposit".into())
    );
    let id = Uuid::parse_str(reply.text("id")).unwrap();
    let record = stand.store.delivery(id).await.unwrap().unwrap();
    assert_eq!(record.verdict, Verdict::Invalid);

    let again = stand.posts(wrong).await;
    assert_eq!((again.status, &again.body), (422, &reply.body));
}

#[tokio::test]
async fn a_macro_is_quarantined_with_200() {
    let stand = Stand::up().await;
    let query = "clickid=abc123def456&event=ftd&status=approved&amount={amount}&currency=USD";
    let reply = stand.gets(query).await;
    assert_eq!((reply.status, reply.text("result")), (200, "quarantined"));
    assert!(
        reply.body["warnings"][0]
            .as_str()
            .unwrap()
            .starts_with("amount")
    );
    assert_eq!(stand.store.conversions("abc123def456").await.unwrap(), []);
}

#[tokio::test]
async fn health_and_metrics_tell_what_happened() {
    let stand = Stand::up().await;
    stand.posts(PAGE_BODY).await;
    stand.posts(PAGE_BODY).await;
    assert!(stand.is_ready().await);
    let metrics = stand.metrics().await;
    for line in [
        r#"postern_deliveries_total{partner="partner_name",verdict="accepted"} 1"#,
        r#"postern_deliveries_total{partner="partner_name",verdict="duplicate"} 1"#,
        "postern_batch_deliveries_count 2",
        "postern_commit_seconds_count 2",
        "postern_queue_depth 0",
    ] {
        assert!(metrics.contains(line), "{line} is missing in:\n{metrics}");
    }
}
