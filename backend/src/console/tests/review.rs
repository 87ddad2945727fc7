//! A flag and its answers, as somebody gives them.

use std::sync::Arc;

use postern_protocol::id::PartnerId;

use super::browser::{Browser, gives_token};
use crate::admin::Role;
use crate::admin::tests::stand::Stand;
use crate::delivery::Delivery;
use crate::ledger::stories::money;
use crate::server::Admission;
use crate::testing::{admission, delivery};

/// Text that would be markup. What cannot be seen is refused in an event, and not in a note.
const HOSTILE: &str = "%3Cscript%3Ealert(1)%3C/script%3E%22%27%26amp;";

/// A stand whose partner acme is paid 100 USD for a first deposit.
pub(super) async fn paid() -> Stand {
    let stand = Stand::up().await;
    let acme = PartnerId::parse("acme").unwrap();
    let agreement = (*money::agreement()).clone();
    stand.admission.send_replace(Arc::new(Admission {
        agreements: [(acme, agreement)].into_iter().collect(),
        ..admission(&[])
    }));
    stand
}

pub(super) async fn books(stand: &Stand, delivery: Delivery) -> Delivery {
    let agreement = money::agreement();
    let delivery = Delivery {
        agreement,
        ..delivery
    };
    stand
        .store
        .book(std::slice::from_ref(&delivery))
        .await
        .unwrap();
    delivery
}

pub(super) fn page_of(delivery: &Delivery, reason: &str) -> String {
    format!("/console/review/{}/{reason}", delivery.id)
}

/// What the page's form says was seen.
pub(super) fn seen(page: &str) -> String {
    let rest = page.split("name=\"seen\" value=\"").nth(1).expect("a form");
    rest.split('"').next().unwrap().to_owned()
}

/// Gives an answer upon what the flag's page says now.
pub(super) async fn answers(person: &mut Browser<'_>, path: &str, answer: &str) {
    let page = person.gets(path).await.text;
    let form = [("seen", &*seen(&page)), ("answer", answer)];
    assert_eq!(person.posts(path, &form).await.status, 303);
}

#[tokio::test]
async fn an_approval_says_what_it_changed_in_the_ledger() {
    let stand = paid().await;
    let deposit = books(&stand, delivery(-60, "ftd approved 50USD clickid=nobody")).await;
    let path = page_of(&deposit, "unknown_click");
    let mut person = Browser::of(&stand, Role::Reviewer).await;
    let page = person.gets(&path).await.text;
    assert!(
        page.contains("booked 100.00 USD"),
        "what it would do: {page}"
    );
    let form = [
        ("seen", &*seen(&page)),
        ("answer", "approve"),
        ("note", "seen\r\nit"),
    ];
    let answer = person.posts(&path, &form).await;
    assert_eq!((answer.status, answer.header("location")), (303, &*path));

    let page = person.gets(&path).await.text;
    assert!(page.contains("<bdi>reviewer</bdi>"), "{page}");
    assert!(page.contains("booked 100.00 USD"), "what it did: {page}");
    assert!(page.contains("seen\nit"), "the note: {page}");
    let payouts = stand.store.payouts("nobody").await.unwrap();
    assert_eq!(payouts[0].amount.to_string(), "100.00 USD");
    let decided = &stand.store.decisions("nobody").await.unwrap()[0];
    assert_eq!(
        (&*decided.decided_by, &*decided.note),
        ("reviewer", "seen\nit")
    );
}

