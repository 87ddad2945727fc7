//! What each role is shown.

use super::browser::Browser;
use crate::admin::Role;
use crate::admin::tests::stand::Stand;

#[tokio::test]
async fn the_account_says_what_the_role_may_do() {
    let stand = Stand::up().await;
    for role in Role::ALL {
        let mut person = Browser::of(&stand, role).await;
        let page = person.gets("/console/account").await.text;
        assert!(
            page.contains(&format!("<dt>May</dt><dd>{}</dd>", role.may())),
            "{page}"
        );
    }
}

#[tokio::test]
async fn who_may_not_is_told_which_role_may() {
    let stand = Stand::up().await;
    for role in [Role::Viewer, Role::Reviewer] {
        let mut person = Browser::of(&stand, role).await;
        let page = person.gets("/console/account").await.text;
        assert!(!page.contains("/console/people"), "no link that is refused");
        let reply = person.gets("/console/people").await;
        assert_eq!(reply.status, 403);
        let said = format!("This needs the role admin, and yours is {role}.");
        assert!(reply.text.contains(&said), "{}", reply.text);
    }
    let mut ada = Browser::of(&stand, Role::Admin).await;
    let page = ada.gets("/console/account").await.text;
    assert!(page.contains("/console/people"), "{page}");
    let page = ada.gets("/console/people").await.text;
    for name in ["ada", "viewer", "reviewer"] {
        assert!(page.contains(&format!("<bdi>{name}</bdi>")), "{page}");
    }
}
