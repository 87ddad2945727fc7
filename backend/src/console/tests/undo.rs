//! An answer that is undone on its flag's page.

use super::browser::Browser;
use super::review::{answers, books, page_of, paid, seen};
use crate::admin::Role;
use crate::admin::tests::stand::Stand;
use crate::testing::delivery;

/// A first deposit that the reviewer has approved, and its flag's page.
async fn approved(stand: &Stand, person: &mut Browser<'_>) -> String {
    let deposit = books(stand, delivery(-60, "ftd approved 50USD clickid=nobody")).await;
    let path = page_of(&deposit, "unknown_click");
    answers(person, &path, "approve").await;
    path
}

#[tokio::test]
async fn an_answer_is_undone_and_the_flag_waits_with_its_history() {
    let stand = paid().await;
    let mut person = Browser::of(&stand, Role::Reviewer).await;
    let path = approved(&stand, &mut person).await;
    let page = person.gets(&path).await.text;
    assert!(
        page.contains("clawed_back -100.00 USD"),
        "what it would do: {page}"
    );
    let seen = seen(&page);
    takes_a_reason(&mut person, &path, &seen).await;
    let form = [
        ("seen", &*seen),
        ("answer", "undo"),
        ("note", "the wrong <one>"),
    ];
    let undone = person.posts(&path, &form).await;
    assert_eq!((undone.status, undone.header("location")), (303, &*path));
    let page = person.gets(&path).await.text;
    assert!(
        page.contains("Approve now"),
        "it can be answered anew: {page}"
    );
    assert!(page.contains("the wrong &lt;one&gt;"), "{page}");
    is_told_everywhere(&mut person, &path).await;
    let payouts = stand.store.payouts("nobody").await.unwrap();
    let sum: i64 = payouts.iter().map(|it| it.amount.minor).sum();
    assert_eq!(sum, 0);
}

async fn takes_a_reason(person: &mut Browser<'_>, path: &str, seen: &str) {
    let silent = [("seen", seen), ("answer", "undo"), ("note", " ")];
    let silent = person.posts(path, &silent).await;
    assert_eq!(silent.status, 400);
    assert!(
        silent.text.contains("Nothing was undone."),
        "{}",
        silent.text
    );
    assert!(
        silent.text.contains("why the answer is undone"),
        "{}",
        silent.text
    );
}

/// On the delivery's page and in the audit.
async fn is_told_everywhere(person: &mut Browser<'_>, path: &str) {
    let id = path.split('/').nth(3).unwrap();
    let story = person.gets(&format!("/console/deliveries/{id}")).await.text;
    for told in [
        ">approved<",
        ">undone<",
        "taken back: the answer to a flag was undone",
        "waits",
    ] {
        assert!(story.contains(told), "{told}: {story}");
    }
    let audit = person.gets("/console/audit?outcome=undone").await.text;
    assert!(audit.contains("the wrong &lt;one&gt;"), "{audit}");
}

#[tokio::test]
async fn who_undoes_second_is_told_and_a_viewer_undoes_nothing() {
    let stand = paid().await;
    let mut person = Browser::of(&stand, Role::Reviewer).await;
    let path = approved(&stand, &mut person).await;
    let seen = seen(&person.gets(&path).await.text);
    let form = [("seen", &*seen), ("answer", "undo"), ("note", "mine")];

    let mut viewer = Browser::of(&stand, Role::Viewer).await;
    let page = viewer.gets(&path).await.text;
    assert!(!page.contains("name=\"seen\""), "{page}");
    assert!(page.contains("clawed_back -100.00 USD"), "{page}");
    assert_eq!(viewer.posts(&path, &form).await.status, 403);
    assert_eq!(
        person.posts_bare(&path, &form).await.status,
        403,
        "without the token"
    );

    let mut second = Browser::of(&stand, Role::Admin).await;
    assert_eq!(person.posts(&path, &form).await.status, 303);
    let told = second.posts(&path, &form).await;
    assert_eq!(told.status, 409);
    assert!(
        told.text.contains("is undone already, by reviewer"),
        "{}",
        told.text
    );
    assert_eq!(stand.store.decisions("nobody").await.unwrap().len(), 2);
}

#[tokio::test]
async fn what_stands_on_an_answer_is_said_and_there_is_no_button() {
    let stand = paid().await;
    books(&stand, delivery(-60, "ftd approved 50USD")).await;
    let other = books(&stand, delivery(-50, "ftd approved 50EUR")).await;
    let path = page_of(&other, "currency_changed");
    let mut person = Browser::of(&stand, Role::Reviewer).await;
    answers(&mut person, &path, "approve").await;
    let stale = seen(&person.gets(&path).await.text);
    books(&stand, delivery(-40, "ftd approved 70EUR")).await;
    let page = person.gets(&path).await.text;
    assert!(page.contains("It cannot be undone"), "{page}");
    assert!(
        page.contains("what the partner has reported after the answer stands"),
        "{page}"
    );
    assert!(!page.contains("Undo now"), "{page}");
    let form = [("seen", &*stale), ("answer", "undo"), ("note", "x")];
    let refused = person.posts(&path, &form).await;
    assert_eq!(refused.status, 409);
    assert!(
        refused.text.contains("changed since you looked"),
        "{}",
        refused.text
    );
}
