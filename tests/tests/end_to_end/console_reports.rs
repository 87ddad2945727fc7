//! The funnel and the sources of *Reports* in a real browser: their figures are those of the command
//! line, on the page, in the picture and in the CSV.
//!
//! Run once: the pages stand on a listener of the backend, which no Envoy is in front of.

use postern_tests::browser::Browser;
use postern_tests::console::Console;
use postern_tests::hostile::is_shown_as_text;
use postern_tests::partner::PARTNER;
use postern_tests::reports::{has_the_csv_of, plain, told};
use postern_tests::two_sources::{FORMULAS, HOSTILE, with_two_sources};
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
    assert_eq!(browser.text("#deposits").await, "1,100.00 USD");
    assert_eq!(total["deposits"][0]["amount"], "1100.00");
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
    is_shown_as_text(&browser).await;
    browser
        .goes_to(&console.url(&format!("{SOURCES}?span=all")))
        .await;
    let sources = browser.text("#sources").await;
    assert!(sources.contains("<script>alert(1)</script>"), "{sources}");
    is_shown_as_text(&browser).await;
    browser.is_content().await;

    let lines = format!("{PAYOUTS}/lines?partner={PARTNER}&currency=USD");
    browser.goes_to(&console.url(&lines)).await;
    let clicks = browser.texts("#lines td[data-label=click]").await;
    let odd = clicks.iter().filter(|it| **it == format!("{HOSTILE}-1"));
    assert_eq!(odd.count(), 2, "CPA and its share: {clicks:#?}");
    is_shown_as_text(&browser).await;
    browser.is_content_in_all_clothes().await;
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

/// At a desk the whole table is seen.
async fn no_column_is_cut_off(browser: &Browser) {
    let room = "const box = document.querySelector('#sources').parentElement;
        return [box.scrollWidth, box.clientWidth]";
    let room = browser.runs(room).await;
    assert!(room[0].as_u64() <= room[1].as_u64(), "{room}");
}

/// Two clicks say so little that their interval reaches to tens of thousands of percent: it goes on
/// beyond the scale, and those that are judged are told apart on it.
async fn the_scale_is_that_of_the_sources_that_are_judged(browser: &Browser) {
    let ticks = browser.texts("#sources th svg text").await;
    let last: f64 = ticks.last().expect("a tick").parse().expect("percent");
    assert!(last <= 1_000.0, "{ticks:?}");
    let goes_on = "return document.querySelectorAll('td.plot .goes-on').length";
    assert!(browser.runs(goes_on).await.as_u64() >= Some(4));
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
    no_column_is_cut_off(&browser).await;
    the_scale_is_that_of_the_sources_that_are_judged(&browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sources_in_another_currency_name_the_rates() {
    let console = with_two_sources().await;
    let page = format!("{SOURCES}?span=all&in=EUR");
    let browser = console.shows_to("viewer", &page).await;
    let page = browser.text("main").await;
    assert!(
        page.contains("ROI is in EUR, by the rates that hold on"),
        "{page}"
    );
    has_the_csv_of(&browser, &console, &["sources", "--in", "EUR"]).await;
    browser.is_content().await;
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
