//! The console with JavaScript turned off: each page is whole, and what can be done is done by forms.
//!
//! Run once: the pages stand on a listener of the backend, which no Envoy is in front of.

use postern_tests::MANY_FAILURES;
use postern_tests::browser::{Browser, PHONE};
use postern_tests::console::Console;
use postern_tests::event::Event;
use postern_tests::partner::{PARTNER, Partner, partners_toml};
use postern_tests::postback::{get, registration};

/// A browser in which no page's script runs, logged in as a reviewer, at a page.
async fn without_script(console: &Console, path: &str) -> Browser {
    let token = console.token_for("reviewer", "reviewer").await;
    let browser = Browser::open().await;
    browser.runs_no_scripts().await;
    console.lets_in(&browser, &token, path).await;
    browser
}

/// Asserts that the page's own script has not run: it would have marked the page.
async fn no_script_ran(browser: &Browser) {
    let mark = "return document.documentElement.dataset.script ?? 'none'";
    assert_eq!(browser.runs(mark).await, "none");
}

/// Each main page, and what stands on it of a first deposit under this id.
fn pages(id: &str) -> Vec<(String, &'static str)> {
    let partner = format!("/console/partners/{PARTNER}");
    let reports = "/console/reports";
    let lines = format!("{reports}/payouts/lines?partner={PARTNER}&currency=USD");
    vec![
        ("/console/now".to_owned(), "click-1"),
        ("/console/deliveries".to_owned(), "click-1"),
        (format!("/console/deliveries/{id}"), "50.00 USD"),
        ("/console/review".to_owned(), "No flag waits"),
        ("/console/audit".to_owned(), "No decision"),
        (format!("{reports}/funnel?span=all"), "first deposits"),
        (format!("{reports}/sources?span=all"), "ROI is what"),
        (format!("{reports}/payouts?span=all"), "100.00 USD"),
        (lines, "CPA 100.00 USD per ftd"),
        ("/console/partners".to_owned(), PARTNER),
        (partner.clone(), "Limits"),
        (format!("{partner}/onboarding"), "Trackers"),
        (format!("{partner}/doctor"), "The request"),
        ("/console/account".to_owned(), "ada"),
        ("/console/people".to_owned(), "ada"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn each_page_is_whole() {
    let terms = "terms = [{ from = 2020-01-01, cpa = { ftd = \"100.00 USD\" } }]";
    let paid = partners_toml(MANY_FAILURES, &[Partner::of_the_page().line(terms)]);
    let console = Console::of(|stand| stand.partners(paid)).await;
    let sent = console.gate.send(&get(&Event::ftd("click-1"))).await;
    sent.recorded("accepted");
    let browser = Browser::open().await;
    browser.runs_no_scripts().await;
    console
        .lets_in(&browser, console.token(), "/console/now")
        .await;
    for (path, said) in pages(&sent.text("id")) {
        browser.goes_to(&console.url(&path)).await;
        assert_eq!(browser.path().await, path);
        let page = browser.text("body").await;
        assert!(page.contains(said), "{said} in {path}: {page}");
        // What only the script does is not offered, and what stands in for it is.
        assert!(!page.contains("connecting"), "{path}: {page}");
        no_script_ran(&browser).await;
        assert_eq!(browser.complaints().await, [""; 0], "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_shows_what_is_new() {
    let console = Console::open().await;
    let browser = without_script(&console, "/console/now").await;
    for number in 1..=2 {
        let sent = registration(&format!("click-{number}"));
        console.gate.send(&sent).await.recorded("accepted");
    }
    browser.follows("main .without-script a").await;
    let clicks = browser.texts("td[data-label=Click]").await;
    assert_eq!(clicks, ["click-2", "click-1"]);
    no_script_ran(&browser).await;
}

/// Opens an answer as a mouse does, writes a note and gives it.
async fn answers(browser: &Browser, key: &str, note: &str) {
    let answer = format!("details[data-key={key}]");
    browser.clicks(&format!("{answer} summary")).await;
    browser.fills(&format!("{answer} textarea"), note).await;
    browser.follows(&format!("{answer} button")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flag_is_answered_and_undone_by_forms() {
    let console = Console::open().await;
    let flagged = console.gate.send(&registration("nobody-knows")).await;
    flagged.recorded("flagged");
    let browser = without_script(&console, "/console/review").await;
    browser.follows("main tbody a").await;
    assert_eq!(browser.heading().await, "Flag: unknown_click");
    answers(&browser, "a", "agreed by mail").await;
    let page = browser.text("main").await;
    assert!(page.contains("agreed by mail"), "{page}");
    let ledger = console.gate.ledger().await;
    let decided = ledger.decided("nobody-knows").await;
    assert_eq!(decided, ["unknown_click approved reviewer"]);
    answers(&browser, "u", "another was meant").await;
    let page = browser.text("main").await;
    assert!(
        page.contains("The answer") && page.contains("another was meant"),
        "{page}"
    );
    no_script_ran(&browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_searched_colours_chosen_and_the_session_ended_by_forms() {
    let console = Console::open().await;
    for clickid in ["click-1", "click-2"] {
        console
            .gate
            .send(&registration(clickid))
            .await
            .recorded("accepted");
    }
    let browser = without_script(&console, "/console/deliveries").await;
    browser.has_size(PHONE).await;
    // The form above the list stands open: nothing could fold it.
    browser.fills("#q", "click-2").await;
    browser.follows(".filters .primary").await;
    let clicks = browser.texts("td[data-label=Click]").await;
    assert_eq!(clicks, ["click-2"]);
    browser
        .follows("form[action='/console/theme'] [value=dark]")
        .await;
    let theme = "return document.documentElement.dataset.theme";
    assert_eq!(browser.runs(theme).await, "dark");
    no_script_ran(&browser).await;
    browser.follows(".who button").await;
    assert_eq!(browser.heading().await, "Log in");
}
