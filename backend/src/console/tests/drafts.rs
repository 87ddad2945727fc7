//! What was being written when the session ended.

use super::browser::Browser;
use crate::admin::Role;
use crate::admin::tests::stand::Stand;
use crate::testing::delivery;

const NOTE: &str = "\nsame visitor,\nanother \"device\" \u{80}";

/// A flag's page on a stand.
async fn flag(stand: &Stand) -> String {
    let one = delivery(0, "lead approved clickid=nobody-knows");
    stand.store.book(std::slice::from_ref(&one)).await.unwrap();
    format!("/console/review/{}/unknown_click", one.id)
}

fn written<'f>() -> Vec<(&'f str, &'f str)> {
    vec![
        ("csrf", "of-the-session-before"),
        ("answer", "reject"),
        ("seen", "x"),
        ("note", NOTE),
    ]
}

#[tokio::test]
async fn a_note_goes_through_the_login_to_where_it_was_written_and_decides_nothing() {
    let stand = Stand::up().await;
    let path = flag(&stand).await;
    let mut ada = Browser::at(&stand);
    let login = ada.posts_bare(&path, &written()).await;
    assert_eq!(login.status, 401);
    let exact = "\"&#10;same visitor,&#10;another &quot;device&quot; \u{80}\"";
    for said in [
        "Your session had ended",
        exact,
        &format!("value=\"{path}\""),
    ] {
        assert!(login.text.contains(said), "{said}: {}", login.text);
    }

    // A wrong token loses nothing either.
    let carried = |token| {
        let next = ("next", path.as_str());
        [("token", token), next, ("answer", "reject"), ("note", NOTE)]
    };
    let again = ada.posts_bare("/console/login", &carried("wrong")).await;
    assert_eq!(again.status, 401);
    assert!(again.text.contains(exact), "{}", again.text);
    let reply = ada
        .posts_bare("/console/login", &carried(&stand.token))
        .await;
    assert_eq!(
        (reply.status, reply.header("location")),
        (303, path.as_str())
    );

    let page = ada.gets(&path).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("Nothing was decided"), "{}", page.text);
    let kept = ">\n&#10;same visitor,&#10;another &quot;device&quot; \u{80}</textarea>";
    assert_eq!(
        page.text.matches(kept).count(),
        1,
        "with its answer: {}",
        page.text
    );
    let page = ada.gets(&path).await;
    assert!(!page.text.contains("same visitor"), "once: {}", page.text);
}

#[tokio::test]
async fn a_draft_is_taken_from_our_own_pages_alone_and_shown_on_its_own() {
    let stand = Stand::up().await;
    let path = flag(&stand).await;
    let foreign = Browser::at(&stand)
        .request(reqwest::Method::POST, &path)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("origin", "https://evil.example")
        .body("note=x");
    assert_eq!(Browser::at(&stand).sends(foreign).await.status, 403);

    let elsewhere = Browser::at(&stand)
        .posts_bare("/console/logout", &[("note", "x")])
        .await;
    assert_eq!(elsewhere.status, 303, "there is nothing to keep");

    let mut ada = Browser::at(&stand);
    let other = [
        ("token", stand.token.as_str()),
        ("next", "/console/audit"),
        ("note", "secret"),
    ];
    ada.posts_bare("/console/login", &other).await;
    let page = ada.gets(&path).await;
    assert!(!page.text.contains("secret"), "{}", page.text);
    let mut viewer = Browser::of(&stand, Role::Viewer).await;
    let page = viewer.gets(&path).await;
    assert!(!page.text.contains("secret"), "another's: {}", page.text);
}
