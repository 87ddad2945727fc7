//! *Reports* in a real browser: their figures are those of the command line, on the page, in the
//! picture and in the CSV; each cent leads to its story.
//!
//! Run once: the pages stand on a listener of the backend, which no Envoy is in front of.

use postern_tests::browser::Browser;
use postern_tests::console::Console;
use postern_tests::partner::PARTNER;
use postern_tests::two_sources::{FORMULAS, with_two_sources};
use serde_json::{Value, json};

const FUNNEL: &str = "/console/reports/funnel";
const SOURCES: &str = "/console/reports/sources";
const PAYOUTS: &str = "/console/reports/payouts";

/// The steps of the funnel's table, as JSON names them.
const STEPS: [&str; 11] = [
    "clicks",
    "registrations",
    "leads",
    "ftds",
    "ftds",
    "redeposits",
    "cashouts",
    "rejects",
    "pending",
    "flagged",
    "taken_back",
];

/// A report of the command line as JSON.
fn told(console: &Console, report: &[&str]) -> Value {
    let arguments = [&["report"], report, &["--format", "json"]].concat();
    serde_json::from_str(&console.gate.runs(&arguments)).expect("JSON")
}

/// Asserts that the CSV the page links to is the command line's, and gives it.
async fn has_the_csv_of(browser: &Browser, console: &Console, report: &[&str]) -> String {
    let script = "const asked = new XMLHttpRequest();
        asked.open('GET', document.querySelector('a[download]').href, false);
        asked.send();
        const head = (name) => asked.getResponseHeader(name);
        return [asked.status, head('content-type'), head('content-disposition'), asked.responseText]";
    let got = browser.runs(script).await;
    assert_eq!(got[0], 200, "{got}");
    assert_eq!(got[1], "text/csv; charset=utf-8");
    let kept = got[2].as_str().expect("a name");
    assert!(kept.starts_with("attachment; filename="), "{kept}");
    let csv = got[3].as_str().expect("a text").trim_end().to_owned();
    let arguments = [&["report"], report, &["--format", "csv"]].concat();
    assert_eq!(csv, console.gate.runs(&arguments).trim_end());
    csv
}

/// A figure without the commas between its thousands.
fn plain(figure: &str) -> String {
    figure.replace(',', "")
}

/// Cents of an amount in dollars.
fn cents(amount: &str) -> i64 {
    let digits = plain(amount).trim_end_matches(" USD").replace('.', "");
    digits.parse().expect("an amount")
}

