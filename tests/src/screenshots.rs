//! Each page of the console as a picture, so that the pictures in docs/ stay true.
//!
//! A real gate takes the demo's sort of traffic, a real Chromium looks at what came of it. A page is
//! added by a line in [`PAGES`] or [`REPORTS`].

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::browser::{Browser, DESK, PHONE};
use crate::console::Console;
use crate::event::Event;
use crate::partner::SECRET;
use crate::postback::{forged, get, raw, registration};
use crate::programs::root;
use crate::signing::hmac_hex;
use crate::two_sources::with_two_plain_sources;
use crate::waiting::eventually;

/// A page: what its pictures are called, and its path.
type Page = (&'static str, &'static str);

/// Each page. `{delivery}` is an ftd with its payout, `{flag}` a flag that waits, `{answered}` one that
/// does not any more.
const PAGES: &[Page] = &[
    ("login", "/console/login"),
    ("now", "/console/now"),
    ("deliveries", "/console/deliveries"),
    ("delivery", "/console/deliveries/{delivery}"),
    ("review", "/console/review"),
    ("flag", "/console/review/{flag}"),
    ("answered", "/console/review/{answered}"),
    ("audit", "/console/audit"),
    ("partners", "/console/partners"),
    ("partner", "/console/partners/partner_name"),
    ("onboarding", "/console/partners/partner_name/onboarding"),
    ("doctor", "/console/partners/partner_name/doctor"),
    ("account", "/console/account"),
    ("people", "/console/people"),
];

/// The same, of a month with two sources.
const REPORTS: &[Page] = &[
    ("funnel", "/console/reports/funnel?span=all&by=source"),
    ("sources", "/console/reports/sources?span=all"),
    ("payouts", "/console/reports/payouts?span=all"),
    (
        "lines",
        "/console/reports/payouts/lines?partner=partner_name&currency=USD",
    ),
];

/// Each page is taken in each of these windows …
const WINDOWS: [(&str, (u32, u32)); 2] = [("desk", DESK), ("phone", PHONE)];

/// … and in each of these colours.
const THEMES: [&str; 2] = ["light", "dark"];

/// A list on a phone goes on and on; what comes behind so many pixels looks like what stands before.
const LONGEST: u32 = 2_600;

/// What the partner is paid, so that there is money to be seen.
const TERMS: &str = "[[partner.terms]]\nfrom = 2024-01-01\n[partner.terms.cpa]\nftd = \"100.00 USD\"\n[partner.terms.revshare]\npercent = \"25\"\ncarry_over = true\n";

/// The names of all pictures that are taken.
#[must_use]
pub fn names() -> Vec<String> {
    let pages = PAGES.iter().chain(REPORTS);
    let each = pages.flat_map(|(name, _)| {
        let sizes = WINDOWS.iter();
        sizes.flat_map(move |(size, _)| THEMES.map(|theme| picture(name, size, theme)))
    });
    each.collect()
}

/// The file that says what the pictures were taken of.
pub const TAKEN_OF: &str = "taken-of.sha256";

/// What the pages are made of: a digest over templates, style sheet and script. What changes one of these
/// may change a page.
///
/// # Panics
/// When they cannot be read.
#[must_use]
pub fn made_of() -> String {
    let backend = root().join("backend");
    let mut files = files_below(&backend.join("templates"));
    files.extend(files_below(&backend.join("src/console/assets")));
    let is_code = |path: &Path| path.extension().is_some_and(|it| it == "rs");
    // A partner's self-check is a file of its own and no page.
    files.retain(|path| !is_code(path) && !path.ends_with("certificate.html"));
    files.sort();
    assert!(files.len() > 30, "these are not all: {files:?}");
    let mut digest = Sha256::new();
    for path in files {
        let name = path.strip_prefix(&backend).expect("it is below");
        let content = fs::read(&path).expect("it can be read");
        digest.update(format!("{} {}\n", name.display(), content.len()));
        digest.update(content);
    }
    let bytes = digest.finalize();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let each = paths.flat_map(|path| match path.is_dir() {
        true => files_below(&path),
        false => vec![path],
    });
    each.collect()
}

/// What a picture is called.
fn picture(name: &str, size: &str, theme: &str) -> String {
    format!("{name}-{size}-{theme}.png")
}

