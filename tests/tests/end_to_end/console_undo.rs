//! An answer taken back in a real browser, through real traffic, with the ledger checked behind it.
//!
//! Run once: the pages stand on a listener of the backend, which no Envoy is in front of.

use postern_tests::browser::Browser;
use postern_tests::console::Console;
use postern_tests::event::Event;
use postern_tests::postback::get;

/// A first deposit on a click that nobody knows: its delivery, and the page of its flag.
async fn flagged(console: &Console, clickid: &str) -> (String, String) {
    let event = Event::ftd(clickid).text("transaction_id", "A");
    let answer = console.gate.send(&get(&event)).await;
    assert_eq!(answer.text("result"), "flagged");
    let id = answer.text("id").to_owned();
    let path = format!("/console/review/{id}/unknown_click");
    (id, path)
}

async fn decided(console: &Console) -> Vec<String> {
    console.gate.ledger().await.decided("nobody").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reviewer_undoes_an_answer_by_keyboard_and_answers_anew() {
    let console = Console::open().await;
    let (id, path) = flagged(&console, "nobody").await;
    let browser = console.shows_to("reviewer", &path).await;
    browser.answers("r", "").await;
    browser.is_content_in_all_clothes().await;
    let rejected = console
        .gate
        .ledger()
        .await
        .conversion("nobody", "ftd")
        .await;
    assert_eq!(rejected.status, "rejected");

    is_undone(&console, &browser).await;
    is_answered_anew(&console, &browser, &id).await;
}

async fn is_undone(console: &Console, browser: &Browser) {
    browser.presses("u").await;
    let would = browser.text("details[data-key=u]").await;
    assert!(
        would.contains("from rejected 50.00 USD to approved 50.00 USD"),
        "{would}"
    );
    browser.answers("u", "taken for another").await;
    assert_eq!(browser.heading().await, "Flag: unknown_click");
    let page = browser.text("main").await;
    assert!(
        page.contains("taken for another") && page.contains("undone"),
        "{page}"
    );
    browser.is_content_in_all_clothes().await;
    let back = console
        .gate
        .ledger()
        .await
        .conversion("nobody", "ftd")
        .await;
    assert_eq!(back.status, "approved");
}

/// And each page tells all three answers.
async fn is_answered_anew(console: &Console, browser: &Browser, id: &str) {
    browser.answers("a", "").await;
    assert!(
        browser
            .text("main")
            .await
            .contains("Other answers on this conversion")
    );
    browser.is_content_in_all_clothes().await;
    let mut told = decided(console).await;
    told.sort();
    let expected = ["approved", "rejected", "undone"];
    assert_eq!(
        told,
        expected.map(|it| format!("unknown_click {it} reviewer"))
    );
    for page in [
        "/console/audit".to_owned(),
        format!("/console/deliveries/{id}"),
    ] {
        browser.goes_to(&console.url(&page)).await;
        assert!(browser.text("main").await.contains("undone"), "{page}");
        browser.is_content_in_all_clothes().await;
    }
    browser.follows("a[href$='#undo']").await;
    assert!(browser.text("#undo").await.contains("If it was wrong"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_undoes_second_is_told_and_a_viewer_only_looks() {
    let console = Console::open().await;
    let (_, path) = flagged(&console, "nobody").await;
    let first = console.shows_to("reviewer", &path).await;
    first.answers("a", "").await;
    let second = console.shows(&path).await;
    let viewer = console.shows_to("viewer", &path).await;
    assert!(!viewer.shows("main form").await);
    viewer.is_content_in_all_clothes().await;

    first.answers("u", "mine").await;
    second.answers("u", "mine too").await;
    let told = second.text(".note.bad").await;
    assert!(told.contains("is undone already, by reviewer"), "{told}");
    assert_eq!(decided(&console).await.len(), 2);
    second.complains_only_of(409).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_partner_has_confirmed_is_not_brought_back() {
    let console = Console::open().await;
    let (_, path) = flagged(&console, "nobody").await;
    let browser = console.shows_to("reviewer", &path).await;
    browser.answers("r", "").await;
    let confirmed = Event::ftd("nobody").text("transaction_id", "A");
    let confirmed = confirmed.text("status", "rejected");
    let answer = console.gate.send(&get(&confirmed)).await;
    assert_eq!(answer.text("result"), "duplicate");
    // The page still shows the button that was good before.
    browser.answers("u", "he asked").await;
    let refused = browser.text(".note.bad").await;
    assert!(refused.contains("has reported conversion"), "{refused}");
    assert!(
        browser
            .text("details[data-key=u]")
            .await
            .contains("It cannot be undone")
    );
    let row = console
        .gate
        .ledger()
        .await
        .conversion("nobody", "ftd")
        .await;
    assert_eq!(row.status, "rejected");
}
