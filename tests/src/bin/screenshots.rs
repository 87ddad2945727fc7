//! `make screenshots`: each page of the console as a picture, so that the pictures in docs/ stay true.
//!
//! A real gate takes the demo's sort of traffic, a real Chromium looks at what came of it. A page is
//! added by a line in [`PAGES`] or [`REPORTS`].

use std::path::{Path, PathBuf};

use postern_tests::browser::{Browser, DESK, PHONE};
use postern_tests::console::Console;
use postern_tests::event::Event;
use postern_tests::message::Message;
use postern_tests::partner::{PARTNER, SECRET};
use postern_tests::postback::{forged, get, registration};
use postern_tests::signing::hmac_hex;
use postern_tests::two_sources::with_two_sources;
use postern_tests::waiting::eventually;

/// Each page: what its pictures are called, and its path. `{delivery}` is an ftd with its payout.
const PAGES: &[(&str, &str)] = &[
    ("login", "/console/login"),
    ("now", "/console/now"),
    ("deliveries", "/console/deliveries"),
    ("delivery", "/console/deliveries/{delivery}"),
    ("review", "/console/review"),
    ("partners", "/console/partners"),
    ("onboarding", "/console/partners/partner_name/onboarding"),
];

/// The same, of a month with two sources.
const REPORTS: &[(&str, &str)] = &[
    ("funnel", "/console/reports/funnel?span=all&by=source"),
    ("sources", "/console/reports/sources?span=all"),
    ("payouts", "/console/reports/payouts?span=all"),
];

/// What the partner is paid, so that there is money to be seen.
const TERMS: &str = "[[partner.terms]]\nfrom = 2024-01-01\n[partner.terms.cpa]\nftd = \"100.00 USD\"\n[partner.terms.revshare]\npercent = \"25\"\ncarry_over = true\n";

#[tokio::main]
async fn main() {
    let folder = std::env::var_os("SCREENSHOTS_OUT").unwrap_or_else(|| "docs/screenshots".into());
    let folder = PathBuf::from(folder);
    std::fs::create_dir_all(&folder).expect("a place for pictures");
    let console = Console::open().await;
    let partners = console.gate.folder().join("partners.toml");
    let partners = std::fs::read_to_string(partners).expect("the stand has written it");
    console.gate.applies(&format!("{partners}\n{TERMS}")).await;
    let delivery = traffic(&console).await;
    take(&console, PAGES, &delivery, &folder).await;
    take(&with_two_sources().await, REPORTS, "", &folder).await;
}

/// Takes the pictures of pages; `delivery` is what they mean by `{delivery}`.
async fn take(console: &Console, pages: &[(&str, &str)], delivery: &str, folder: &Path) {
    let browser = Browser::open().await;
    for (name, path) in pages {
        let path = path.replace("{delivery}", delivery);
        browser.goes_to(&console.url(&path)).await;
        if browser.shows("#token").await && *name != "login" {
            console.lets_in(&browser, console.token(), &path).await;
        }
        eventually("the page is at rest", async || {
            let is_live = !browser.shows("[data-live-state]").await
                || browser.text("[data-live-state]").await == "live";
            is_live.then_some(())
        })
        .await;
        in_each_dress(&browser, name, folder).await;
    }
}

async fn in_each_dress(browser: &Browser, name: &str, folder: &Path) {
    for (size, window) in [("desk", DESK), ("phone", PHONE)] {
        browser.has_size(window).await;
        for theme in ["light", "dark"] {
            browser.wears(theme).await;
            let file = folder.join(format!("{name}-{size}-{theme}.png"));
            browser.pictures(&file).await;
            println!("{}", file.display());
        }
    }
    browser.has_size(DESK).await;
}

/// Some of each kind. Gives the id of a first deposit.
async fn traffic(console: &Console) -> String {
    let gate = &console.gate;
    for number in 1..=30 {
        gate.send(&registration(&format!("click-{number}"))).await;
        if number % 3 == 0 {
            let clickid = format!("click-{number}");
            let amount = format!("{}.50", 20 + number);
            gate.send(&get(&Event::ftd(&clickid).text("amount", &amount)))
                .await;
        }
    }
    for number in 1..=4 {
        gate.send(&registration(&format!("nobody-knows-{number}")))
            .await;
        gate.send(&forged("click-1")).await;
    }
    let macro_left = Event::ftd("click-40").text("amount", "{amount}");
    gate.send(&raw(&macro_left)).await;
    gate.send(&raw(&Event::registration("click-41").text("status", "done")))
        .await;
    let ftd = Event::ftd("abc123def456").text("transaction_id", "T-1048");
    let answer = gate.send(&raw(&ftd)).await;
    gate.send(&raw(&ftd)).await.recorded("duplicate");
    answer.text("id")
}

fn raw(event: &Event) -> Message {
    let body = event.json();
    Message::new("POST", "/v1/event")
        .header("content-type", "application/json")
        .source(PARTNER)
        .sign(&hmac_hex(SECRET, &body))
        .body(body)
}