#[tokio::test]
async fn a_rejection_names_beforehand_and_afterwards_what_is_never_booked() {
    let stand = paid().await;
    books(
        &stand,
        delivery(-60, "ftd approved 50USD transaction_id=A clickid=n"),
    )
    .await;
    let opening = stand.store.conversions("n").await.unwrap()[0].id;
    books(
        &stand,
        delivery(-40, "ftd approved 60USD transaction_id=B clickid=n"),
    )
    .await;
    let path = format!("/console/review/{opening}/unknown_click");
    let mut person = Browser::of(&stand, Role::Reviewer).await;
    let page = person.gets(&path).await.text;
    assert!(
        page.contains("the second deposit it reports is never booked"),
        "{page}"
    );
    assert!(page.contains("1 more on this conversion"), "{page}");
    answers(&mut person, &path, "reject").await;
    let page = person.gets(&path).await.text;
    assert!(page.contains("/double_ftd was closed with it."), "{page}");
    assert!(
        page.contains("moved from approved 50.00 USD to rejected 50.00 USD"),
        "{page}"
    );
    assert!(page.contains("payout stayed as it was"), "{page}");
}

#[tokio::test]
async fn a_second_deposit_that_is_approved_is_shown_as_the_redeposit_it_became() {
    let stand = paid().await;
    books(&stand, delivery(-60, "ftd approved 50USD transaction_id=A")).await;
    let second = books(&stand, delivery(-40, "ftd approved 60USD transaction_id=B")).await;
    let path = page_of(&second, "double_ftd");
    let mut person = Browser::of(&stand, Role::Reviewer).await;
    answers(&mut person, &path, "approve").await;
    let page = person.gets(&path).await.text;
    let booked = format!(
        "A redeposit was booked: approved 60.00 USD, as conversion {}",
        second.id
    );
    assert!(page.contains(&booked), "{page}");
}

#[tokio::test]
async fn who_comes_second_is_told_who_was_first() {
    let stand = Stand::up().await;
    let lead = books(&stand, delivery(-60, "lead approved clickid=nobody")).await;
    let path = page_of(&lead, "unknown_click");
    let mut first = Browser::of(&stand, Role::Reviewer).await;
    let mut second = Browser::of(&stand, Role::Admin).await;
    let seen = seen(&second.gets(&path).await.text);
    let approve = [("seen", &*seen), ("answer", "approve"), ("note", "mine")];
    assert_eq!(first.posts(&path, &approve).await.status, 303);
    let reject = [("seen", &*seen), ("answer", "reject")];
    let told = second.posts(&path, &reject).await;
    assert_eq!(told.status, 409);
    assert!(told.text.contains("somebody was first"), "{}", told.text);
    assert!(
        told.text.contains("approved already, by reviewer"),
        "{}",
        told.text
    );
    let decisions = stand.store.decisions("nobody").await.unwrap();
    assert_eq!(decisions.len(), 1);
    assert_eq!(decisions[0].outcome.name(), "approved");
}

#[tokio::test]
async fn what_moved_meanwhile_is_shown_anew_with_the_note_kept() {
    let stand = Stand::up().await;
    let deposit = books(&stand, delivery(-60, "ftd approved 50USD clickid=nobody")).await;
    let path = page_of(&deposit, "unknown_click");
    let mut person = Browser::of(&stand, Role::Reviewer).await;
    let page = person.gets(&path).await.text;
    books(&stand, delivery(-10, "ftd approved 70USD clickid=nobody")).await;
    let form = [
        ("seen", &*seen(&page)),
        ("answer", "approve"),
        ("note", "I <asked> them"),
    ];
    let again = person.posts(&path, &form).await;
    assert_eq!(again.status, 409);
    assert!(
        again.text.contains("It has changed since you looked")
            || again.text.contains("it has changed since you looked"),
        "{}",
        again.text
    );
    assert!(again.text.contains("70.00 USD"), "{}", again.text);
    assert!(
        again.text.contains("I &lt;asked&gt; them"),
        "{}",
        again.text
    );
    assert_eq!(stand.store.decisions("nobody").await.unwrap(), []);

    let form = [("seen", &*seen(&again.text)), ("answer", "approve")];
    assert_eq!(person.posts(&path, &form).await.status, 303);
}

