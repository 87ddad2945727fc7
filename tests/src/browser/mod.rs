//! A real browser for stories about the console: headless Chromium, driven over WebDriver.
//!
//! A story opens a [`Browser`], goes through pages as a person would, and ends with
//! [`Browser::is_content`]: nothing was written to the console, the content security policy refused
//! nothing, and axe finds nothing that keeps somebody out.

mod driver;
mod axe;

use std::path::Path;

use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::{Client, Locator};
use serde_json::{Value, json};

use crate::waiting::eventually;
use driver::{Driver, GetLog, SetMedia};

/// A window as at a desk.
pub const DESK: (u32, u32) = (1280, 900);

/// The content of a window as on a small phone.
pub const PHONE: (u32, u32) = (360, 740);

/// A headless Chromium with a profile of its own.
pub struct Browser {
    client: Client,
    /// Ends the browser when the story does, however that ends.
    _driver: Driver,
}

impl Browser {
    /// Opens one.
    ///
    /// # Panics
    /// When Chromium or its driver is missing or does not start; `tools/test` installs both.
    pub async fn open() -> Self {
        let mut driver = Driver::start();
        let client = driver.session().await;
        let browser = Self {
            client,
            _driver: driver,
        };
        browser.has_size(DESK).await;
        browser
    }

    /// The WebDriver client, for what stands nowhere below.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Goes to a page.
    pub async fn goes_to(&self, url: &str) {
        let went = self.client.goto(url).await;
        went.unwrap_or_else(|error| panic!("{url}: {error}"));
    }

    /// Path and query of the page that is shown.
    pub async fn path(&self) -> String {
        let url = self.client.current_url().await.expect("a page");
        let query = url.query().map(|query| format!("?{query}"));
        format!("{}{}", url.path(), query.unwrap_or_default())
    }

    /// The page's heading.
    pub async fn heading(&self) -> String {
        self.text("h1").await
    }

    /// What one sees of the first element that fits.
    pub async fn text(&self, css: &str) -> String {
        steadily(css, async || self.element(css).await.text().await).await
    }

    /// What one sees of each element that fits.
    pub async fn texts(&self, css: &str) -> Vec<String> {
        steadily(css, async || {
            let mut texts = Vec::new();
            for element in self.client.find_all(Locator::Css(css)).await? {
                texts.push(element.text().await?);
            }
            Ok(texts)
        })
        .await
    }

    /// The first element that fits.
    ///
    /// # Panics
    /// When there is none; the page is shown then.
    pub async fn element(&self, css: &str) -> Element {
        match self.client.find(Locator::Css(css)).await {
            Ok(element) => element,
            Err(error) => {
                let page = self.client.source().await.unwrap_or_default();
                panic!("no {css}: {error}\n{page}");
            }
        }
    }

    /// Whether anything fits.
    pub async fn shows(&self, css: &str) -> bool {
        self.client.find(Locator::Css(css)).await.is_ok()
    }

    /// Clicks on the first element that fits.
    pub async fn clicks(&self, css: &str) {
        steadily(css, async || self.element(css).await.click().await).await;
    }

    /// Clicks on what leads to another page, and waits until that is there.
    pub async fn follows(&self, css: &str) {
        self.runs("window.leaving = true").await;
        self.clicks(css).await;
        eventually("another page is shown", async || {
            let is_new = "return document.readyState === 'complete' && !window.leaving";
            // Between two pages there is none to ask.
            let asked = self.client.execute(is_new, Vec::new()).await;
            (asked.ok() == Some(Value::Bool(true))).then_some(())
        })
        .await;
    }

    /// Writes into a field what stands there then.
    pub async fn fills(&self, css: &str, text: &str) {
        let field = self.element(css).await;
        field.clear().await.expect("a field");
        field.send_keys(text).await.expect("a field");
    }

    /// Presses a key, wherever the page's focus is.
    pub async fn presses(&self, key: &str) {
        let focused = self.client.active_element().await.expect("a page");
        focused.send_keys(key).await.expect("a key");
    }

