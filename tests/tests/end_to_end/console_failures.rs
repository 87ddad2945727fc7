//! What the console says when something is wrong, in a real browser: each such page is a whole one, and
//! shows what was asked as text.
//!
//! Run once: the pages stand on a listener of the backend, which no Envoy is in front of.

use postern_test_postgres::Server;
use postern_tests::browser::Browser;
use postern_tests::console::{Console, WRONG_TOKEN};
use postern_tests::hostile::{HOSTILE, names_what_is_hidden};
use postern_tests::waiting::eventually;
use tokio::task::block_in_place;
use url::form_urlencoded::Serializer;

/// Goes to a page that says no, and asserts that it is whole all the same.
async fn says(console: &Console, browser: &Browser, path: &str, status: u16, heading: &str) {
    browser.goes_to(&console.url(path)).await;
    assert_eq!(browser.heading().await, heading, "{path}");
    browser.complains_only_of(status).await;
    browser.is_content_in_all_clothes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_role_and_things_that_are_not_there_are_told_on_whole_pages() {
    let console = Console::open().await;
    let viewer = console.shows_to("viewer", "/console/account").await;
    let nowhere = "/console/deliveries/00000000-0000-0000-0000-000000000000";
    let no_flag = "/console/review/00000000-0000-0000-0000-000000000000/unknown_click";
    for (path, status, heading) in [
        ("/console/people", 403, "Another role is needed"),
        (nowhere, 404, "No such thing"),
        (no_flag, 404, "No such thing"),
        ("/console/partners/nobody", 404, "No such thing"),
    ] {
        says(&console, &viewer, path, status, heading).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_wrong_is_named_on_a_whole_page() {
    let console = Console::open().await;
    let browser = console.shows("/console/account").await;
    for (path, named) in [
        ("/console/review?min=1", "currency"),
        ("/console/audit?outcome=perhaps", "outcome"),
        ("/console/reports/funnel?span=year", "span"),
        ("/console/reports/sources?by=none", "by"),
        ("/console/reports/payouts?in=XXX", "in"),
        ("/console/reports/payouts/lines?currency=USD", "partner"),
    ] {
        says(&console, &browser, path, 400, "Something in it is wrong").await;
        let mistakes = browser.texts(".mistakes code").await;
        assert!(
            mistakes.iter().any(|it| it == named),
            "{path}: {mistakes:?}"
        );
    }
}

/// An address in which each of these, and a name that nobody knows, is hostile.
fn hostile(path: &str, names: &[&str]) -> String {
    let mut query = Serializer::new(String::new());
    for name in names.iter().chain(&[HOSTILE]) {
        query.append_pair(name, HOSTILE);
    }
    format!("{path}?{}", query.finish())
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_filters_are_shown_as_text() {
    let console = Console::open().await;
    let browser = console.shows("/console/account").await;
    let reports = "/console/reports";
    for (path, names) in [
        (
            "/console/review".to_owned(),
            &[
                "reason", "partner", "older", "min", "currency", "order", "after",
            ][..],
        ),
        ("/console/audit".to_owned(), &["by", "outcome", "cursor"]),
        (
            format!("{reports}/funnel"),
            &["from", "to", "span", "partner", "by", "then"],
        ),
        (
            format!("{reports}/sources"),
            &["from", "to", "span", "partner", "by", "then", "in"],
        ),
        (
            format!("{reports}/payouts"),
            &["from", "to", "span", "partner", "by", "in"],
        ),
        (
            format!("{reports}/payouts/lines"),
            &["from", "to", "partner", "currency", "after"],
        ),
    ] {
        let path = hostile(&path, names);
        browser.goes_to(&console.url(&path)).await;
        names_what_is_hidden(&browser).await;
        browser.complains_only_of(400).await;
        browser.is_content_in_all_clothes().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_guesses_is_held_off_on_a_whole_page() {
    let console = Console::open().await;
    let browser = Browser::open().await;
    browser.goes_to(&console.url("/console/login")).await;
    // A place is free again each second: it may be the browser that gets it.
    eventually("the browser is held off", async || {
        console.holds_off_wrong_tokens().await;
        browser.fills("#token", WRONG_TOKEN).await;
        browser.follows("main button").await;
        let complaints = browser.complaints().await;
        complaints.iter().any(|it| it.contains("429")).then_some(())
    })
    .await;
    let refused = browser.text(".note.bad").await;
    assert!(!refused.contains("opens nothing"), "{refused}");
    browser.is_content_in_all_clothes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_away_is_told_on_a_whole_page() {
    let mut server = block_in_place(Server::start).unwrap_or_else(|error| panic!("{error}"));
    let url = server.url();
    let console = Console::of(|stand| stand.backend_env("POSTERN_DATABASE", url)).await;
    let browser = console.shows("/console/deliveries").await;
    browser.is_content().await;
    block_in_place(|| server.kill());
    for path in [
        "/console/deliveries",
        "/console/review",
        "/console/reports/funnel",
    ] {
        says(&console, &browser, path, 503, "The store is away").await;
    }
    block_in_place(|| server.restart()).unwrap_or_else(|error| panic!("{error}"));
    eventually("it is back", async || {
        browser.goes_to(&console.url("/console/deliveries")).await;
        (browser.heading().await == "Deliveries").then_some(())
    })
    .await;
}