#[tokio::test]
async fn who_may_only_look_decides_nothing_by_page_or_by_form() {
    let stand = Stand::up().await;
    let lead = books(&stand, delivery(-60, "lead approved clickid=nobody")).await;
    let path = page_of(&lead, "unknown_click");
    let mut viewer = Browser::of(&stand, Role::Viewer).await;
    let page = viewer.gets(&path).await.text;
    assert!(!page.contains("name=\"seen\""), "{page}");
    assert!(page.contains("takes the role"), "{page}");
    let seen = seen(
        &Browser::of(&stand, Role::Reviewer)
            .await
            .gets(&path)
            .await
            .text,
    );
    let form = [("seen", &*seen), ("answer", "approve")];
    let refused = viewer.posts(&path, &form).await;
    assert_eq!(refused.status, 403);
    assert!(refused.text.contains("reviewer"), "{}", refused.text);
    // A reviewer who is made a viewer decides no more, with the same cookie's page open.
    let mut demoted = Browser::of(&stand, Role::Reviewer).await;
    gives_token(&stand, "reviewer", Role::Viewer);
    assert_ne!(demoted.posts_bare(&path, &form).await.status, 303);
    assert_eq!(stand.store.decisions("nobody").await.unwrap(), []);
}

#[tokio::test]
async fn a_form_that_is_not_whole_decides_nothing() {
    let stand = Stand::up().await;
    let lead = books(&stand, delivery(-60, "lead approved clickid=nobody")).await;
    let path = page_of(&lead, "unknown_click");
    let mut person = Browser::of(&stand, Role::Reviewer).await;
    let seen = seen(&person.gets(&path).await.text);
    let long = "n".repeat(1_001);
    for (form, status) in [
        (vec![("answer", "approve")], 400),
        (vec![("seen", "x"), ("answer", "approve")], 400),
        (vec![("seen", &*seen), ("answer", "maybe")], 400),
        (vec![("seen", &*seen)], 400),
        (
            vec![("seen", &*seen), ("answer", "approve"), ("note", &*long)],
            400,
        ),
        (
            vec![("seen", &*seen), ("answer", "approve"), ("note", "a\0b")],
            400,
        ),
    ] {
        let answer = person.posts(&path, &form).await;
        assert_eq!(answer.status, status, "{form:?}");
    }
    let form = [("seen", &*seen), ("answer", "approve")];
    let bare = person.posts_bare(&path, &form).await;
    assert_eq!(bare.status, 403, "without the session's own token");
    assert_eq!(stand.store.decisions("nobody").await.unwrap(), []);
    for nothing in [
        "/console/review/x/unknown_click",
        "/console/review/1/2",
        &page_of(&lead, "double_ftd"),
    ] {
        assert_eq!(person.gets(nothing).await.status, 404, "{nothing}");
        let form = [("seen", &*seen), ("answer", "approve")];
        assert_eq!(person.posts(nothing, &form).await.status, 404, "{nothing}");
    }
}

#[tokio::test]
async fn hostile_values_are_text_on_each_page() {
    let stand = Stand::up().await;
    let words = format!(
        "ftd approved 50USD clickid={HOSTILE} sub_id_1={HOSTILE} sub_id_2={HOSTILE} transaction_id={HOSTILE} reason={HOSTILE}"
    );
    let deposit = books(&stand, delivery(-60, &words)).await;
    let path = page_of(&deposit, "unknown_click");
    let mut person = Browser::of(&stand, Role::Reviewer).await;
    let page = person.gets(&path).await.text;
    let note = "<script>alert(2)</script>\u{202e}";
    let form = [
        ("seen", &*seen(&page)),
        ("answer", "approve"),
        ("note", note),
    ];
    let queue = person.gets("/console/review").await.text;
    assert_eq!(person.posts(&path, &form).await.status, 303);
    let answered = person.gets(&path).await.text;
    let audit = person.gets("/console/audit").await.text;
    for shown in [&queue, &page, &answered, &audit] {
        assert!(!shown.contains("<script>alert"), "{shown}");
        assert!(shown.contains("&lt;script&gt;alert("), "{shown}");
    }
    for shown in [answered, audit] {
        assert!(!shown.contains('\u{202e}'), "{shown}");
        assert!(shown.contains("⟨U+202E⟩"), "{shown}");
    }
}
