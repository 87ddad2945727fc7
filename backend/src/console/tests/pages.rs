//! *Deliveries* and *Now* on a real store: what they show, and what they say when it is away.

use std::time::Duration;

use tokio::time::timeout;
use uuid::Uuid;

use super::browser::Browser;
use crate::admin::Role;
use crate::admin::tests::stand::{Reply, Stand};
use crate::store::CONTENTS_MAX;
use crate::testing::{delivery, delivery_of};

const LIST: &str = "/console/deliveries";

/// How many deliveries a page lists.
fn rows(page: &Reply) -> usize {
    assert_eq!(page.status, 200, "{}", page.text);
    page.text.matches("<tr data-row").count()
}

#[tokio::test]
async fn a_search_is_kept_in_its_form_and_in_its_pages() {
    let stand = Stand::up().await;
    for second in 0..3 {
        let words = format!("lead approved clickid=c-{second}");
        let one = delivery_of("east", second, &words);
        stand.store.book(&[one]).await.unwrap();
    }
    let mut viewer = Browser::of(&stand, Role::Viewer).await;
    let first = viewer
        .gets(&format!("{LIST}?partner=east&q=&limit=2"))
        .await;
    assert_eq!(rows(&first), 2);
    assert!(first.text.contains("<option value=\"east\" selected>"));
    let next = first
        .text
        .split("href=\"")
        .find(|it| it.contains("cursor="));
    let next = next.expect("it leads on").split('"').next().unwrap();
    let next = next.replace("&amp;", "&");
    assert!(next.contains("partner=east"), "{next}");
    let second = viewer.gets(&next).await;
    assert_eq!(rows(&second), 1);
    assert!(second.text.contains("c-0"), "{}", second.text);
    let foreign = next.replace("partner=east", "partner=acme");
    let refused = viewer.gets(&foreign).await;
    assert_eq!(refused.status, 400, "a cursor belongs to its search");
    assert!(refused.text.contains("<code>cursor</code>"));
}

#[tokio::test]
async fn an_id_leads_to_its_story_and_an_unknown_one_to_none() {
    let stand = Stand::up().await;
    let one = delivery(0, "ftd approved 50.00USD transaction_id=T-1");
    stand.store.book(std::slice::from_ref(&one)).await.unwrap();
    let mut viewer = Browser::of(&stand, Role::Viewer).await;
    let led = viewer.gets(&format!("{LIST}?q={}", one.id)).await;
    let story = format!("{LIST}/{}", one.id);
    assert_eq!((led.status, led.header("location")), (303, story.as_str()));
    let page = viewer.gets(&story).await;
    for said in [
        "50.00 USD",
        "T-1",
        "192.0.2.7",
        "r-0",
        "params",
        "opened as ftd",
    ] {
        assert!(page.text.contains(said), "{said}");
    }
    for unknown in ["not-an-id", "00000000-0000-0000-0000-000000000000"] {
        assert_eq!(viewer.gets(&format!("{LIST}/{unknown}")).await.status, 404);
    }
}

/// What strangers wrote is in the page as text, wherever it stands.
#[tokio::test]
async fn markup_in_a_delivery_is_text_on_every_page() {
    let stand = Stand::up().await;
    let hostile = "%3Cimg%20src%3Dx%3E%22'";
    let words = format!("lead approved clickid={hostile} sub_id_1={hostile} reason={hostile}");
    let one = delivery(0, &words);
    stand.store.book(std::slice::from_ref(&one)).await.unwrap();
    let mut viewer = Browser::of(&stand, Role::Viewer).await;
    let story = format!("{LIST}/{}", one.id);
    for path in [LIST, &story, "/console/now", &format!("{LIST}?q={hostile}")] {
        let page = viewer.gets(path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.text.contains("&lt;img src=x&gt;&quot;&#39;"), "{path}");
        assert!(!page.text.contains("<img"), "{path}");
    }
}

/// A row that this version does not know is a defect.
#[tokio::test]
async fn a_defect_is_said_with_the_id_of_the_request() {
    let stand = Stand::up().await;
    let one = delivery(0, "ftd approved 50.00USD");
    stand.store.book(&[one]).await.unwrap();
    let mut viewer = Browser::of(&stand, Role::Viewer).await;
    stand
        .run("UPDATE conversions SET currency = 'nothing'")
        .await;
    for path in [LIST, "/console/now"] {
        let page = viewer.gets(path).await;
        assert_eq!(page.status, 500, "{path}");
        let id = page.text.split("Request <code>").nth(1).expect("an id");
        let id = id.split('<').next().unwrap();
        assert!(uuid::Uuid::try_parse(id).is_ok(), "{id}");
        assert!(!page.text.contains("nothing"), "{}", page.text);
    }
    stand.run("UPDATE conversions SET currency = 'USD'").await;
    assert_eq!(viewer.gets(LIST).await.status, 200, "healed");
}

#[tokio::test]
async fn a_store_that_is_away_is_said_to_be() {
    let stand = Stand::up().await;
    let mut viewer = Browser::of(&stand, Role::Viewer).await;
    stand.store.close().await;
    let page = viewer.gets(LIST).await;
    assert_eq!((page.status, page.header("retry-after")), (503, "5"));
    assert!(page.text.contains("The store is away"), "{}", page.text);
    assert_eq!(viewer.gets("/console/account").await.status, 200);
}

