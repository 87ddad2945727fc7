//! The console with keys alone, in a real browser: the way in, a report for other days, the signature
//! doctor. The review queue and the list of deliveries have such stories beside their others.
//!
//! Run once: the pages stand on a listener of the backend, which no Envoy is in front of.

use postern_tests::browser::{Browser, ENTER, TAB};
use postern_tests::console::Console;
use postern_tests::event::Event;
use postern_tests::partner::{PARTNER, SECRET};
use postern_tests::signing::signed_parameters;
use postern_tests::two_sources::with_two_sources;

/// Logs in and goes to an area by its link.
async fn enters(console: &Console, area: &str) -> Browser {
    let token = console.token_for("viewer", "viewer").await;
    let browser = Browser::open().await;
    browser.goes_to(&console.url("/")).await;
    assert!(browser.has_focus("#token").await, "one types at once");
    browser.presses(&token).await;
    browser.follows_by(ENTER).await;
    browser.tabs_to(&format!("nav a[href='{area}']")).await;
    browser.follows_by(ENTER).await;
    browser
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_is_typed_again_and_one_logs_out() {
    let console = Console::open().await;
    let browser = Browser::open().await;
    browser.goes_to(&console.url("/console/account")).await;
    browser.presses("no token at all").await;
    browser.follows_by(ENTER).await;
    assert!(browser.text(".note").await.contains("opens nothing"));
    assert!(browser.has_focus("#token").await);
    browser.presses(console.token()).await;
    browser.tabs_to("main button").await;
    browser.follows_by(ENTER).await;
    assert_eq!(browser.heading().await, "Account");
    browser.tabs_to(".who button").await;
    browser.follows_by(ENTER).await;
    assert_eq!(browser.heading().await, "Log in");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_asked_for_other_days_and_its_file_reached() {
    let console = with_two_sources().await;
    let browser = enters(&console, "/console/reports").await;
    let clicks = "#steps td:nth-child(2)";
    assert_eq!(browser.text(clicks).await, "0", "none this month");
    browser.tabs_to("#from").await;
    browser.presses("05012024").await;
    browser.tabs_to("#to").await;
    browser.presses("05312024").await;
    browser.tabs_to("#by").await;
    browser.presses("so").await; // to `source`
    assert_eq!(browser.value("#by").await, "source");
    browser.tabs_to("main form .primary").await;
    browser.follows_by(ENTER).await;
    assert_ne!(browser.text(clicks).await, "0");
    let path = browser.path().await;
    assert!(
        path.contains("from=2024-05-01&to=2024-05-31") && path.contains("by=source"),
        "{path}"
    );
    browser.tabs_to("a[download]").await;
    browser.tabs_back_to(".tabs a[href*=payouts]").await;
    browser.follows_by(ENTER).await;
    browser.tabs_to("#payouts tbody a").await;
    browser.follows_by(ENTER).await;
    assert_eq!(browser.heading().await, "Lines of money");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_is_asked() {
    let console = Console::open().await;
    let browser = enters(&console, "/console/partners").await;
    browser.presses("j").await;
    browser.follows_by(ENTER).await;
    browser.tabs_to(".tabs a[href$=doctor]").await;
    browser.follows_by(ENTER).await;
    let query = signed_parameters(SECRET, &Event::registration("click-1"));
    let gate = "https://gate.example.net/v1/event";
    let request = format!("curl '{gate}?{query}' -H 'X-RS-Source: {PARTNER}'");
    browser.presses("/").await;
    assert!(browser.has_focus("#request").await);
    browser.presses(&request).await;
    browser.presses(TAB).await;
    assert!(browser.has_focus("#secret").await);
    browser.presses(SECRET).await;
    browser.tabs_to("main form button").await;
    browser.follows_by(ENTER).await;
    let told = browser.text(".note").await;
    assert!(told.contains("The signature fits"), "{told}");
}
