//! What is too large is refused at the very byte, however its size is told, and without harm to
//! the next request.

use postern_tests::MANY_FAILURES;
use postern_tests::gate::Gate;
use postern_tests::partner::{Partner, partners_toml};
use postern_tests::postback::{padded, registration};

const MAX_BODY_BYTES: usize = 65_536;

#[tokio::test(flavor = "multi_thread")]
async fn the_body_limit_is_exact_by_content_length_and_by_chunks() {
    let gate = Gate::open().await;
    gate.send(&padded("click-1", MAX_BODY_BYTES))
        .await
        .recorded("accepted");
    gate.send(&padded("click-2", MAX_BODY_BYTES).chunked(4_096))
        .await
        .recorded("accepted");
    gate.send(&padded("click-3", MAX_BODY_BYTES + 1))
        .await
        .refused(413, "body_too_large");
    gate.send(&padded("click-4", MAX_BODY_BYTES + 1).chunked(4_096))
        .await
        .refused(413, "body_too_large");
    gate.send_tls(&padded("click-5", MAX_BODY_BYTES))
        .await
        .recorded("accepted");
    gate.send_tls(&padded("click-6", MAX_BODY_BYTES + 1))
        .await
        .refused(413, "body_too_large");
    assert_eq!(gate.ledger().await.deliveries().await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_smaller_limit_is_kept_just_as_exactly() {
    let edge = format!("{MANY_FAILURES}\nmax_body_bytes = 1024");
    let gate = Gate::with(&partners_toml(&edge, &[Partner::of_the_page()])).await;
    gate.send(&padded("click-1", 1_024))
        .await
        .recorded("accepted");
    gate.send(&padded("click-2", 1_024).chunked(1))
        .await
        .recorded("accepted");
    gate.send(&padded("click-3", 1_025))
        .await
        .refused(413, "body_too_large");
    gate.send(&padded("click-4", 1_025).chunked(100))
        .await
        .refused(413, "body_too_large");
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_beyond_the_limit_are_refused() {
    let gate = Gate::open().await;
    let large = registration("click-1").header("x-large", "x".repeat(40 * 1024));
    gate.send(&large)
        .await
        .refused_unread(431, "headers_too_large");
    let many = (0..100).fold(registration("click-1"), |message, number| {
        message.header(&format!("x-h{number}"), "x")
    });
    gate.send(&many)
        .await
        .refused_unread(431, "headers_too_large");
    let long =
        registration("click-1").target(format!("/v1/event?source={}", "x".repeat(60 * 1024)));
    gate.send(&long)
        .await
        .refused_unread(431, "headers_too_large");
    assert_eq!(gate.ledger().await.deliveries().await, 0);
    gate.send(&registration("click-1"))
        .await
        .recorded("accepted");
}
