//! No form but our own.

use reqwest::Method;

use super::browser::Browser;
use crate::admin::tests::stand::Stand;

const THEME: &str = "/console/theme";

#[tokio::test]
async fn a_form_without_its_sessions_token_does_nothing() {
    let stand = Stand::up().await;
    let mut ada = Browser::of_ada(&stand).await;
    let right = ada.csrf().await;
    let other = Browser::of(&stand, crate::admin::Role::Admin)
        .await
        .csrf()
        .await;
    for csrf in ["", "x", &other, &right[1..]] {
        let fields = [("theme", "dark"), ("csrf", csrf)];
        let reply = ada.posts_bare(THEME, &fields).await;
        assert_eq!(reply.status, 403, "{csrf}");
        assert!(reply.text.contains("Nothing was done"), "{}", reply.text);
        let reply = ada.posts_bare("/console/logout", &[("csrf", csrf)]).await;
        assert_eq!(reply.status, 403, "{csrf}");
    }
    assert_eq!(ada.gets("/console/account").await.status, 200);
    let fields = [("theme", "dark"), ("csrf", right.as_str())];
    assert_eq!(ada.posts_bare(THEME, &fields).await.status, 303);
}

#[tokio::test]
async fn a_form_of_another_site_is_refused_whatever_it_carries() {
    let stand = Stand::up().await;
    let mut ada = Browser::of_ada(&stand).await;
    let csrf = ada.csrf().await;
    let body = format!("theme=dark&csrf={csrf}");
    let base = stand.base.clone();
    let from: [&[(&str, &str)]; 6] = [
        &[],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site"), ("origin", &base)],
        &[("sec-fetch-site", "none")],
    ];
    for headers in from {
        let mut request = ada
            .request(Method::POST, THEME)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.clone());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let reply = ada.sends(request).await;
        assert_eq!(reply.status, 403, "{headers:?}");
        let login = Browser::at(&stand)
            .request(Method::POST, "/console/login")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("token={}", stand.token));
        let login = headers
            .iter()
            .fold(login, |login, (name, value)| login.header(*name, *value));
        let reply = crate::admin::tests::stand::send(login).await;
        assert_eq!(reply.status, 403, "{headers:?}");
    }
    assert!(!ada.cookies.contains_key("postern_theme"));
}

#[tokio::test]
async fn what_is_no_form_or_too_large_is_refused() {
    let stand = Stand::up().await;
    let mut ada = Browser::of_ada(&stand).await;
    let request = |media: &str, body: String| {
        ada.request(Method::POST, THEME)
            .header("origin", &stand.base)
            .header("content-type", media)
            .body(body)
    };
    let json = request("application/json", "{}".to_owned());
    let form = "application/x-www-form-urlencoded";
    let large = request(form, format!("theme={}", "x".repeat(300 * 1024)));
    assert_eq!(ada.sends(json).await.status, 415);
    assert_eq!(ada.sends(large).await.status, 413);
    for method in [Method::PUT, Method::DELETE, Method::OPTIONS, Method::PATCH] {
        let reply = ada.sends(ada.request(method, THEME)).await;
        assert_eq!((reply.status, reply.header("allow")), (405, "POST"));
    }
}

#[tokio::test]
async fn the_theme_is_kept_and_leads_back() {
    let stand = Stand::up().await;
    let mut ada = Browser::of_ada(&stand).await;
    let page = ada.gets("/console/account").await.text;
    assert!(page.contains("data-theme=\"system\""), "{page}");
    for theme in ["dark", "light", "system"] {
        let fields = [("theme", theme), ("back", "/console/account?x=1")];
        let reply = ada.posts(THEME, &fields).await;
        assert_eq!(reply.header("location"), "/console/account?x=1");
        let page = ada.gets("/console/account").await.text;
        assert!(page.contains(&format!("data-theme=\"{theme}\"")), "{page}");
    }
    let fields = [("theme", "pink"), ("back", "https://evil.example")];
    assert_eq!(ada.posts(THEME, &fields).await.status, 404);
    let fields = [("theme", "dark"), ("back", "https://evil.example")];
    assert_eq!(
        ada.posts(THEME, &fields).await.header("location"),
        "/console"
    );
}

#[tokio::test]
async fn single_keys_can_be_turned_off_and_on_again() {
    let stand = Stand::up().await;
    let mut ada = Browser::of_ada(&stand).await;
    let page = ada.gets("/console/account").await.text;
    assert!(page.contains("data-shortcuts=\"on\""), "{page}");
    assert!(page.contains("<kbd>/</kbd> search"), "{page}");
    for (chosen, other) in [("off", "on"), ("on", "off")] {
        let reply = ada
            .posts("/console/shortcuts", &[("shortcuts", chosen)])
            .await;
        assert_eq!(reply.header("location"), "/console/account");
        let page = ada.gets("/console/account").await.text;
        assert!(
            page.contains(&format!("data-shortcuts=\"{chosen}\"")),
            "{page}"
        );
        assert!(page.contains(&format!("Turn them {other}")), "{page}");
        assert_eq!(page.contains("<kbd>/</kbd> search"), chosen == "on");
    }
    let reply = ada
        .posts("/console/shortcuts", &[("shortcuts", "maybe")])
        .await;
    assert_eq!(reply.status, 404);
}
