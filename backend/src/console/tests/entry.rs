//! The way in and out.

use std::sync::Arc;

use reqwest::Method;

use super::browser::{Browser, gives_token};
use crate::admin::access::FAILURE_BURST;
use crate::admin::tests::stand::Stand;
use crate::admin::{Role, TokenName, Tokens};

const ACCOUNT: &str = "/console/account";

/// The port of a stand, as text.
fn port(stand: &Stand) -> &str {
    stand.address().rsplit(':').next().unwrap()
}

#[tokio::test]
async fn who_is_not_logged_in_is_led_to_the_login_and_back() {
    let stand = Stand::up().await;
    let mut ada = Browser::at(&stand);
    assert_eq!(ada.gets("/").await.header("location"), "/console/now");
    let reply = ada.gets(ACCOUNT).await;
    assert_eq!(reply.status, 303);
    let login = reply.header("location").to_owned();
    assert_eq!(login, "/console/login?next=%2Fconsole%2Faccount");
    let page = ada.gets(&login).await;
    assert_eq!(page.status, 200);
    assert!(
        page.text.contains("value=\"/console/account\""),
        "{}",
        page.text
    );
    let fields = [("token", stand.token.as_str()), ("next", ACCOUNT)];
    let reply = ada.posts_bare("/console/login", &fields).await;
    assert_eq!((reply.status, reply.header("location")), (303, ACCOUNT));
    assert_eq!(ada.gets("/console/login").await.status, 303);
}

#[tokio::test]
async fn a_token_opens_a_session_and_logging_out_ends_it() {
    let stand = Stand::up().await;
    let mut ada = Browser::at(&stand);
    let reply = ada.logs_in(&stand.token).await;
    let set = reply.header("set-cookie");
    let name = format!("postern_session_{}=", port(&stand));
    assert!(set.starts_with(&name), "{set}");
    assert!(
        set.ends_with("; Path=/; HttpOnly; SameSite=Strict"),
        "{set}"
    );
    let page = ada.gets(ACCOUNT).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("<bdi>ada</bdi>"), "{}", page.text);
    assert!(!page.text.contains(&stand.token), "it is shown nowhere");

    let kept = ada.cookies.clone();
    let reply = ada.posts("/console/logout", &[]).await;
    assert_eq!(reply.header("location"), "/console/login");
    assert!(ada.cookies.is_empty());
    ada.cookies = kept;
    let reply = ada.gets(ACCOUNT).await;
    assert_eq!(reply.status, 303, "the cookie alone opens nothing any more");
}

#[tokio::test]
async fn a_wrong_token_is_told_so_and_many_are_throttled_with_the_apis() {
    let stand = Stand::up().await;
    let mut eve = Browser::at(&stand);
    for _ in 0..FAILURE_BURST {
        let reply = eve.logs_in("postern_admin_00").await;
        assert_eq!(reply.status, 401);
        assert!(reply.text.contains("opens nothing"), "{}", reply.text);
        assert!(!reply.text.contains("postern_admin_00"), "{}", reply.text);
    }
    let reply = eve.logs_in("postern_admin_00").await;
    assert_eq!((reply.status, reply.header("retry-after")), (429, "1"));
    assert!(eve.cookies.is_empty());
    let wrong = stand.bare(Method::GET, "/admin/partners").bearer_auth("x");
    let reply = crate::admin::tests::stand::send(wrong).await;
    reply.is_problem(429, "too-many-failures");
    assert_eq!(
        eve.logs_in(&stand.token).await.status,
        303,
        "a good one passes"
    );
}

#[tokio::test]
async fn a_session_ends_with_its_token() {
    let stand = Stand::up().await;
    let mut eve = Browser::of(&stand, Role::Viewer).await;
    assert_eq!(eve.gets(ACCOUNT).await.status, 200);
    // Another token for the same name is another token.
    gives_token(&stand, "another", Role::Viewer);
    assert_eq!(eve.gets(ACCOUNT).await.status, 200);
    gives_token(&stand, "viewer", Role::Viewer);
    assert_eq!(eve.gets(ACCOUNT).await.status, 303, "it was replaced");

    let mut rita = Browser::of(&stand, Role::Reviewer).await;
    stand.tokens.send_replace(Arc::new(Tokens::default()));
    assert_eq!(rita.gets(ACCOUNT).await.status, 303, "it was revoked");
}

