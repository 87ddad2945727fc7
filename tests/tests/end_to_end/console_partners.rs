//! The partners' pages in a real browser, through real traffic.
//!
//! Run once: the pages stand on a listener of the backend, which no Envoy is in front of.

use postern_tests::browser::Browser;
use postern_tests::console::Console;
use postern_tests::event::Event;
use postern_tests::hostile::{HOSTILE, MARKUP, hides_nothing};
use postern_tests::partner::{PARTNER, SECRET};
use postern_tests::postback::get;
use postern_tests::signing::signed_parameters;
use serde_json::json;
use url::form_urlencoded::Serializer;

const PARTNERS: &str = "/console/partners";

#[tokio::test(flavor = "multi_thread")]
async fn a_partners_health_keys_and_limits_are_what_was_sent() {
    let console = Console::open().await;
    for event in [
        Event::registration("click-1"),
        Event::registration("nobody"),
        Event::ftd("click-2").text("amount", "1,000"),
        Event::ftd("click-3").text("status", "perhaps"),
    ] {
        let _ = console.gate.send(&get(&event)).await;
    }
    let browser = console.shows_to("viewer", PARTNERS).await;
    let row = browser.text("tbody tr").await;
    for part in [PARTNER, "posts", "25.0 %", "50.0 %"] {
        assert!(row.contains(part), "{part}: {row}");
    }
    browser.is_content_in_all_clothes().await;

    browser.follows("tbody a").await;
    let page = browser.text("main").await;
    assert!(
        page.contains("accepted") && page.contains("quarantined"),
        "{page}"
    );
    assert!(page.contains("params"), "{page}");
    assert_eq!(browser.texts("svg.spans text").await.last().unwrap(), "k1");
    assert!(!browser.client().source().await.unwrap().contains(SECRET));
    browser.is_content_in_all_clothes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_developer_gets_programs_for_the_gates_url() {
    let console = Console::open().await;
    let path = format!("{PARTNERS}/{PARTNER}/onboarding");
    let browser = console.shows_to("viewer", &path).await;
    browser
        .fills("#url", "https://gate.example.net/v1/event")
        .await;
    browser.follows("main form button").await;
    browser.clicks("details.answer summary").await;
    let program = browser.text("details[open] pre").await;
    assert!(
        program.contains("https://gate.example.net/v1/event"),
        "{program}"
    );
    browser.is_content_in_all_clothes().await;
}

/// What the doctor says first of a request; no page ever shows the secret that was typed.
async fn asks(browser: &Browser, request: &str, secret: &str) -> String {
    browser.fills("#request", request).await;
    browser.fills("#secret", secret).await;
    browser.follows("main form button").await;
    let field = "return document.querySelector('#secret').value";
    assert_eq!(browser.runs(field).await, "");
    let page = browser.client().source().await.unwrap();
    assert!(secret.is_empty() || !page.contains(secret), "{page}");
    browser.text(".note").await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_says_what_is_wrong_and_keeps_no_secret() {
    let console = Console::open().await;
    let path = format!("{PARTNERS}/{PARTNER}/doctor");
    let browser = console.shows_to("viewer", &path).await;
    browser.is_content_in_all_clothes().await;
    let event = Event::ftd("click-1");
    let good = signed_parameters(SECRET, &event);
    let good =
        format!("curl 'https://gate.example.net/v1/event?{good}' -H 'X-RS-Source: {PARTNER}'");
    for (request, secret, says) in [
        (
            good.clone(),
            SECRET,
            "The signature fits, in the form params",
        ),
        (
            good.clone(),
            "another_secret_key",
            "does not fit under this secret",
        ),
        (good.clone(), "", "Without the secret"),
        (
            good.replace("amount=50.00", "amount=99.00"),
            SECRET,
            "does not fit",
        ),
    ] {
        let told = asks(&browser, &request, secret).await;
        assert!(told.contains(says), "{says}: {told}");
    }
    browser.is_content_in_all_clothes().await;
    for (name, log) in console.gate.logs() {
        assert!(!log.contains(SECRET), "{name} holds the secret");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_warns_of_fields_that_would_not_be_booked() {
    let console = Console::open().await;
    let path = format!("{PARTNERS}/{PARTNER}/doctor");
    let browser = console.shows_to("viewer", &path).await;
    let request = "https://gate.example.net/v1/event?event=ftd&timestamp=1717000000000";
    asks(&browser, request, SECRET).await;
    let page = browser.text("main").await;
    for said in [
        "clickid: missing",
        "amount: missing",
        "looks like milliseconds",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    browser.is_content_in_all_clothes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_on_these_pages_breaks_by_what_is_typed() {
    let console = Console::open().await;
    let path = format!("{PARTNERS}/{PARTNER}/doctor");
    let browser = console.shows_to("viewer", &path).await;
    let hostile = "https://x/v1/event?clickid=</textarea><script>alert(1)</script>&sign=00&event=lead&status=approved&sub_id_1=";
    browser
        .fills("#request", &format!("{hostile}{}", "y".repeat(300)))
        .await;
    browser.follows("main form button").await;
    browser.is_content_in_all_clothes().await;
    let ran = browser.client().get_alert_text().await;
    assert!(ran.is_err(), "no script ran: {ran:?}");
}

/// What onboarding says when whoever made the link has written this into its address.
async fn onboards_by(console: &Console, browser: &Browser, name: &str, value: &str) {
    let mut query = Serializer::new(String::new());
    let query = query.append_pair(name, value).finish();
    let path = format!("{PARTNERS}/{PARTNER}/onboarding?{query}");
    browser.goes_to(&console.url(&path)).await;
    hides_nothing(browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_places_and_currencies_are_text_on_the_onboarding_page() {
    let console = Console::open().await;
    let browser = console.shows_to("viewer", PARTNERS).await;
    onboards_by(&console, &browser, "url", HOSTILE).await;
    assert_eq!(browser.value("#url").await, HOSTILE, "as it was asked");
    assert!(browser.shows("#url-mistake").await);
    browser.is_content_in_all_clothes().await;

    let place = format!("https://gate.example.net/{MARKUP}\u{202e}");
    onboards_by(&console, &browser, "url", &place).await;
    assert_eq!(browser.value("#url").await, place);
    browser.is_content_in_all_clothes().await;

    onboards_by(&console, &browser, "currency", HOSTILE).await;
    let mistakes = browser.texts(".mistakes code").await;
    assert_eq!(mistakes, ["currency"]);
    browser.complains_only_of(400).await;
    browser.is_content_in_all_clothes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pasted_request_stands_there_again_after_the_login() {
    let console = Console::open().await;
    let path = format!("{PARTNERS}/{PARTNER}/doctor");
    let browser = console.shows(&path).await;
    let pasted = "\nPOST /v1/event HTTP/1.1\nX-RS-Source: </textarea>\n\n{\"a\": \"&#10;\"}\n";
    browser.fills("#request", pasted).await;
    browser.fills("#secret", SECRET).await;
    let forgot = browser.client().delete_all_cookies().await;
    forgot.expect("the session is over");
    browser.follows("main form button").await;
    browser.complains_only_of(401).await;
    browser.is_content_in_all_clothes().await;

    browser.fills("#token", console.token()).await;
    browser.follows("main button").await;
    assert_eq!(browser.path().await, path);
    let fields = "return ['#request', '#secret'].map((it) => document.querySelector(it).value)";
    assert_eq!(browser.runs(fields).await, json!([pasted, ""]));
    assert!(!browser.shows("#told").await, "nothing was looked at");
    browser.is_content_in_all_clothes().await;
}
