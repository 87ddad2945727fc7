//! The console's way in and out, and what is the same on every page, in a real browser.
//!
//! Run once: the pages stand on a listener of the backend, which no Envoy is in front of.

use postern_tests::browser::{Browser, ENTER, PHONE, TAB};
use postern_tests::console::{Console, WRONG_TOKEN};
use postern_tests::postback::registration;
use postern_tests::waiting::eventually;

const ACCOUNT: &str = "/console/account";

const PEOPLE: &str = "/console/people";

#[tokio::test(flavor = "multi_thread")]
async fn a_person_logs_in_and_out() {
    let console = Console::open().await;
    // The gate takes postbacks all the while.
    let sent = console.gate.send(&registration("click-1")).await;
    sent.recorded("accepted");
    let browser = Browser::open().await;
    browser.goes_to(&console.url("/")).await;
    assert_eq!(browser.heading().await, "Log in");
    assert!(!browser.shows("nav").await, "there is nothing to see yet");
    browser.is_content_in_all_clothes().await;

    browser.goes_to(&console.url(ACCOUNT)).await;
    browser.fills("#token", console.token()).await;
    browser.follows("main button").await;
    assert_eq!(browser.path().await, ACCOUNT);
    assert_eq!(browser.text(".who bdi").await, "ada");
    assert_eq!(browser.text(".who .chip").await, "admin");
    browser.is_content_in_all_clothes().await;
    let cookies = browser.runs("return document.cookie").await;
    assert_eq!(cookies, "", "no script sees the session");

    browser.follows(".who button").await;
    assert_eq!(browser.heading().await, "Log in");
    browser.goes_to(&console.url(ACCOUNT)).await;
    assert_eq!(browser.heading().await, "Log in");
    browser.runs("history.back()").await;
    browser
        .waits_until(
            "the page before",
            "return document.readyState === 'complete'",
        )
        .await;
    assert!(!browser.shows(".who").await, "nothing is left to look at");
    browser.is_content().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_sees_who_may_log_in_and_nobody_else_does() {
    let console = Console::open().await;
    console.token_for("vera", "viewer").await;
    let browser = console.shows(ACCOUNT).await;
    browser.follows("main a[href='/console/people']").await;
    assert_eq!(browser.path().await, PEOPLE);
    assert_eq!(browser.heading().await, "Who may log in");
    assert_eq!(browser.texts("tbody th").await, ["ada", "vera"]);
    assert_eq!(browser.texts("tbody .chip").await, ["admin", "viewer"]);
    let page = browser.text("body").await;
    assert!(!page.contains("postern_admin_"), "tokens are shown nowhere");
    browser.is_content_in_all_clothes().await;

    // Who is let go goes from the list, and from the console.
    console.gate.runs(&["admin", "revoke", "vera"]);
    eventually("vera is gone", async || {
        browser.goes_to(&console.url(PEOPLE)).await;
        (browser.texts("tbody th").await == ["ada"]).then_some(())
    })
    .await;
    let other = console.shows_to("reviewer", PEOPLE).await;
    assert_eq!(other.heading().await, "Another role is needed");
    other.goes_to(&console.url(ACCOUNT)).await;
    assert!(!other.shows("main a[href='/console/people']").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_tokens_are_told_so_and_throttled_and_a_good_one_passes() {
    let console = Console::open().await;
    let browser = Browser::open().await;
    console.lets_in(&browser, WRONG_TOKEN, ACCOUNT).await;
    assert!(browser.text(".note").await.contains("opens nothing"));
    browser.complains_only_of(401).await;
    browser.is_content_in_all_clothes().await;

    console.holds_off_wrong_tokens().await;
    browser.fills("#token", console.token()).await;
    browser.follows("main button").await;
    assert_eq!(browser.path().await, ACCOUNT);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_with_its_token() {
    let console = Console::open().await;
    let browser = console.shows_to("viewer", ACCOUNT).await;
    assert_eq!(browser.text(".who .chip").await, "viewer");
    console.gate.runs(&["admin", "revoke", "viewer"]);
    eventually("the session is over", async || {
        browser.goes_to(&console.url(ACCOUNT)).await;
        (browser.heading().await == "Log in").then_some(())
    })
    .await;
    assert_eq!(
        browser.path().await,
        "/console/login?next=%2Fconsole%2Faccount"
    );
    browser.is_content().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_another_page_sends_does_nothing() {
    let console = Console::open().await;
    let browser = console.shows(ACCOUNT).await;
    // As a page would that holds a form of an older session.
    browser
        .runs("document.querySelector('.who [name=csrf]').value = 'of another session'")
        .await;
    browser.follows(".who button").await;
    assert_eq!(browser.heading().await, "The form is too old");
    browser.complains_only_of(403).await;
    browser.is_content_in_all_clothes().await;
    browser.goes_to(&console.url(ACCOUNT)).await;
    assert_eq!(browser.heading().await, "Account", "still logged in");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_colours_follow_the_system_until_a_person_chooses() {
    let console = Console::open().await;
    let browser = console.shows(ACCOUNT).await;
    browser.prefers("light").await;
    let light = browser.ground().await;
    browser.prefers("dark").await;
    let dark = browser.ground().await;
    assert_ne!(light, dark);
    browser.is_content().await;

    browser.clicks(".themes [value=light]").await;
    assert_eq!(browser.ground().await, light);
    browser.goes_to(&console.url(ACCOUNT)).await;
    assert_eq!(browser.ground().await, light, "it is kept");
    let pressed = browser.texts(".themes [aria-pressed=true]").await;
    assert_eq!(pressed, ["light"]);
    browser.is_content().await;

    // Without the script the form does the same.
    browser
        .runs("document.querySelector('.themes').classList.remove('themes')")
        .await;
    browser
        .follows("form[action='/console/theme'] [value=dark]")
        .await;
    assert_eq!(browser.path().await, ACCOUNT);
    assert_eq!(browser.ground().await, dark);
    browser.clicks(".themes [value=system]").await;
    browser.prefers("light").await;
    assert_eq!(browser.ground().await, light);
    browser.is_content().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_is_used_by_keyboard() {
    let console = Console::open().await;
    let browser = console.shows(ACCOUNT).await;
    browser.presses(TAB).await;
    assert!(browser.has_focus(".skip").await);
    browser.presses(ENTER).await;
    browser
        .waits_until("the content is reached", "return location.hash === '#main'")
        .await;
    assert!(browser.has_focus("main").await);
    browser.goes_to(&console.url(ACCOUNT)).await;
    browser.tabs_to(".who button").await;
    let outline = "return getComputedStyle(document.activeElement).outlineStyle";
    assert_eq!(
        browser.runs(outline).await,
        "solid",
        "one sees where one is"
    );
    browser.follows_by(ENTER).await;
    assert_eq!(browser.heading().await, "Log in");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_not_there_says_so_and_leads_on() {
    let console = Console::open().await;
    let browser = console
        .shows("/console/nowhere?x=%3Cimg%20src%3Dx%3E")
        .await;
    assert_eq!(browser.heading().await, "No such page");
    assert!(browser.shows("nav a").await);
    browser.complains_only_of(404).await;
    browser.has_size(PHONE).await;
    browser.is_content().await;
}
