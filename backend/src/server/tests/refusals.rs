//! What is not recorded, and what its sender is told.

use std::sync::Arc;

use postern_protocol::proof::PROOF_HEADER;
use reqwest::Method;

use super::stand::{MAX_BODY_BYTES, PAGE_BODY, Stand, TOKEN, admission, proof, reply};

const OTHER_TOKEN: &str = "another-token-of-more-than-32-characters";

#[tokio::test]
async fn without_one_valid_proof_nothing_passes() {
    let stand = Stand::up().await;
    let event = || stand.request(Method::POST, "/v1/event").body(PAGE_BODY);
    let good = proof(TOKEN, "partner_name");
    for request in [
        event(),
        event().header(PROOF_HEADER, ""),
        event().header(PROOF_HEADER, proof(OTHER_TOKEN, "partner_name")),
        event().header(PROOF_HEADER, &good[..good.len() - 12]),
        event()
            .header(PROOF_HEADER, &good)
            .header(PROOF_HEADER, &good),
        stand.request(Method::DELETE, "/v1/event"),
    ] {
        let reply = reply(request).await;
        assert_eq!((reply.status, reply.text("error")), (401, "unauthorized"));
    }
    assert!(
        stand
            .metrics()
            .await
            .contains(r#"postern_refusals_total{cause="no_proof"} 6"#)
    );
}

#[tokio::test]
async fn tokens_and_partners_change_while_it_serves() {
    let stand = Stand::up().await;
    let newcomer = || {
        stand
            .request(
                Method::GET,
                "/v1/event?clickid=c&event=lead&status=approved",
            )
            .header(PROOF_HEADER, proof(OTHER_TOKEN, "newcomer"))
    };
    assert_eq!(reply(newcomer()).await.status, 401);

    stand.admission.send_replace(Arc::new(admission(
        &[TOKEN, OTHER_TOKEN],
        &["partner_name"],
    )));
    let early = reply(newcomer()).await;
    assert_eq!(
        (early.status, early.retry_after.as_deref()),
        (503, Some("5"))
    );

    stand
        .admission
        .send_replace(Arc::new(admission(&[OTHER_TOKEN], &["newcomer"])));
    assert_eq!(reply(newcomer()).await.status, 200);
    assert_eq!(stand.posts(PAGE_BODY).await.status, 401);
}

#[tokio::test]
async fn a_new_partners_request_waits_until_the_partner_is_known_here() {
    let stand = Stand::up().await;
    let watchers = stand.admission.receiver_count();
    let early = stand
        .request(
            Method::GET,
            "/v1/event?clickid=c&event=lead&status=approved",
        )
        .header(PROOF_HEADER, proof(TOKEN, "newcomer"));
    let early = tokio::spawn(reply(early));
    while stand.admission.receiver_count() == watchers {
        tokio::task::yield_now().await;
    }
    stand
        .admission
        .send_replace(Arc::new(admission(&[TOKEN], &["newcomer"])));
    assert_eq!(early.await.unwrap().status, 200);
}

#[tokio::test]
async fn head_is_never_taken_for_get() {
    let stand = Stand::up().await;
    let request = stand
        .request(
            Method::HEAD,
            "/v1/event?clickid=c&event=lead&status=approved",
        )
        .header(PROOF_HEADER, proof(TOKEN, "partner_name"));
    let reply = reply(request).await;
    assert_eq!(
        (reply.status, reply.allow.as_deref()),
        (405, Some("GET, POST"))
    );
    assert_eq!(stand.store.conversions("c").await.unwrap(), []);
}

#[tokio::test]
async fn a_body_is_taken_up_to_the_limit() {
    let stand = Stand::up().await;
    let padded = |bytes: u32| {
        let blanks = " ".repeat(bytes as usize - PAGE_BODY.len());
        format!("{PAGE_BODY}{blanks}")
    };
    assert_eq!(stand.posts(&padded(MAX_BODY_BYTES)).await.status, 200);
    let reply = stand.posts(&padded(MAX_BODY_BYTES + 1)).await;
    assert_eq!((reply.status, reply.text("error")), (413, "body_too_large"));
}

#[tokio::test]
async fn what_the_edge_would_not_have_let_through_is_refused_all_the_same() {
    let stand = Stand::up().await;
    let reply_to = async |body: &str| stand.posts(body).await;
    assert_eq!(reply_to("{").await.text("error"), "unreadable");
    let other = r#"{"source":"rival","clickid":"c","event":"lead","status":"approved"}"#;
    assert_eq!(reply_to(other).await.text("error"), "source_conflict");
    let text = stand.json("").header("content-encoding", "gzip");
    let refused = reply(text).await;
    assert_eq!(
        (refused.status, refused.text("error")),
        (415, "unsupported_media_type")
    );
}

#[tokio::test]
async fn other_paths_are_refused_as_json() {
    let stand = Stand::up().await;
    let elsewhere = reply(stand.request(Method::GET, "/v1/events")).await;
    assert_eq!(
        (elsewhere.status, elsewhere.text("error")),
        (404, "not_found")
    );
    let posted = reply(stand.request(Method::POST, "/healthz")).await;
    assert_eq!(
        (posted.status, posted.text("error")),
        (405, "method_not_allowed")
    );
}
