//! The payouts of *Reports* in a real browser: they are those of the command line, and each cent leads
//! to its story.
//!
//! Run once: the pages stand on a listener of the backend, which no Envoy is in front of.

use postern_tests::browser::Browser;
use postern_tests::reports::{has_the_csv_of, plain, told};
use postern_tests::two_sources::with_two_sources;

const PAYOUTS: &str = "/console/reports/payouts";

/// Cents of an amount in dollars.
fn cents(amount: &str) -> i64 {
    let digits = plain(amount).trim_end_matches(" USD").replace('.', "");
    digits.parse().expect("an amount")
}

#[tokio::test(flavor = "multi_thread")]
async fn payouts_are_those_of_the_command_line_and_name_their_rate() {
    let console = with_two_sources().await;
    let page = format!("{PAYOUTS}?span=all&in=EUR");
    let browser = console.shows_to("viewer", &page).await;
    let row = told(&console, &["payouts", "--in", "EUR"])["rows"][0].clone();
    let cells = browser.texts("#payouts tbody td").await;
    assert_eq!(cells[2], row["entries"].to_string());
    let amounts = [
        (3, "booked"),
        (4, "adjusted"),
        (5, "clawed_back"),
        (7, "held"),
        (8, "due"),
    ];
    for (place, name) in amounts {
        let expected = format!("{} USD", row[name].as_str().expect("an amount"));
        assert_eq!(plain(&cells[place]), expected, "{name}");
    }
    let converted = row["converted"]["due"]["amount"].as_str();
    let converted = format!("{} EUR", converted.expect("it is converted"));
    assert_eq!(plain(&cells[9]), converted);
    assert_eq!(cells[10], "1 USD = 0.92 EUR since 2024-01-01");
    has_the_csv_of(&browser, &console, &["payouts", "--in", "EUR"]).await;
    browser.is_content_in_all_clothes().await;
}

/// Asserts that the file behind the page has as many lines, which add up to so many cents.
async fn has_its_lines_as_csv(browser: &Browser, count: usize, sum: i64) {
    let script = "const asked = new XMLHttpRequest();
        asked.open('GET', document.querySelector('a[download]').href, false);
        asked.send();
        return [asked.status, asked.getResponseHeader('content-disposition'), asked.responseText]";
    let got = browser.runs(script).await;
    assert_eq!(got[0], 200, "{got}");
    let name = got[1].as_str().expect("a name");
    let named = name.starts_with("attachment; filename=\"lines-partner_name-USD-");
    assert!(named, "{name}");
    let mut lines = got[2].as_str().expect("a text").lines();
    let head = lines.next().expect("a head");
    assert!(
        head.starts_with("booked_at,clickid,conversion,number,"),
        "{head}"
    );
    let place = head.split(',').position(|name| name == "amount");
    let place = place.expect("a column of amounts");
    // No field before the amount can hold a comma here.
    let amounts = lines.map(|line| cents(line.split(',').nth(place).expect("an amount")));
    let amounts: Vec<i64> = amounts.collect();
    assert_eq!((amounts.len(), amounts.iter().sum()), (count, sum));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_of_payouts_opens_to_lines_that_add_up_and_lead_to_their_story() {
    let console = with_two_sources().await;
    let browser = console
        .shows_to("viewer", &format!("{PAYOUTS}?span=all"))
        .await;
    let row = told(&console, &["payouts"])["rows"][0].clone();
    browser.follows("#payouts tbody a").await;
    assert_eq!(browser.heading().await, "Lines of money");
    let amounts = browser.texts("#lines td[data-label=amount]").await;
    assert_eq!(amounts.len().to_string(), row["entries"].to_string());
    let sum: i64 = amounts.iter().map(|it| cents(it)).sum();
    let part = |name: &str| cents(row[name].as_str().expect("an amount"));
    assert_eq!(sum, part("booked") + part("adjusted") + part("clawed_back"));
    let page = browser.text("main").await;
    for said in [
        "clawed back",
        "CPA 100.00 USD per ftd",
        "RevShare 25 % of",
        "held",
    ] {
        assert!(page.contains(said), "{said} in {page}");
    }
    browser.is_content_in_all_clothes().await;
    has_its_lines_as_csv(&browser, amounts.len(), sum).await;
    browser.follows("#lines td[data-label=click] a").await;
    let story = browser.text("main").await;
    assert!(story.contains("RevShare 25 %"), "{story}");
    browser.is_content().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn shares_that_cannot_be_balanced_as_asked_are_told_by_day() {
    let console = with_two_sources().await;
    // Days that split a month: shares cannot be balanced, so rows are days.
    let split = format!("{PAYOUTS}?span=7days&by=month");
    let browser = console.shows_to("viewer", &split).await;
    let page = browser.text("main").await;
    assert!(page.contains("balanced by whole months"), "{page}");
    is_told_by_day(&browser).await;
    browser.is_content_in_all_clothes().await;
}

/// The stretches of the page are days, as it says.
async fn is_told_by_day(browser: &Browser) {
    let stretches = browser.texts("#payouts td[data-label=day]").await;
    let is_day = |text: &String| text.len() == "2026-01-31".len();
    assert!(
        !stretches.is_empty() && stretches.iter().all(is_day),
        "{stretches:?}"
    );
}
