//! Who gets in, and what is the same at every endpoint.

use std::sync::Arc;

use reqwest::Method;

use super::document::{Document, an_example_of};
use super::stand::{Stand, send};
use crate::admin::Tokens;
use crate::admin::access::{FAILURE_BURST, MAX_QUERY_BYTES};

const PATHS: [&str; 3] = ["/admin/partners", "/admin/openapi.json", "/nowhere"];

#[tokio::test]
async fn without_a_good_token_nothing_is_told() {
    let stand = Stand::up().await;
    for path in PATHS {
        for request in [
            stand.bare(Method::GET, path),
            stand
                .bare(Method::GET, path)
                .bearer_auth("postern_admin_00"),
            stand
                .bare(Method::POST, path)
                .basic_auth("ada", Some(&stand.token)),
        ] {
            let reply = send(request).await;
            reply.is_problem(401, "unauthorized");
            assert!(reply.header("www-authenticate").starts_with("Bearer"));
            assert_eq!(reply.header("cache-control"), "no-store");
        }
    }
}

#[tokio::test]
async fn no_operation_of_the_document_is_open_without_a_token() {
    let document = Document::ours();
    let operations = document.operations();
    assert!(operations.len() > 10, "{}", operations.len());
    for (method, template, _) in operations {
        // Each on its own: so many strangers would be held off.
        let stand = Stand::up().await;
        let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        let reply = send(stand.bare(method, &an_example_of(template))).await;
        reply.is_problem(401, "unauthorized");
    }
}

#[tokio::test]
async fn a_token_counts_until_it_is_revoked() {
    let stand = Stand::up().await;
    assert_eq!(stand.gets("/admin/partners").await.status, 200);
    stand.tokens.send_replace(Arc::new(Tokens::default()));
    let reply = send(stand.request(Method::GET, "/admin/partners")).await;
    reply.is_problem(401, "unauthorized");
}

#[tokio::test]
async fn wrong_tokens_are_bounded_and_a_good_one_still_passes() {
    let stand = Stand::up().await;
    let wrong = || {
        stand
            .bare(Method::GET, "/admin/partners")
            .bearer_auth("wrong")
    };
    for _ in 0..FAILURE_BURST {
        send(wrong()).await.is_problem(401, "unauthorized");
    }
    let reply = send(wrong()).await;
    reply.is_problem(429, "too-many-failures");
    assert_eq!(reply.header("retry-after"), "1");
    assert_eq!(stand.gets("/admin/partners").await.status, 200);
}

#[tokio::test]
async fn only_our_own_names_are_answered_to() {
    let stand = Stand::up().await;
    let by = |host: &str| {
        stand
            .request(Method::GET, "/admin/partners")
            .header("host", host)
    };
    for host in ["localhost:8091", "admin.example.com", "[::1]:8091"] {
        assert_eq!(send(by(host)).await.status, 200, "{host}");
    }
    send(by("evil.example"))
        .await
        .is_problem(421, "misdirected");
    let page = by("localhost").header("origin", "https://evil.example");
    send(page).await.is_problem(403, "foreign-origin");
}

#[tokio::test]
async fn no_page_of_another_site_is_let_in() {
    let stand = Stand::up().await;
    let preflight = stand
        .bare(Method::OPTIONS, "/admin/partners")
        .header("origin", &stand.base)
        .header("access-control-request-method", "GET");
    let reply = send(preflight).await;
    reply.is_problem(401, "unauthorized");
    let cors = reply
        .headers
        .keys()
        .filter(|it| it.as_str().starts_with("access-control"));
    assert_eq!(cors.count(), 0);
}

#[tokio::test]
async fn unknown_paths_and_long_queries_are_problems() {
    let stand = Stand::up().await;
    for path in [
        "/admin",
        "/admin/",
        "/admin/nowhere",
        "/v1/event",
        "/metrics",
    ] {
        let reply = send(stand.request(Method::GET, path)).await;
        reply.is_problem(404, "no-such-path");
    }
    let long = format!("/admin/partners?x={}", "y".repeat(MAX_QUERY_BYTES));
    stand.gets(&long).await.is_problem(414, "query-too-long");
}

#[tokio::test]
async fn head_is_get_without_a_body() {
    let stand = Stand::up().await;
    let reply = send(stand.request(Method::HEAD, "/admin/partners")).await;
    assert_eq!((reply.status, reply.text.as_str()), (200, ""));
    assert_eq!(reply.header("content-type"), "application/json");
}