/// Reads a feed until it has said something.
async fn says(feed: &mut reqwest::Response, wanted: &str) -> String {
    let mut said = String::new();
    let reading = async {
        while !said.contains(wanted) {
            let chunk = feed.chunk().await.unwrap().expect("it goes on");
            said.push_str(&String::from_utf8_lossy(&chunk));
        }
    };
    let read = timeout(Duration::from_secs(20), reading).await;
    read.unwrap_or_else(|_| panic!("it never said {wanted}"));
    said
}

#[tokio::test]
async fn the_feed_tells_what_came_in_since_the_page_and_from_then_on() {
    let stand = Stand::up().await;
    let [shown, missed, later] =
        [0, 1, 2].map(|second| delivery(second, &format!("lead approved clickid=c-{second}")));
    stand.store.book(&[shown.clone(), missed]).await.unwrap();
    let mut viewer = Browser::of(&stand, Role::Viewer).await;
    let path = format!("/console/now/feed?after={}", shown.id);
    let request = viewer.request(reqwest::Method::GET, &path);
    let mut feed = request.send().await.unwrap();
    assert_eq!(feed.headers()["content-type"], "text/event-stream");
    let said = says(&mut feed, "c-1").await;
    assert!(!said.contains("c-0"), "that stands on the page: {said}");
    stand
        .store
        .book(std::slice::from_ref(&later))
        .await
        .unwrap();
    let said = says(&mut feed, "c-2").await;
    assert!(said.contains(&format!("id: {}", later.id)), "{said}");
    assert!(said.contains("event: delivery"), "{said}");

    // It ends with its session.
    viewer.posts("/console/logout", &[]).await;
    let rest = async { while feed.chunk().await.unwrap().is_some() {} };
    timeout(Duration::from_secs(20), rest)
        .await
        .expect("it ends");
    assert_eq!(viewer.gets(&path).await.status, 303);
}

/// A feed as a browser asks for it anew, which names the last event it was told.
async fn feed_after(viewer: &Browser<'_>, page: Uuid, last: Uuid) -> reqwest::Response {
    let path = format!("/console/now/feed?after={page}");
    let request = viewer.request(reqwest::Method::GET, &path);
    let request = request.header("last-event-id", last.to_string());
    request.send().await.unwrap()
}

#[tokio::test]
async fn who_comes_back_is_told_what_came_in_meanwhile() {
    let stand = Stand::up().await;
    let story = [0, 1, 2].map(|second| {
        // Long ago, so that none of it is among what comes in now.
        delivery(second - 600, &format!("lead approved clickid=c-{second}"))
    });
    stand.store.book(&story).await.unwrap();
    let viewer = Browser::of(&stand, Role::Viewer).await;
    let mut feed = feed_after(&viewer, story[0].id, story[1].id).await;
    let said = says(&mut feed, "event: figures").await;
    assert!(said.contains("c-2"), "{said}");
    assert!(!said.contains("c-1"), "it was told of that before: {said}");
}

#[tokio::test]
async fn who_comes_back_late_is_told_the_newest_as_the_page_would_show_them() {
    let stand = Stand::up().await;
    let story: Vec<_> = (100..=160)
        .map(|second| delivery(second - 900, &format!("lead approved clickid=c-{second}")))
        .collect();
    stand.store.book(&story).await.unwrap();
    let viewer = Browser::of(&stand, Role::Viewer).await;
    let mut feed = feed_after(&viewer, story[0].id, story[0].id).await;
    let said = says(&mut feed, "event: figures").await;
    assert_eq!(said.matches("event: delivery").count(), 50, "{said}");
    assert!(said.contains("c-160") && said.contains("c-111"), "{said}");
    assert!(!said.contains("c-110"), "{said}");
}

#[tokio::test]
async fn no_more_watch_than_may() {
    let stand = Stand::up().await;
    let mut viewer = Browser::of(&stand, Role::Viewer).await;
    let mut feeds = Vec::new();
    for _ in 0..crate::console::now::MAX_WATCHERS {
        let request = viewer.request(reqwest::Method::GET, "/console/now/feed");
        let feed = request.send().await.unwrap();
        assert_eq!(feed.status(), 200);
        feeds.push(feed);
    }
    let told = viewer.gets("/console/now/feed").await;
    assert_eq!(told.status, 200, "or the script would take it for a logout");
    let said = told
        .text
        .starts_with("event: stopped\ndata: As many people watch as may");
    assert!(
        said && told.text.contains("still logged in"),
        "{}",
        told.text
    );
}

#[tokio::test]
async fn a_click_with_more_contents_than_are_shown_says_so_and_leads_to_the_older_ones() {
    let stand = Stand::up().await;
    let lead = |second| delivery(second, &format!("lead approved transaction_id=T-{second}"));
    let story: Vec<_> = (0..=i64::from(CONTENTS_MAX)).map(lead).collect();
    stand.store.book(&story).await.unwrap();
    let mut viewer = Browser::of(&stand, Role::Viewer).await;
    let page = viewer.gets(&format!("{LIST}?q=known")).await;
    assert_eq!(rows(&page), story.len() - 1);
    assert!(
        page.text.contains("more contents than are shown"),
        "{}",
        page.text
    );
    let older = page.text.split("href=\"").find(|it| it.contains("until="));
    let older = older.expect("it leads on").split('"').next().unwrap();
    let page = viewer.gets(&older.replace("&amp;", "&")).await;
    assert_eq!(
        rows(&page),
        2,
        "the oldest that was shown, and the one before it"
    );
    assert!(
        !page.text.contains("more contents than are shown"),
        "{}",
        page.text
    );
}
