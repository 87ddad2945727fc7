//! What was being written when the session ended.

use super::browser::Browser;
use crate::admin::Role;
use crate::admin::tests::stand::Stand;
use crate::console::session::MAX_REQUEST_BYTES;
use crate::testing::delivery;

const NOTE: &str = "\nsame visitor,\nanother \"device\" \u{80}";

const DOCTOR: &str = "/console/partners/acme/doctor";

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

#[tokio::test]
async fn a_pasted_request_goes_through_the_login_and_its_secret_does_not() {
    let stand = Stand::up().await;
    let mut ada = Browser::at(&stand);
    let request = "POST /v1/event HTTP/1.1\r\n\r\n</textarea><script>\"";
    let pasted = [("request", request), ("secret", "your_secret_key")];
    let login = ada.posts_bare(DOCTOR, &pasted).await;
    assert_eq!(login.status, 401);
    let exact = "POST /v1/event HTTP/1.1&#10;&#10;&lt;/textarea&gt;&lt;script&gt;&quot;";
    let field = format!("name=\"request\" value=\"{exact}\"");
    assert!(login.text.contains(&field), "{}", login.text);
    assert!(!login.text.contains("your_secret_key"), "{}", login.text);

    let token = stand.token.as_str();
    let carried = [("token", token), ("next", DOCTOR), ("request", request)];
    let reply = ada.posts_bare("/console/login", &carried).await;
    assert_eq!((reply.status, reply.header("location")), (303, DOCTOR));
    let page = ada.gets(DOCTOR).await.text;
    assert!(page.contains("nothing was looked at"), "{page}");
    assert!(page.contains(&format!(">\n{exact}</textarea>")), "{page}");
    assert!(!page.contains("What the doctor says"), "{page}");
    let page = ada.gets(DOCTOR).await.text;
    assert!(!page.contains("&lt;script&gt;"), "once: {page}");
}

#[tokio::test]
async fn the_longest_request_is_carried_whole_and_a_longer_one_not_in_part() {
    let stand = Stand::up().await;
    let mut ada = Browser::at(&stand);
    let longest = "%".repeat(MAX_REQUEST_BYTES); // three times as long in a form
    let login = ada.posts_bare(DOCTOR, &[("request", &longest)]).await;
    assert_eq!(login.status, 401);
    let token = stand.token.as_str();
    let carried = [("token", token), ("next", DOCTOR), ("request", &longest)];
    assert_eq!(ada.posts_bare("/console/login", &carried).await.status, 303);
    let page = ada.gets(DOCTOR).await.text;
    assert!(page.contains(&format!("\n{longest}</textarea>")));

    let longer = format!("{longest}%");
    let mut eve = Browser::at(&stand);
    let refused = eve.posts_bare(DOCTOR, &[("request", &longer)]).await;
    assert_eq!(refused.status, 413);
    assert!(refused.text.contains("Send less"), "{}", refused.text);
}
