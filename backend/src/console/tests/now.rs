//! *Now*: what its figures are about, and what it says of an Envoy that does not answer.

use tokio::net::TcpListener;

use super::browser::Browser;
use crate::admin::Role;
use crate::admin::tests::stand::Stand;
use crate::testing::delivery;

#[tokio::test]
async fn no_page_waits_for_an_envoy_that_does_not_answer() {
    // It takes connections, and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let envoy = format!("http://{}", silent.local_addr().unwrap());
    let stand = Stand::up_with(|settings| {
        settings.console.envoy = vec![envoy.parse().unwrap()];
    });
    let stand = stand.await;
    let mut viewer = Browser::of(&stand, Role::Viewer).await;
    let page = viewer.gets("/console/now").await;
    assert_eq!(page.status, 200);
    // Whoever had waited for the answer would say that there was none.
    assert!(page.text.contains("have not answered yet"), "{}", page.text);
    assert!(!page.text.contains("does not answer"), "{}", page.text);
}

#[tokio::test]
async fn without_an_envoy_that_is_named_refusals_are_not_known() {
    let stand = Stand::up().await;
    let mut viewer = Browser::of(&stand, Role::Viewer).await;
    let page = viewer.gets("/console/now").await.text;
    assert!(page.contains("no Envoy is named"), "{page}");
}

/// The stand's clock stands still, in the middle of the minute 16:26.
#[tokio::test]
async fn the_rate_is_that_of_the_last_whole_minute_which_is_named() {
    let stand = Stand::up().await;
    let story: Vec<_> = [-5, -45, -50, -100, -110]
        .into_iter()
        .map(|seconds| delivery(seconds, &format!("lead approved clickid=c{seconds}")))
        .collect();
    stand.store.book(&story).await.unwrap();
    let mut viewer = Browser::of(&stand, Role::Viewer).await;
    let page = viewer.gets("/console/now").await.text;
    let said = "<strong>3</strong> deliveries in the last whole minute, 16:25 UTC; 5 in 15 minutes";
    assert!(page.contains(said), "{page}");
}
