//! A real browser for stories about the console: headless Chromium, driven over WebDriver.
//!
//! A story opens a [`Browser`], goes through pages as a person would, and ends with
//! [`Browser::is_content`]: nothing was written to the console, the content security policy refused
//! nothing, and axe finds nothing that keeps somebody out.

mod driver;
mod axe;
mod content;
mod keys;

pub use keys::{ENTER, TAB};

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::{Client, Locator};
use serde_json::{Value, json};

use crate::waiting::eventually;
use driver::{Chromium, Driver};

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
        self.leaves(async || self.clicks(css).await).await;
    }

    /// Does what leads to another page, and waits until that is there.
    async fn leaves(&self, leads_on: impl AsyncFnOnce()) {
        self.runs("window.leaving = true").await;
        leads_on().await;
        eventually("another page is shown", async || {
            let is_new = "return document.readyState === 'complete' && !window.leaving";
            // Between two pages there is none to ask.
            let asked = self.client.execute(is_new, Vec::new()).await;
            (asked.ok() == Some(Value::Bool(true))).then_some(())
        })
        .await;
    }

    /// Chooses in a field that offers several values.
    pub async fn chooses(&self, css: &str, value: &str) {
        let field = self.element(css).await;
        let chosen = field.select_by_value(value).await;
        chosen.unwrap_or_else(|error| panic!("{css} has no {value}: {error}"));
    }

    /// What stands in a field.
    pub async fn value(&self, css: &str) -> String {
        let value = self.element(css).await.prop("value").await;
        value.expect("a page").expect("a field")
    }

    /// Writes into a field what stands there then.
    pub async fn fills(&self, css: &str, text: &str) {
        let field = self.element(css).await;
        field.clear().await.expect("a field");
        field.send_keys(text).await.expect("a field");
    }

    /// Runs a script in the page and gives what it returns.
    pub async fn runs(&self, script: &str) -> Value {
        let ran = self.client.execute(script, Vec::new()).await;
        ran.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Runs no script of any page from now on, as where JavaScript is turned off. What a story asks of a
    /// page is asked all the same.
    pub async fn runs_no_scripts(&self) {
        let off = Chromium(
            "Emulation.setScriptExecutionDisabled",
            json!({"value": true}),
        );
        self.client.issue_cmd(off).await.expect("a setting");
    }

    /// Gives the window's content this size.
    pub async fn has_size(&self, (width, height): (u32, u32)) {
        let asked = self.client.set_window_size(width, height).await;
        asked.expect("a window");
        // A headless window is no narrower than 500; a phone's is emulated.
        let metrics = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500,
        });
        let set = Chromium("Emulation.setDeviceMetricsOverride", metrics);
        self.client.issue_cmd(set).await.expect("a size");
    }

    /// Has the system prefer dark colours, or light ones.
    pub async fn prefers(&self, scheme: &str) {
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        let set = Chromium("Emulation.setEmulatedMedia", features);
        self.client.issue_cmd(set).await.expect("a medium");
    }

    /// The page's colour behind everything.
    pub async fn ground(&self) -> String {
        let color = self.runs("return getComputedStyle(document.body).backgroundColor");
        color.await.as_str().unwrap_or_default().to_owned()
    }

    /// Keeps a picture of the page as wide as the window and as long as the page, up to so many pixels.
    ///
    /// # Panics
    /// When Chromium takes none.
    pub async fn pictures(&self, path: &Path, longest: u32) {
        let size =
            "const page = document.documentElement; return [page.clientWidth, page.scrollHeight]";
        let size = self.runs(size).await;
        let length = size[1].as_u64().expect("a length").min(longest.into());
        let whole = json!({
            "format": "png",
            "captureBeyondViewport": true,
            "clip": {"x": 0, "y": 0, "width": size[0], "height": length, "scale": 1},
        });
        let taken = Chromium("Page.captureScreenshot", whole);
        let taken = self.client.issue_cmd(taken).await.expect("a picture");
        let picture = STANDARD.decode(taken["data"].as_str().expect("a picture"));
        std::fs::write(path, picture.expect("Base64")).expect("a place for it");
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
