//! The review queue in a real browser, through real traffic: each answer with the ledger checked
//! behind it.
//!
//! Run once: the pages stand on a listener of the backend, which no Envoy is in front of.

use postern_tests::answer::Answer;
use postern_tests::browser::Browser;
use postern_tests::console::Console;
use postern_tests::event::Event;
use postern_tests::postback::get;

/// What visitors and partners could write where a click id is.
const HOSTILE: &str = "</textarea><script>alert(1)</script>\"'&amp;";

const QUEUE: &str = "/console/review";

async fn sends(console: &Console, event: &Event) -> Answer {
    let answer = console.gate.send(&get(event)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer
}

/// A first deposit on a click that nobody knows, and the page of its flag.
async fn flagged(console: &Console, clickid: &str) -> String {
    let answer = sends(console, &Event::ftd(clickid).text("transaction_id", "A")).await;
    assert_eq!(answer.text("result"), "flagged");
    format!("{QUEUE}/{}/unknown_click", answer.text("id"))
}

/// Opens an answer by its key, writes a note and gives it.
async fn answers(browser: &Browser, key: &str, note: &str) {
    browser.presses(key).await;
    let answer = format!("details[data-key={key}]");
    browser.fills(&format!("{answer} textarea"), note).await;
    browser.follows(&format!("{answer} button")).await;
}

async fn state(console: &Console, clickid: &str) -> String {
    let ledger = console.gate.ledger().await;
    let row = ledger.conversion(clickid, "ftd").await;
    format!("{} {} {}", row.status, row.amount_minor, row.currency)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reviewer_goes_from_the_queue_to_a_flag_and_answers_it_by_keyboard() {
    let console = Console::open().await;
    flagged(&console, "nobody-1").await;
    flagged(&console, "nobody-2").await;
    let browser = console.shows_to("reviewer", QUEUE).await;
    assert_eq!(browser.texts("tbody tr").await.len(), 2);
    browser.is_content_in_all_clothes().await;

    browser.presses("j").await;
    browser.presses("j").await;
    browser.runs("window.leaving = true").await;
    browser.presses("\u{e007}").await; // Enter
    let shown = "return document.readyState === 'complete' && !window.leaving";
    browser.waits_until("the flag is shown", shown).await;
    assert_eq!(browser.heading().await, "Flag: unknown_click");
    assert!(browser.text("main").await.contains("nobody-2"));
    browser.is_content_in_all_clothes().await;

    browser.presses("r").await;
    assert_eq!(
        state(&console, "nobody-2").await,
        "approved 5000 USD",
        "a key asks only"
    );
    answers(&browser, "a", "agreed by mail\nwith them").await;
    let page = browser.text("main").await;
    assert!(
        page.contains("approved") && page.contains("reviewer"),
        "{page}"
    );
    assert!(page.contains("agreed by mail\nwith them"), "{page}");
    browser.is_content_in_all_clothes().await;
    let row = console.gate.ledger().await;
    let decided = row.decided("nobody-2").await;
    assert_eq!(decided, ["unknown_click approved reviewer"]);

    browser.goes_to(&console.url(QUEUE)).await;
    assert_eq!(browser.texts("tbody tr").await.len(), 1);
    browser.goes_to(&console.url("/console/audit")).await;
    assert!(browser.text("tbody").await.contains("reviewer"));
    browser.is_content_in_all_clothes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejection_closes_what_else_was_open_and_the_ledger_has_it() {
    let console = Console::open().await;
    let path = flagged(&console, "nobody").await;
    sends(
        &console,
        &Event::ftd("nobody")
            .text("transaction_id", "B")
            .text("amount", "60.00"),
    )
    .await;
    let browser = console.shows_to("reviewer", &path).await;
    browser.presses("r").await;
    let would = browser.text("details[data-key=r]").await;
    assert!(would.contains("never booked"), "{would}");
    answers(&browser, "r", "").await;
    let page = browser.text("main").await;
    assert!(page.contains("double_ftd was closed with it"), "{page}");
    assert_eq!(state(&console, "nobody").await, "rejected 5000 USD");
    let decided = console.gate.ledger().await.decided("nobody").await;
    assert_eq!(
        decided,
        [
            "double_ftd closed reviewer",
            "unknown_click rejected reviewer"
        ]
    );
    browser.is_content().await;
}

/// A refusal is a status that browsers write down; there is nothing else in the log.
async fn only_refused(browser: &Browser) {
    let complaints = browser.complaints().await;
    let only_the_status = complaints.iter().all(|it| it.contains("409"));
    assert!(only_the_status, "{complaints:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_stale_is_shown_anew_with_its_note() {
    let console = Console::open().await;
    let path = flagged(&console, "nobody").await;
    let browser = console.shows_to("reviewer", &path).await;
    // The partner corrects the amount while somebody looks.
    let corrected = Event::ftd("nobody").text("transaction_id", "A");
    sends(&console, &corrected.text("amount", "70.00")).await;
    answers(&browser, "a", "it was fifty").await;
    let refused = browser.text(".note.bad").await;
    assert!(refused.contains("changed since you looked"), "{refused}");
    assert!(browser.text("main").await.contains("70.00 USD"));
    let kept = "return document.querySelector('details[open] textarea').value";
    assert_eq!(browser.runs(kept).await, "it was fifty");
    assert_eq!(state(&console, "nobody").await, "approved 7000 USD");
    let ledger = console.gate.ledger().await;
    assert!(ledger.decided("nobody").await.is_empty());
    only_refused(&browser).await;
    browser.is_content_in_all_clothes().await;

    browser.follows("details[open] button").await;
    assert!(browser.text("main").await.contains("it was fifty"));
    let decided = ledger.decided("nobody").await;
    assert_eq!(decided, ["unknown_click approved reviewer"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_second_is_told_who_was_first() {
    let console = Console::open().await;
    let path = flagged(&console, "nobody").await;
    let first = console.shows_to("reviewer", &path).await;
    let second = console.shows(&path).await;
    answers(&first, "a", "").await;
    answers(&second, "r", "").await;
    let told = second.text(".note.bad").await;
    assert!(
        told.contains("somebody was first") && told.contains("by reviewer"),
        "{told}"
    );
    let decided = console.gate.ledger().await.decided("nobody").await;
    assert_eq!(decided, ["unknown_click approved reviewer"]);
    only_refused(&second).await;
    second.is_content_in_all_clothes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_sees_what_would_be_done_and_can_do_none_of_it() {
    let console = Console::open().await;
    let path = flagged(&console, "nobody").await;
    let browser = console.shows_to("viewer", &path).await;
    assert!(!browser.shows("main form").await);
    assert!(browser.text("main").await.contains("takes the role"));
    browser.presses("a").await;
    browser.is_content_in_all_clothes().await;
    // A form that the page does not have, sent with what the session has.
    let status = browser
        .runs(
            "const csrf = document.querySelector('[name=csrf]').value;
            const request = new XMLHttpRequest();
            request.open('POST', location.pathname, false);
            request.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded');
            request.send(new URLSearchParams({csrf, answer: 'approve', seen: '0'.repeat(32)}));
            return request.status",
        )
        .await;
    assert_eq!(status, 403);
    assert!(
        console
            .gate
            .ledger()
            .await
            .decided("nobody")
            .await
            .is_empty()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_values_in_every_field_are_text_and_break_no_layout() {
    let console = Console::open().await;
    let long = format!("{HOSTILE}{}", "x".repeat(120));
    let event = Event::ftd(&long)
        .text("sub_id_1", &long)
        .text("sub_id_2", &long)
        .text("transaction_id", HOSTILE)
        .text("reason", &long);
    let answer = sends(&console, &event).await;
    let path = format!("{QUEUE}/{}/unknown_click", answer.text("id"));
    let browser = console.shows_to("reviewer", QUEUE).await;
    browser.is_content_in_all_clothes().await;
    browser.goes_to(&console.url(&path)).await;
    browser.is_content_in_all_clothes().await;
    assert!(
        browser
            .text("main")
            .await
            .contains("<script>alert(1)</script>")
    );
    answers(&browser, "a", &format!("{HOSTILE}\u{202e}")).await;
    browser.is_content_in_all_clothes().await;
    browser.goes_to(&console.url("/console/audit")).await;
    browser.is_content_in_all_clothes().await;
    let ran = browser.client().get_alert_text().await;
    assert!(ran.is_err(), "no script ran: {ran:?}");
}
