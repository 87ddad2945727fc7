//! The review queue in a real browser, through real traffic: each answer with the ledger checked
//! behind it.
//!
//! Run once: the pages stand on a listener of the backend, which no Envoy is in front of.

use postern_tests::answer::Answer;
use postern_tests::browser::{Browser, ENTER};
use postern_tests::console::Console;
use postern_tests::event::Event;
use postern_tests::hostile::is_shown_as_text;
use postern_tests::postback::{get, raw};

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
    browser.follows_by(ENTER).await;
    assert_eq!(browser.heading().await, "Flag: unknown_click");
    assert!(browser.text("main").await.contains("nobody-2"));
    browser.is_content_in_all_clothes().await;

    browser.presses("r").await;
    assert_eq!(
        state(&console, "nobody-2").await,
        "approved 5000 USD",
        "a key asks only"
    );
    browser.answers("a", "agreed by mail\nwith them").await;
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
    browser.answers("r", "").await;
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

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_stale_is_shown_anew_with_its_note() {
    let console = Console::open().await;
    let path = flagged(&console, "nobody").await;
    let browser = console.shows_to("reviewer", &path).await;
    // The partner corrects the amount while somebody looks.
    let corrected = Event::ftd("nobody").text("transaction_id", "A");
    sends(&console, &corrected.text("amount", "70.00")).await;
    browser.answers("a", "it was fifty").await;
    let refused = browser.text(".note.bad").await;
    assert!(refused.contains("changed since you looked"), "{refused}");
    assert!(browser.text("main").await.contains("70.00 USD"));
    let kept = "return document.querySelector('details[open] textarea').value";
    assert_eq!(browser.runs(kept).await, "it was fifty");
    assert_eq!(state(&console, "nobody").await, "approved 7000 USD");
    let ledger = console.gate.ledger().await;
    assert!(ledger.decided("nobody").await.is_empty());
    browser.complains_only_of(409).await;
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
    first.answers("a", "").await;
    second.answers("r", "").await;
    let told = second.text(".note.bad").await;
    assert!(
        told.contains("somebody was first") && told.contains("by reviewer"),
        "{told}"
    );
    let decided = console.gate.ledger().await.decided("nobody").await;
    assert_eq!(decided, ["unknown_click approved reviewer"]);
    second.complains_only_of(409).await;
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

/// What single keys do: `j` in a list, `a` on a flag, `/` where there is something to search.
async fn keys_act(console: &Console, browser: &Browser, flag: &str) -> [bool; 3] {
    let after = async |path: &str, key: &str, script: &str| {
        browser.goes_to(&console.url(path)).await;
        browser.presses(key).await;
        browser.runs(script).await == true
    };
    let on_a_row = "return document.activeElement.closest('[data-row]') !== null";
    let is_open = "return document.querySelector('details[data-key=a]').open";
    let in_search = "return document.activeElement.matches('[data-search]')";
    [
        after(QUEUE, "j", on_a_row).await,
        after(flag, "a", is_open).await,
        after("/console/audit", "/", in_search).await,
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn single_keys_do_nothing_while_a_person_has_them_turned_off() {
    let console = Console::open().await;
    let flag = flagged(&console, "nobody").await;
    let browser = console.shows_to("reviewer", QUEUE).await;
    assert_eq!(keys_act(&console, &browser, &flag).await, [true; 3]);
    for act in [false, true] {
        browser.goes_to(&console.url("/console/account")).await;
        browser
            .follows("form[action='/console/shortcuts'] button")
            .await;
        browser.is_content().await;
        assert_eq!(keys_act(&console, &browser, &flag).await, [act; 3]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_values_in_every_field_are_text_and_break_no_layout() {
    let console = Console::open().await;
    let long = format!("{HOSTILE}{}", "x".repeat(120));
    let event = Event::ftd(&long)
        .text("sub_id_1", &long)
        .text("sub_id_2", &long)
        .text("transaction_id", HOSTILE)
        .text("reason", &long)
        .text(HOSTILE, HOSTILE);
    let answer = console.gate.send(&raw(&event)).await;
    answer.recorded("flagged");
    let path = format!("{QUEUE}/{}/unknown_click", answer.text("id"));
    let browser = console.shows_to("reviewer", QUEUE).await;
    for page in [QUEUE, &path] {
        browser.goes_to(&console.url(page)).await;
        is_shown_as_text(&browser).await;
        browser.is_content_in_all_clothes().await;
    }
    browser.answers("a", &format!("{HOSTILE}\u{202e}")).await;
    for page in [&path, "/console/audit"] {
        browser.goes_to(&console.url(page)).await;
        is_shown_as_text(&browser).await;
        assert!(browser.text("main").await.contains("⟨U+202E⟩"), "{page}");
        browser.is_content_in_all_clothes().await;
    }
    let ran = browser.client().get_alert_text().await;
    assert!(ran.is_err(), "no script ran: {ran:?}");
}
