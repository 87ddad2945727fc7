//! *Now* in a real browser: deliveries as they arrive, and what stands beside them.

use std::time::Duration;

use postern_tests::MANY_FAILURES;
use postern_tests::browser::Browser;
use postern_tests::console::Console;
use postern_tests::event::Event;
use postern_tests::message::Message;
use postern_tests::partner::{PARTNER, Partner, partners_toml};
use postern_tests::postback::{forged, get, registration};
use postern_tests::waiting::eventually;

const NOW: &str = "/console/now";

/// A click id as a stranger writes it, and as it is shown.
const HOSTILE: &str = "<img src=x onerror=alert(1)>\u{202e}x";
const HOSTILE_SHOWN: &str = "<img src=x onerror=alert(1)>⟨U+202E⟩x";

/// Sends it through the gate.
async fn gate_takes(console: &Console, message: &Message, status: u16) {
    let answer = console.gate.send(message).await;
    assert_eq!(answer.status, status, "{answer:?}");
}

/// Waits until the page says this of its feed.
async fn feed_is(browser: &Browser, state: &str) {
    let asks =
        format!("return document.querySelector('[data-live-state]').textContent === '{state}'");
    browser.waits_until(state, &asks).await;
}

async fn clicks(browser: &Browser) -> Vec<String> {
    browser.texts("td[data-label=Click]").await
}

#[tokio::test(flavor = "multi_thread")]
async fn deliveries_arrive_while_one_looks() {
    let console = Console::open().await;
    console
        .gate
        .send(&registration("click-1"))
        .await
        .recorded("accepted");
    let browser = console.shows_to("viewer", NOW).await;
    assert_eq!(browser.heading().await, "Now");
    feed_is(&browser, "live").await;
    assert_eq!(clicks(&browser).await, ["click-1"]);
    gate_takes(&console, &registration("click-2"), 200).await;
    gate_takes(&console, &get(&Event::registration(HOSTILE)), 422).await;
    gate_takes(&console, &registration("nobody-knows"), 200).await;
    eventually("all arrive, the newest first", async || {
        let expected = ["nobody-knows", HOSTILE_SHOWN, "click-2", "click-1"];
        (clicks(&browser).await == expected).then_some(())
    })
    .await;
    assert!(!browser.shows("main img").await, "it is text");
    eventually("figures follow", async || {
        let figures = browser.text("[data-figures]").await;
        figures.contains("unknown_click").then_some(())
    })
    .await;
    browser.is_content_in_all_clothes().await;

    // A reload shows the same without the script.
    browser.goes_to(&console.url(NOW)).await;
    assert_eq!(clicks(&browser).await.len(), 4);
    assert!(browser.shows("svg.spark polyline").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_keeps_its_length_while_more_arrives() {
    let console = Console::open().await;
    for number in 1..=52 {
        gate_takes(&console, &registration(&format!("click-{number}")), 200).await;
    }
    let browser = console.shows_to("viewer", NOW).await;
    feed_is(&browser, "live").await;
    assert_eq!(clicks(&browser).await.len(), 50);
    for number in 53..=55 {
        gate_takes(&console, &registration(&format!("click-{number}")), 200).await;
    }
    eventually("the newest stands first", async || {
        (clicks(&browser).await[0] == "click-55").then_some(())
    })
    .await;
    let shown = clicks(&browser).await;
    assert_eq!((shown.len(), &*shown[49]), (50, "click-6"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_feed_ends_with_the_session() {
    let console = Console::open().await;
    let browser = console.shows_to("viewer", NOW).await;
    feed_is(&browser, "live").await;
    console.gate.runs(&["admin", "revoke", "viewer"]);
    feed_is(&browser, "stopped").await;
    let said = browser.text("[data-live-note]").await;
    assert!(said.contains("logged out"), "{said}");
}

/// Names one more Envoy beside the stand's own, and starts the backend anew.
fn names_another_envoy(console: &Console, address: &str) {
    let settings = console.gate.folder().join("postern.toml");
    let before = std::fs::read_to_string(&settings).expect("the stand has written it");
    let own = format!("\"http://{}\"", console.gate.admin_addr());
    let after = before.replace(&own, &format!("{own}, \"{address}\""));
    assert_ne!(before, after, "the stand names its own Envoy");
    std::fs::write(&settings, after).expect("the stand's folder can be written");
    console.gate.stops_backend();
    console.gate.restarts_backend();
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_are_shown_as_the_gate_counts_them() {
    let nobody = "http://127.0.0.1:9"; // discard, which nobody runs
    let console = Console::open().await;
    let browser = console.shows(NOW).await;
    eventually("nothing is refused yet", async || {
        browser.goes_to(&console.url(NOW)).await;
        let figures = browser.text("[data-figures]").await;
        figures.contains("Since each Envoy started").then_some(())
    })
    .await;
    browser.is_content().await;

    names_another_envoy(&console, nobody);
    for number in 1..=3 {
        console
            .gate
            .send(&forged(&format!("click-{number}")))
            .await
            .refused(401, "unauthorized");
    }
    let browser = Browser::open().await;
    eventually("the console is back", async || {
        let went = browser.client().goto(&console.url(NOW)).await;
        (went.is_ok() && browser.shows("#token").await).then_some(())
    })
    .await;
    browser.fills("#token", console.token()).await;
    browser.follows("main button").await;
    eventually("the gate's refusals are shown", async || {
        browser.goes_to(&console.url(NOW)).await;
        let figures = browser.text("[data-figures]").await;
        let is_there = figures.contains("sign_mismatch") && figures.contains(PARTNER);
        is_there.then_some(())
    })
    .await;
    let figures = browser.text("[data-figures]").await;
    assert!(
        figures.contains(&format!("{nobody}/ does not answer")),
        "{figures}"
    );
    browser.is_content_in_all_clothes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_without_a_delivery_has_a_flat_line_and_no_alarm() {
    let quiet = Partner::new("quiet").secret("k1", "a-secret-of-more-than-32-characters-x");
    let partners = partners_toml(MANY_FAILURES, &[Partner::of_the_page(), quiet]);
    let console = Console::of(|stand| stand.partners(partners)).await;
    let browser = console.shows(NOW).await;
    let rates = browser
        .texts("[aria-label='Rates by partner'] tbody th")
        .await;
    assert_eq!(rates, [PARTNER, "quiet"]);
    assert!(browser.text("[data-figures]").await.contains("none"));
    assert!(
        browser
            .text("[data-live]")
            .await
            .contains("Nothing has come in yet")
    );
    browser.is_content_in_all_clothes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_watches_does_not_hold_up_the_end() {
    let console = Console::open().await;
    let browser = console.shows(NOW).await;
    feed_is(&browser, "live").await;
    let begun = tokio::time::Instant::now();
    console.gate.stops_backend();
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "{:?}",
        begun.elapsed()
    );
}
