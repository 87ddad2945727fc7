//! The forms above the reports, picked in by hand in a real browser, with the page's script and without.
//!
//! Run once: the pages stand on a listener of the backend, which no Envoy is in front of.

use postern_tests::browser::Browser;
use postern_tests::console::Console;
use postern_tests::partner::PARTNER;
use postern_tests::reports::{has_the_csv_of, plain, told};
use postern_tests::two_sources::{QUIET, with_two_sources};

const REPORTS: &str = "/console/reports";

/// How many clicks the funnel has.
async fn clicks(browser: &Browser) -> String {
    browser.text("#steps td:nth-child(2)").await
}

/// Asks again by what stands in the form.
async fn shows(browser: &Browser) {
    browser.follows("main form .primary").await;
}

/// Types a day into its field, as an English keyboard would: month, day, year.
async fn types_day(browser: &Browser, field: &str, [year, month, day]: [&str; 3]) {
    let field = browser.element(field).await;
    let typed = field.send_keys(&[month, day, year].concat()).await;
    typed.expect("a field");
}

/// A period by its button and by its days, a partner, groups: the page, its address and its file follow.
async fn picks_days_a_partner_and_groups(console: &Console, browser: &Browser) {
    browser.goes_to(&console.url(REPORTS)).await;
    // All of it was in May 2024: this month has nothing.
    assert_eq!(clicks(browser).await, "0");
    browser.follows("button[value=all]").await;
    assert_ne!(clicks(browser).await, "0");

    types_day(browser, "#from", ["2024", "05", "01"]).await;
    types_day(browser, "#to", ["2024", "05", "28"]).await;
    shows(browser).await;
    let path = browser.path().await;
    assert!(path.contains("from=2024-05-01&to=2024-05-28"), "{path}");
    assert_eq!(clicks(browser).await, "0", "it was on the day after");
    assert_eq!(browser.value("#to").await, "2024-05-28");
    types_day(browser, "#to", ["2024", "05", "29"]).await;
    browser.chooses("#partner", QUIET).await;
    shows(browser).await;
    assert_eq!(clicks(browser).await, "0", "it posted nothing");
    browser.chooses("#partner", PARTNER).await;
    browser.chooses("#by", "day").await;
    browser.chooses("#then", "geo").await;
    shows(browser).await;
    let report = ["funnel", "--by", "day,geo", "--partner", PARTNER];
    let days = ["--from", "2024-05-01", "--to", "2024-05-29"];
    let report = [&report[..], &days].concat();
    let own = told(console, &report)["total"]["clicks"].clone();
    assert_eq!(clicks(browser).await, own.to_string());
    let group = browser.texts("#groups tbody tr:last-child td").await;
    assert_eq!(group[..2], ["DE", "2024-05-29"], "{group:?}");
    for (field, value) in [("#partner", PARTNER), ("#by", "day"), ("#then", "geo")] {
        assert_eq!(browser.value(field).await, value, "it stays chosen");
    }
    has_the_csv_of(browser, console, &report).await;
}

/// Another currency for sources and for payouts.
async fn picks_a_currency(console: &Console, browser: &Browser) {
    let over_all = |report| console.url(&format!("{REPORTS}/{report}?span=all"));
    browser.goes_to(&over_all("sources")).await;
    browser.chooses("#in", "EUR").await;
    browser.follows("button[value=all]").await;
    assert_eq!(browser.value("#in").await, "EUR");
    let page = browser.text("main").await;
    assert!(page.contains("ROI is in EUR, by the rates"), "{page}");

    browser.goes_to(&over_all("payouts")).await;
    let cells = "#payouts tbody td";
    let before = browser.texts(cells).await.len();
    browser.chooses("#in", "EUR").await;
    browser.chooses("#by", "whole").await;
    browser.follows("button[value=all]").await;
    let row = told(console, &["payouts", "--in", "EUR"])["rows"][0].clone();
    let due = row["converted"]["due"]["amount"].as_str().expect("EUR");
    let cells = browser.texts(cells).await;
    assert_eq!(cells.len(), before + 2, "{cells:?}");
    assert_eq!(plain(&cells[9]), format!("{due} EUR"));
    browser.chooses("#in", "").await;
    browser.follows("button[value=all]").await;
    assert!(!browser.shows("td[data-label=converted]").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn days_a_partner_groups_and_a_currency_are_picked() {
    let console = with_two_sources().await;
    let browser = console.shows_to("viewer", REPORTS).await;
    picks_days_a_partner_and_groups(&console, &browser).await;
    picks_a_currency(&console, &browser).await;
    browser.is_content().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn and_just_so_where_no_script_runs() {
    let console = with_two_sources().await;
    let token = console.token_for("viewer", "viewer").await;
    let browser = Browser::open().await;
    browser.runs_no_scripts().await;
    console.lets_in(&browser, &token, REPORTS).await;
    picks_days_a_partner_and_groups(&console, &browser).await;
    picks_a_currency(&console, &browser).await;
    let mark = "return document.documentElement.dataset.script ?? 'none'";
    assert_eq!(browser.runs(mark).await, "none");
}