/// Takes all pictures into a folder.
///
/// # Panics
/// When a page does not show what its picture is about.
pub async fn take_all(folder: &Path) {
    let console = Console::open().await;
    let partners = console.gate.folder().join("partners.toml");
    let partners = std::fs::read_to_string(partners).expect("the stand has written it");
    console.gate.applies(&format!("{partners}\n{TERMS}")).await;
    console.token_for("vera", "viewer").await;
    let story = traffic(&console).await;
    take(&console, PAGES, &story, folder).await;
    let reports = with_two_plain_sources().await;
    take(&reports, REPORTS, &Story::default(), folder).await;
    fs::write(folder.join(TAKEN_OF), made_of() + "\n").expect("a place for it");
}

/// What the names in braces mean.
#[derive(Default)]
struct Story {
    delivery: String,
    flag: String,
    answered: String,
}

impl Story {
    fn path(&self, path: &str) -> String {
        path.replace("{delivery}", &self.delivery)
            .replace("{flag}", &self.flag)
            .replace("{answered}", &self.answered)
    }
}

/// Takes the pictures of pages.
async fn take(console: &Console, pages: &[Page], story: &Story, folder: &Path) {
    let browser = Browser::open().await;
    for (name, path) in pages {
        let path = story.path(path);
        browser.goes_to(&console.url(&path)).await;
        if browser.shows("#token").await && *name != "login" {
            console.lets_in(&browser, console.token(), &path).await;
        }
        assert!(!browser.shows(".mistakes").await, "{path} is a mistake");
        if *name == "doctor" {
            ask_the_doctor(&browser).await;
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

/// Has a request looked at whose text was signed with a line end behind it.
async fn ask_the_doctor(browser: &Browser) {
    let event = Event::registration("click-1").token("timestamp", "1717000000000");
    let query = event.sorted().parameters();
    let sign = hmac_hex(SECRET, format!("{query}\n"));
    let request = format!("https://postbacks.example.com/v1/event?{query}&sign={sign}");
    browser.fills("#request", &request).await;
    browser.fills("#secret", SECRET).await;
    browser.follows("main form button").await;
}

async fn in_each_dress(browser: &Browser, name: &str, folder: &Path) {
    for (size, window) in WINDOWS {
        browser.has_size(window).await;
        for theme in THEMES {
            browser.wears(theme).await;
            let file = folder.join(picture(name, size, theme));
            browser.pictures(&file, LONGEST).await;
        }
    }
    browser.has_size(DESK).await;
}

/// Some of each kind.
async fn traffic(console: &Console) -> Story {
    let gate = &console.gate;
    for number in 1..=12 {
        gate.send(&registration(&format!("click-{number}"))).await;
        if number % 3 == 0 {
            let clickid = format!("click-{number}");
            let amount = format!("{}.50", 20 + number);
            gate.send(&get(&Event::ftd(&clickid).text("amount", &amount)))
                .await;
        }
    }
    for number in 1..=3 {
        gate.send(&registration(&format!("nobody-knows-{number}")))
            .await;
        gate.send(&forged("click-1")).await;
    }
    let macro_left = Event::ftd("click-40").text("amount", "{amount}");
    gate.send(&raw(&macro_left)).await;
    gate.send(&raw(&Event::registration("click-41").text("status", "done")))
        .await;
    story(console).await
}

/// What has a page of its own: a test, a first deposit, a flag that waits and one that is answered.
async fn story(console: &Console) -> Story {
    let gate = &console.gate;
    let test = Event::ftd("test-1").token("test", "1");
    gate.send(&raw(&test)).await.recorded("accepted");
    let ftd = Event::ftd("abc123def456").text("transaction_id", "T-1048");
    let booked = gate.send(&raw(&ftd)).await;
    gate.send(&raw(&ftd)).await.recorded("duplicate");
    let mut flags = Vec::new();
    for name in ["somebody", "another"] {
        let flagged = gate.send(&raw(&Event::ftd(name))).await;
        flagged.recorded("flagged");
        flags.push(format!("{}/unknown_click", flagged.text("id")));
    }
    let note = "The account was moved; agreed by mail.";
    gate.runs(&[
        "review", "approve", &flags[1], "--name", "ada", "--note", note,
    ]);
    Story {
        delivery: booked.text("id"),
        flag: flags[0].clone(),
        answered: flags[1].clone(),
    }
}
