//! *Now* beside an Envoy that does not answer.

use tokio::net::TcpListener;

use super::browser::Browser;
use crate::admin::Role;
use crate::admin::tests::stand::Stand;

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
