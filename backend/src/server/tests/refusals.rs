//! What is not recorded, and what its sender is told.

use std::sync::Arc;

use postern_protocol::proof::PROOF_HEADER;
use reqwest::Method;

use super::stand::{MAX_BODY_BYTES, PAGE_BODY, Reply, Stand, TOKEN, admission, proof, reply};

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
            .contains(r#"postern_refusals_total{cause="no_proof"} 5"#)
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
    assert_eq!(reply(request).await.status, 503);
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
    let longer = stand.posts(&padded(MAX_BODY_BYTES + 1)).await;
    assert_asked_to_try_again(&stand, &longer, "body_too_large").await;
}

#[tokio::test]
async fn what_the_edge_understood_differently_is_to_be_sent_again() {
    let stand = Stand::up().await;
    let unreadable = stand.posts("{").await;
    assert_asked_to_try_again(&stand, &unreadable, "not_json").await;
    let other = r#"{"source":"rival","clickid":"c","event":"lead","status":"approved"}"#;
    let other = stand.posts(other).await;
    assert_asked_to_try_again(&stand, &other, "source_conflict").await;
    let packed = reply(stand.json("").header("content-encoding", "gzip")).await;
    assert_asked_to_try_again(&stand, &packed, "unsupported_media_type").await;
}

#[tokio::test]
async fn a_proof_in_another_versions_words_is_to_be_sent_again() {
    let stand = Stand::up().await;
    let good = proof(TOKEN, "partner_name");
    for (cause_count, unknown) in [
        good.replace(";form=json", ";form=json-of-tomorrow"),
        good.replace(";address=", ";port=1;address="),
        good[..good.len() - 12].to_owned(),
    ]
    .into_iter()
    .enumerate()
    {
        let request = stand.request(Method::POST, "/v1/event").body(PAGE_BODY);
        let reply = reply(request.header(PROOF_HEADER, unknown)).await;
        let cause = format!(r#"proof_unreadable"}} {}"#, cause_count + 1);
        assert_asked_to_try_again_as(&stand, &reply, &cause).await;
    }
}

async fn assert_asked_to_try_again(stand: &Stand, reply: &Reply, cause: &str) {
    let once = format!(r#"{cause}"}} 1"#);
    assert_asked_to_try_again_as(stand, reply, &once).await;
}

async fn assert_asked_to_try_again_as(stand: &Stand, reply: &Reply, counted: &str) {
    assert_eq!(
        (
            reply.status,
            reply.text("error"),
            reply.retry_after.as_deref()
        ),
        (503, "unavailable", Some("5"))
    );
    let metrics = stand.metrics().await;
    let line = format!(r#"postern_refusals_total{{cause="{counted}"#);
    assert!(metrics.contains(&line), "{line} is missing in:\n{metrics}");
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
    assert_eq!(posted.allow.as_deref(), Some("GET,HEAD"));
}
