//! What a token's role is good for, held against what the document says of it.

use std::sync::Arc;

use reqwest::Method;

use super::document::{Document, an_example_of};
use super::stand::{Reply, Stand, send};
use crate::admin::{Role, TokenName, Tokens};

/// What an operation is answered when a token of this role asks.
async fn asked_by(stand: &Stand, role: Role, method: &str, path: &str) -> Reply {
    let mut tokens = Tokens::default();
    let name = TokenName::parse(role.name()).unwrap();
    let token = tokens.issue(name, role, [3; 32]).unwrap();
    stand.tokens.send_replace(Arc::new(tokens));
    let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
    let request = stand.bare(method, path).bearer_auth(token);
    // An empty body is refused, so that nothing is done.
    send(request.header("content-type", "application/json")).await
}

fn is_refused(reply: &Reply) -> bool {
    reply.json()["type"] == "/admin/problems/role-needed"
}

#[tokio::test]
async fn each_operation_takes_the_role_the_document_names() {
    let stand = Stand::up().await;
    let document = Document::ours();
    let otherwise = document.security().clone();
    let mut named = Vec::new();
    for (method, template, operation) in document.operations() {
        let security = operation.get("security").unwrap_or(&otherwise);
        let needed = security[0]["token"][0].as_str().expect("names a role");
        let needed: Role = needed.parse().expect("one of ours");
        named.push(needed);
        for role in Role::ALL {
            let reply = asked_by(&stand, role, method, &an_example_of(template)).await;
            let is_enough = role >= needed;
            assert_eq!(is_refused(&reply), !is_enough, "{role} {method} {template}");
        }
    }
    for role in Role::ALL {
        assert!(named.contains(&role), "no operation needs {role}");
    }
}

#[tokio::test]
async fn a_refusal_names_the_role_and_how_to_get_it() {
    let stand = Stand::up().await;
    let reply = asked_by(&stand, Role::Viewer, "POST", "/admin/decisions").await;
    let problem = reply.is_problem(403, "role-needed");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("the role reviewer"), "{detail}");
    assert!(detail.contains("viewer's has the role viewer"), "{detail}");
    assert!(detail.contains("--role reviewer"), "{detail}");
}

#[tokio::test]
async fn raw_requests_are_exported_for_admins_alone() {
    let stand = Stand::up().await;
    let all = "/admin/exports/deliveries";
    for role in [Role::Viewer, Role::Reviewer] {
        let reply = asked_by(&stand, role, "GET", all).await;
        reply.is_problem(403, "role-needed");
        let reply = asked_by(&stand, role, "GET", "/admin/exports/conversions").await;
        assert_eq!(reply.status, 200, "{role}");
    }
    assert_eq!(asked_by(&stand, Role::Admin, "GET", all).await.status, 200);
}
