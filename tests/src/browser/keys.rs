//! A keyboard: a person who uses no mouse gets everywhere with it.

use super::Browser;

/// The key that goes on to what can be used next.
pub const TAB: &str = "\u{e004}";

/// The same backwards: with Shift held down.
const BACK: &str = "\u{e008}\u{e004}";

/// The key that follows a link, presses a button, sends a form.
pub const ENTER: &str = "\u{e007}";

/// Whoever has to press Tab more often than this has been led astray.
const FAR: usize = 60;

impl Browser {
    /// Presses a key, or one behind the other, wherever the page's focus is.
    ///
    /// # Panics
    /// When there is no page.
    pub async fn presses(&self, key: &str) {
        let focused = self.client.active_element().await.expect("a page");
        focused.send_keys(key).await.expect("a key");
    }

    /// Presses a key that leads to another page, and waits until that is there.
    pub async fn follows_by(&self, key: &str) {
        self.leaves(async || self.presses(key).await).await;
    }

    /// Goes on with Tab until this has the focus.
    ///
    /// # Panics
    /// When it is not reached.
    pub async fn tabs_to(&self, css: &str) {
        self.walks_to(css, TAB).await;
    }

    /// Goes back with Shift and Tab until this has the focus.
    ///
    /// # Panics
    /// When it is not reached.
    pub async fn tabs_back_to(&self, css: &str) {
        self.walks_to(css, BACK).await;
    }

    async fn walks_to(&self, css: &str, key: &str) {
        for _ in 0..FAR {
            if self.has_focus(css).await {
                return;
            }
            self.presses(key).await;
        }
        panic!("{css} is not reached by Tab");
    }

    /// Whether the first element that fits has the focus.
    pub async fn has_focus(&self, css: &str) -> bool {
        let script = "return document.activeElement === document.querySelector(arguments[0])";
        let asked = self.client.execute(script, vec![css.into()]).await;
        asked.expect("a page") == true
    }

    /// Opens an answer to a flag by its key, writes a note above its button and gives it: with keys alone.
    ///
    /// # Panics
    /// When a key does not lead where it should.
    pub async fn answers(&self, key: &str, note: &str) {
        let answer = format!("details[data-key={key}]");
        self.presses(key).await;
        let button = format!("{answer} button");
        assert!(self.has_focus(&button).await, "{key} leads to the button");
        if !note.is_empty() {
            self.tabs_back_to(&format!("{answer} textarea")).await;
            self.presses(note).await;
            self.tabs_to(&button).await;
        }
        self.follows_by(ENTER).await;
    }
}
