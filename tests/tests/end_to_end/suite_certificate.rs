//! The page that `postern send --suite` leaves, opened as the file it is in a real browser.
//!
//! Run once: what a file shows is the same on any Envoy; `suite.rs` has what is written into it.

use std::path::Path;

use postern_tests::browser::{Browser, DESK, PHONE};
use postern_tests::gate::Gate;
use postern_tests::partner::{PARTNER, SECRET};

/// Runs the suite with this secret and leaves its page.
fn leaves(gate: &Gate, secret: &str, page: &Path) -> Option<i32> {
    let url = format!("http://{}/v1/event", gate.http_addr());
    let page = page.to_string_lossy();
    let send = ["send", &url, "--suite", "--source", PARTNER];
    let with = ["--secret", secret, "--certificate", &page];
    let (code, _) = gate.tries(&[send.as_slice(), &with].concat());
    code
}

/// Opens a page by its file, and asserts that it is whole in both colours and on a phone.
async fn is_whole(browser: &Browser, page: &Path) {
    browser.goes_to(&format!("file://{}", page.display())).await;
    let mut grounds = Vec::new();
    for size in [PHONE, DESK] {
        browser.has_size(size).await;
        for scheme in ["dark", "light"] {
            browser.prefers(scheme).await;
            browser.is_content().await;
            grounds.push(browser.ground().await);
        }
    }
    assert_ne!(grounds[0], grounds[1], "its colours are the system's");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_a_suite_that_passed_and_of_one_that_did_not_are_whole() {
    let gate = Gate::open().await;
    let browser = Browser::open().await;
    for (secret, code, verdict, rows) in [
        (SECRET, Some(0), "✓ Passed", "td.good"),
        ("not-the-secret-at-all", Some(1), "✗ Not passed", "td.bad"),
    ] {
        let page = gate.folder().join(format!("{}.html", &verdict[4..]));
        assert_eq!(leaves(&gate, secret, &page), code);
        is_whole(&browser, &page).await;
        assert!(browser.text(".verdict").await.starts_with(verdict));
        let steps = browser.texts("tbody tr").await;
        assert!(steps.len() > 10, "{steps:#?}");
        assert_eq!(browser.texts(rows).await.len(), steps.len());
    }
}