    /// Runs a script in the page and gives what it returns.
    pub async fn runs(&self, script: &str) -> Value {
        let ran = self.client.execute(script, Vec::new()).await;
        ran.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Gives the window's content this size.
    pub async fn has_size(&self, (width, height): (u32, u32)) {
        let asked = self.client.set_window_size(width, height).await;
        asked.expect("a window");
        // A headless window is no narrower than 500; a phone's is emulated.
        let metrics = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500,
        });
        let set = SetMedia("Emulation.setDeviceMetricsOverride", metrics);
        self.client.issue_cmd(set).await.expect("a size");
    }

    /// Has the system prefer dark colours, or light ones.
    pub async fn prefers(&self, scheme: &str) {
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        let set = SetMedia("Emulation.setEmulatedMedia", features);
        self.client.issue_cmd(set).await.expect("a medium");
    }

    /// The page's colour behind everything.
    pub async fn ground(&self) -> String {
        let color = self.runs("return getComputedStyle(document.body).backgroundColor");
        color.await.as_str().unwrap_or_default().to_owned()
    }

    /// Asserts that the page need not be scrolled sideways.
    pub async fn fits_its_width(&self) {
        let widths =
            "const page = document.documentElement; return [page.scrollWidth, page.clientWidth]";
        let widths = self.runs(widths).await;
        let path = self.path().await;
        assert!(
            widths[0].as_f64() <= widths[1].as_f64(),
            "{path} is {} wide in a window of {}",
            widths[0],
            widths[1]
        );
    }

    /// What was written to the browser's console since the last time: errors of scripts, requests that
    /// failed, breaches of the content security policy.
    pub async fn complaints(&self) -> Vec<String> {
        let log = self.client.issue_cmd(GetLog).await.expect("a log");
        let entries = log.as_array().cloned().unwrap_or_default();
        let loud = entries
            .iter()
            .filter(|entry| entry["level"] != "DEBUG" && entry["level"] != "INFO");
        loud.map(|entry| entry["message"].to_string()).collect()
    }

    /// Asserts that the browser has nothing to complain of: nothing in its console, no breach of the
    /// policy, nothing that axe finds, no need to scroll sideways.
    pub async fn is_content(&self) {
        let complaints = self.complaints().await;
        let path = self.path().await;
        assert!(complaints.is_empty(), "{path}: {complaints:#?}");
        self.fits_its_width().await;
        let found = axe::violations(&self.client).await;
        assert!(found.is_empty(), "{path}: {found:#?}");
    }

    /// The same in both colours and on a phone; afterwards as it was.
    pub async fn is_content_in_all_clothes(&self) {
        for size in [PHONE, DESK] {
            self.has_size(size).await;
            for theme in ["dark", "light"] {
                self.wears(theme).await;
                self.is_content().await;
            }
        }
        self.wears("system").await;
    }

    /// Gives the page the colours a person could choose.
    pub async fn wears(&self, theme: &str) {
        let wear = format!("document.documentElement.dataset.theme = '{theme}'");
        self.runs(&wear).await;
    }

    /// Keeps a picture of the page.
    pub async fn pictures(&self, path: &Path) {
        let picture = self.client.screenshot().await.expect("a picture");
        std::fs::write(path, picture).expect("a place for it");
    }

    /// Waits until a script in the page returns true; `what` says what was awaited.
    pub async fn waits_until(&self, what: &str, script: &str) {
        eventually(what, async || {
            let asked = self.client.execute(script, Vec::new()).await;
            (asked.ok() == Some(Value::Bool(true))).then_some(())
        })
        .await;
    }
}

/// Does what is done with elements of a page that may put others in their place meanwhile, as the feed
/// of *Now* does with its figures: then it is done with those.
async fn steadily<T>(css: &str, with_elements: impl AsyncFn() -> Result<T, CmdError>) -> T {
    let what = format!("{css} stays long enough");
    eventually(&what, async || match with_elements().await {
        Err(error) if error.is_stale_element_reference() => None,
        done => Some(done.unwrap_or_else(|error| panic!("{css}: {error}"))),
    })
    .await
}