/// Asserts that nothing strangers wrote became markup.
async fn runs_no_strangers_script(browser: &Browser) {
    let scripts = browser.runs("return document.scripts.length").await;
    assert_eq!(scripts, 1, "ours alone");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_funnel_is_that_of_the_command_line_on_the_page_and_in_the_picture() {
    let console = with_two_sources().await;
    let page = format!("{FUNNEL}?span=all&by=source");
    let browser = console.shows_to("viewer", &page).await;
    let total = told(&console, &["funnel", "--by", "source"])["total"].clone();
    let counts = browser.texts("#steps td:nth-child(2)").await;
    let counts: Vec<String> = counts.iter().map(|it| plain(it)).collect();
    assert_eq!(counts, STEPS.map(|name| total[name].to_string()));
    let least = [
        ("clicks", 500),
        ("registrations", 20),
        ("flagged", 1),
        ("taken_back", 1),
    ];
    for (name, least) in least {
        assert!(total[name].as_u64() >= Some(least), "{name}: {total}");
    }
    assert_eq!(browser.text("#deposits").await, "1,050.00 USD");
    assert_eq!(total["deposits"][0]["amount"], "1050.00");
    let described = "return document.querySelector('svg desc').textContent";
    let described = browser.runs(described).await;
    let described = described.as_str().expect("a description");
    for (name, label) in [("clicks", "clicks"), ("ftds", "first deposits")] {
        let said = format!("{} {label}", total[name]);
        assert!(described.contains(&said), "{described}");
    }
    browser.is_content_in_all_clothes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_strangers_wrote_is_text_on_the_page_and_no_formula_in_the_csv() {
    let console = with_two_sources().await;
    let page = format!("{FUNNEL}?span=all&by=source");
    let browser = console.shows_to("viewer", &page).await;
    let csv = has_the_csv_of(&browser, &console, &["funnel", "--by", "source"]).await;
    for formula in FORMULAS {
        assert!(csv.contains(&format!("'{formula}")), "{csv}");
        for before in ["\n", ","] {
            assert!(!csv.contains(&format!("{before}{formula}")), "{csv}");
        }
    }
    let groups = browser.text("#groups").await;
    assert!(groups.contains("<script>alert(1)</script>"), "{groups}");
    runs_no_strangers_script(&browser).await;
    browser
        .goes_to(&console.url(&format!("{SOURCES}?span=all")))
        .await;
    let sources = browser.text("#sources").await;
    assert!(sources.contains("<script>alert(1)</script>"), "{sources}");
    runs_no_strangers_script(&browser).await;
    browser.is_content().await;
}

/// Asserts that each advice and its reason are the report's.
async fn advises_as_told(browser: &Browser, rows: &[Value]) {
    let of = |name| {
        rows.iter()
            .map(move |row| row[name].as_str().unwrap_or_default())
    };
    let advice = browser.texts("#sources .advice .chip").await;
    let words: Vec<String> = of("recommendation")
        .map(|it| it.replace('_', " "))
        .collect();
    assert_eq!(advice, words);
    for wanted in ["scale", "cut", "too early"] {
        assert!(
            advice.iter().any(|it| it == wanted),
            "{wanted} in {advice:?}"
        );
    }
    let reasons = browser.texts("#sources .reason").await;
    assert_eq!(reasons, of("reason").collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn sources_come_with_their_interval_the_thresholds_and_an_advice_with_its_reason() {
    let console = with_two_sources().await;
    let browser = console
        .shows_to("viewer", &format!("{SOURCES}?span=all"))
        .await;
    let sources = told(&console, &["sources"]);
    let rows = sources["rows"].as_array().expect("rows");
    advises_as_told(&browser, rows).await;
    let titles =
        "return [...document.querySelectorAll('td.plot title')].map((it) => it.textContent)";
    let pictures = browser.runs(titles).await;
    let pictures = pictures.as_array().expect("pictures");
    let known: Vec<&Value> = rows.iter().filter(|row| !row["roi"].is_null()).collect();
    assert_eq!(pictures.len(), known.len());
    for (row, picture) in known.iter().zip(pictures) {
        for part in ["value", "low", "high"] {
            let percent = row["roi"][part].as_f64().expect("a ratio") * 100.0;
            let said = format!("{percent:.1} %");
            assert!(
                picture.as_str().expect("a title").contains(&said),
                "{picture} {row}"
            );
        }
    }
    let lines = "return ['.cut-line', '.scale-line'].map((it) => document.querySelectorAll('td.plot ' + it).length)";
    assert_eq!(browser.runs(lines).await, json!([known.len(), known.len()]));
    has_the_csv_of(&browser, &console, &["sources"]).await;
    browser.is_content_in_all_clothes().await;

    // In another currency, by rates that are named.
    browser
        .goes_to(&console.url(&format!("{SOURCES}?span=all&in=EUR")))
        .await;
    let page = browser.text("main").await;
    assert!(
        page.contains("ROI is in EUR, by the rates that hold on"),
        "{page}"
    );
    has_the_csv_of(&browser, &console, &["sources", "--in", "EUR"]).await;
    browser.is_content().await;
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
    browser.follows("#lines td[data-label=click] a").await;
    let story = browser.text("main").await;
    assert!(story.contains("RevShare 25 %"), "{story}");
    browser.is_content().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_period_a_partner_and_groups_are_picked_without_script() {
    let console = with_two_sources().await;
    let browser = console.shows_to("viewer", "/console/reports").await;
    assert_eq!(browser.path().await, FUNNEL);
    // All of it was in May 2024: this month has nothing.
    assert_eq!(browser.text("#steps td:nth-child(2)").await, "0");
    browser.follows("button[value=all]").await;
    assert!(browser.path().await.contains("span=all"));
    assert_ne!(browser.text("#steps td:nth-child(2)").await, "0");
    browser.is_content().await;

    let days = "from=2024-05-01&to=2024-05-31";
    let picked = format!("{FUNNEL}?{days}&by=day&then=geo&partner={PARTNER}");
    browser.goes_to(&console.url(&picked)).await;
    let last = "#groups tbody tr:last-child td";
    let group = browser.texts(last).await;
    assert_eq!(group[..2], ["DE", "2024-05-29"], "{group:?}");
    browser.follows("main form .primary").await;
    assert_eq!(
        browser.texts(last).await,
        group,
        "the form asks the same again"
    );
    let report = ["funnel", "--by", "day,geo", "--partner", PARTNER];
    let days = ["--from", "2024-05-01", "--to", "2024-05-31"];
    has_the_csv_of(&browser, &console, &[&report[..], &days].concat()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_shown_as_asked_is_said() {
    let console = with_two_sources().await;
    // Days that split a month: shares cannot be balanced, so rows are days.
    let split = format!("{PAYOUTS}?span=7days&by=month");
    let browser = console.shows_to("viewer", &split).await;
    let page = browser.text("main").await;
    assert!(page.contains("balanced by whole months"), "{page}");
    is_told_by_day(&browser).await;
    browser.is_content_in_all_clothes().await;
    let wrong = format!("{FUNNEL}?span=year&moon=1");
    browser.goes_to(&console.url(&wrong)).await;
    let page = browser.text("main").await;
    assert!(page.contains("span") && page.contains("moon"), "{page}");
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

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_logged_in_gets_no_report_and_no_file() {
    let console = Console::open().await;
    let browser = Browser::open().await;
    let csv = [FUNNEL, SOURCES, PAYOUTS].map(|path| format!("{path}.csv"));
    let lines = format!("{PAYOUTS}/lines");
    for path in csv.iter().map(String::as_str).chain([FUNNEL, &lines]) {
        browser.goes_to(&console.url(path)).await;
        let led = browser.path().await;
        assert!(led.starts_with("/console/login"), "{path}: {led}");
    }
}