#[tokio::test]
async fn a_changed_role_counts_at_once() {
    let stand = Stand::up().await;
    let mut eve = Browser::of(&stand, Role::Viewer).await;
    let text = stand.tokens.borrow().to_text();
    let changed = text.replace("viewer viewer", "viewer reviewer");
    let changed = Tokens::parse(&changed).unwrap();
    stand.tokens.send_replace(Arc::new(changed));
    let page = eve.gets(ACCOUNT).await.text;
    assert!(
        page.contains("<span class=\"chip\">reviewer</span>"),
        "{page}"
    );
}

#[tokio::test]
async fn a_login_leads_nowhere_else() {
    let stand = Stand::up().await;
    let mut ada = Browser::at(&stand);
    for next in ["https://evil.example/", "//evil.example", "/admin/partners"] {
        let fields = [("token", stand.token.as_str()), ("next", next)];
        let reply = ada.posts_bare("/console/login", &fields).await;
        assert_eq!((reply.status, reply.header("location")), (303, "/console"));
    }
}

#[tokio::test]
async fn a_new_login_ends_the_one_before() {
    let stand = Stand::up().await;
    let mut ada = Browser::of_ada(&stand).await;
    let before = ada.cookies.clone();
    let csrf = ada.csrf().await;
    let fields = [("token", stand.token.as_str()), ("csrf", &csrf)];
    ada.posts_bare("/console/login", &fields).await;
    assert_ne!(ada.cookies, before);
    assert_eq!(ada.gets(ACCOUNT).await.status, 200);
    ada.cookies = before;
    assert_eq!(ada.gets(ACCOUNT).await.status, 303);
}

#[tokio::test]
async fn under_tls_the_cookie_is_this_hosts_alone_where_that_is_believed() {
    let stand = Stand::up_with(|settings| settings.console.trust_forwarded_proto = true).await;
    let mut ada = Browser::at(&stand);
    let request = |browser: &Browser<'_>| {
        let form = browser.form("/console/login", &[("token", &stand.token)]);
        form.header("x-forwarded-proto", "https")
    };
    let reply = ada.sends(request(&ada)).await;
    let set = reply.header("set-cookie");
    let name = format!("__Host-postern_session_{}=", port(&stand));
    assert!(set.starts_with(&name), "{set}");
    assert!(set.ends_with("SameSite=Strict; Secure"), "{set}");
    let page = ada.request(Method::GET, ACCOUNT);
    let page = page.header("x-forwarded-proto", "https");
    assert_eq!(ada.sends(page).await.status, 200);
    assert_eq!(ada.gets(ACCOUNT).await.status, 303, "not over plain HTTP");

    let stand = Stand::up().await;
    let mut ada = Browser::at(&stand);
    let form = ada.form("/console/login", &[("token", &stand.token)]);
    let reply = ada.sends(form.header("x-forwarded-proto", "https")).await;
    let set = reply.header("set-cookie");
    assert!(set.starts_with("postern_session_"), "{set}");
}

/// A browser shows its cookies to every port of a host.
#[tokio::test]
async fn two_consoles_on_one_host_leave_each_other_their_sessions() {
    let (here, there) = (Stand::up().await, Stand::up().await);
    let (mut ada, mut same) = (Browser::of_ada(&here).await, Browser::at(&there));
    same.cookies.clone_from(&ada.cookies);
    assert_eq!(same.gets(ACCOUNT).await.status, 303, "each has its own");
    same.logs_in(&there.token).await;
    ada.cookies.clone_from(&same.cookies);
    assert_eq!(ada.gets(ACCOUNT).await.status, 200, "it is still open");
    assert_eq!(same.gets(ACCOUNT).await.status, 200);
    same.posts("/console/logout", &[]).await;
    ada.cookies.clone_from(&same.cookies);
    assert_eq!(ada.gets(ACCOUNT).await.status, 200, "the other one ended");
}

#[tokio::test]
async fn the_api_takes_no_cookie_and_the_console_no_bearer() {
    let stand = Stand::up().await;
    let mut ada = Browser::of_ada(&stand).await;
    ada.gets("/admin/partners")
        .await
        .is_problem(401, "unauthorized");
    let reply = crate::admin::tests::stand::send(
        Browser::at(&stand)
            .request(Method::GET, ACCOUNT)
            .bearer_auth(&stand.token),
    )
    .await;
    assert_eq!(reply.status, 303);
}

#[tokio::test]
async fn the_name_of_a_token_is_shown_as_text() {
    let stand = Stand::up().await;
    let token = gives_token(&stand, "a@b+c", Role::Viewer);
    assert!(TokenName::parse("<b>").is_err());
    let mut somebody = Browser::at(&stand);
    somebody.logs_in(&token).await;
    let page = somebody.gets(ACCOUNT).await.text;
    assert!(page.contains("<bdi>a@b+c</bdi>"), "{page}");
}
