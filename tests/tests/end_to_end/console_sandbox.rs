//! Tests in the console, in a real browser: marked, told as they would appear, and kept apart.
//!
//! Run once: the pages stand on a listener of the backend, which no Envoy is in front of.

use postern_tests::MANY_FAILURES;
use postern_tests::answer::Answer;
use postern_tests::browser::Browser;
use postern_tests::console::Console;
use postern_tests::event::Event;
use postern_tests::message::Message;
use postern_tests::partner::{Partner, partners_toml};
use postern_tests::postback::{raw, registration};
use postern_tests::signing::hmac_hex;

const LIST: &str = "/console/deliveries";

const TEST_SECRET: &str = "a-secret-for-tests-alone";

/// A console whose partner has a test secret beside its live one.
async fn console() -> Console {
    let partner = Partner::of_the_page().secret_within("sandbox", TEST_SECRET, "test = true");
    let partners = partners_toml(MANY_FAILURES, &[partner]);
    Console::of(|stand| stand.partners(partners)).await
}

/// A deposit that says it is a test.
fn marked(clickid: &str) -> Event {
    Event::ftd(clickid).text("test", "1")
}

/// A deposit that says nothing of it, signed with the test secret.
fn by_secret(clickid: &str) -> Message {
    let event = Event::ftd(clickid);
    let sign = hmac_hex(TEST_SECRET, event.json());
    raw(&event).without("x-rs-sign").sign(&sign)
}

/// The page of the delivery that an answer is about, and what it says.
async fn story(console: &Console, browser: &Browser, answer: &Answer) -> String {
    let id = answer.text("id");
    browser.goes_to(&console.url(&format!("{LIST}/{id}"))).await;
    let story = browser.text("main").await;
    browser.is_content_in_all_clothes().await;
    story
}

#[tokio::test(flavor = "multi_thread")]
async fn tests_are_marked_and_kept_apart() {
    let console = console().await;
    let live = console.gate.send(&registration("click-1")).await;
    live.recorded("accepted");
    let test = console.gate.send(&raw(&marked("test-1"))).await;
    test.recorded("accepted");
    let browser = console.shows_to("viewer", LIST).await;
    let verdicts = browser.texts("td[data-label=Verdict]").await;
    assert_eq!(verdicts, ["accepted test", "accepted"]);
    for (asked, click) in [("true", "test-1"), ("false", "click-1")] {
        let alone = console.url(&format!("{LIST}?test={asked}"));
        browser.goes_to(&alone).await;
        assert_eq!(browser.texts("td[data-label=Click]").await, [click]);
        assert_eq!(browser.value("#test").await, asked);
    }
    let ledger = console.gate.ledger().await;
    assert_eq!(ledger.conversions().await, 1, "the live one alone");
}

/// A test of each kind, oldest first: one that would be booked, one that would be flagged, one that a
/// test secret makes it, and one with a wrong field.
async fn one_of_each(console: &Console) -> [Answer; 4] {
    let gate = &console.gate;
    let taken = gate.send(&raw(&marked("test-1"))).await;
    let flagged = gate.send(&raw(&marked("nobody-knows"))).await;
    flagged.recorded("flagged");
    let of_secret = gate.send(&by_secret("test-2")).await;
    of_secret.recorded("accepted");
    let wrong = marked("test-3").text("amount", "a lot");
    let wrong = gate.send(&raw(&wrong)).await;
    wrong.refused(422, "invalid");
    [taken, flagged, of_secret, wrong]
}

/// What the page of each of them says.
const SAID: [&[&str]; 4] = [
    &[
        "A test, booked nowhere",
        "reserved",
        "50.00",
        "\"test\":\"1\"",
    ],
    &[
        "A test, booked nowhere",
        "unknown_click",
        "not in the click log",
    ],
    &["A test, booked nowhere", "test.sandbox", "reserved"],
    &["test", "field: amount", "a lot"],
];

#[tokio::test(flavor = "multi_thread")]
async fn each_test_is_told_as_it_would_appear() {
    let console = console().await;
    let sent = one_of_each(&console).await;
    let browser = console.shows_to("viewer", LIST).await;
    let verdicts = browser.texts("td[data-label=Verdict]").await;
    let expected = [
        "invalid test",
        "accepted test",
        "flagged test unknown_click",
        "accepted test",
    ];
    assert_eq!(verdicts, expected);
    browser.is_content_in_all_clothes().await;
    for (answer, says) in sent.iter().zip(SAID) {
        let story = story(&console, &browser, answer).await;
        for said in says {
            assert!(story.contains(said), "{said} in {story}");
        }
    }
    let ledger = console.gate.ledger().await;
    assert_eq!(ledger.conversions().await, 0, "none is booked");
    browser.goes_to(&console.url("/console/review")).await;
    let queue = browser.text("main").await;
    assert!(queue.contains("No flag waits for a decision"), "{queue}");
}
