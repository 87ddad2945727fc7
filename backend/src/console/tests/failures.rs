//! What is shown when something is wrong.

use reqwest::Method;

use super::browser::Browser;
use crate::admin::access::MAX_QUERY_BYTES;
use crate::admin::tests::stand::{Stand, send};

#[tokio::test]
async fn unknown_pages_and_parameters_are_named() {
    let stand = Stand::up().await;
    let mut ada = Browser::of_ada(&stand).await;
    let reply = ada.gets("/console/nowhere").await;
    assert_eq!(reply.status, 404);
    assert!(reply.text.contains("No such page"), "{}", reply.text);
    assert!(reply.text.contains("<nav"), "the way on is shown");
    let reply = Browser::at(&stand).gets("/console/login?colour=red").await;
    assert_eq!(reply.status, 400);
    assert!(reply.text.contains("<code>colour</code>"), "{}", reply.text);
    let long = format!("/console/account?x={}", "y".repeat(MAX_QUERY_BYTES));
    assert_eq!(ada.gets(&long).await.status, 414);
}

#[tokio::test]
async fn what_is_wrong_in_an_address_is_shown_as_text() {
    let stand = Stand::up().await;
    let mut ada = Browser::at(&stand);
    let hostile = "/console/login?%3Cscript%3E%E2%80%AEx=1";
    let page = ada.gets(hostile).await.text;
    assert!(page.contains("&lt;script&gt;⟨U+202E⟩x"), "{page}");
    assert!(!page.contains("<script>"), "{page}");
}

#[tokio::test]
async fn another_host_and_another_sites_page_are_told_apart() {
    let stand = Stand::up().await;
    let by = |header: &str, value: &str| {
        let request = Browser::at(&stand).request(Method::GET, "/console/login");
        request.header(header, value)
    };
    let reply = send(by("host", "evil.example")).await;
    assert_eq!(reply.status, 421);
    assert!(
        reply.text.contains("`hosts` under [admin]"),
        "{}",
        reply.text
    );
    let reply = send(by("origin", "https://evil.example")).await;
    assert_eq!(reply.status, 403);
}
