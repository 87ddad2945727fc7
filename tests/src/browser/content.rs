//! Whether a browser and those who use it have anything to complain of on a page.

use std::fmt::Write as _;

use super::driver::GetLog;
use super::{Browser, DESK, PHONE, axe};

/// Opens what is closed, marks it, and says whether there was any.
const OPEN_ALL: &str = "const closed = document.querySelectorAll('details:not([open])');
    for (const it of closed) { it.open = true; it.dataset.wasClosed = ''; }
    return closed.length > 0";

const CLOSE_AGAIN: &str = "for (const it of document.querySelectorAll('[data-was-closed]')) {
    it.open = false; delete it.dataset.wasClosed; }";

impl Browser {
    /// What was written to the browser's console since the last time: errors of scripts, requests that
    /// failed, breaches of the content security policy.
    ///
    /// # Panics
    /// When the browser does not tell.
    pub async fn complaints(&self) -> Vec<String> {
        let log = self.client.issue_cmd(GetLog).await.expect("a log");
        let entries = log.as_array().cloned().unwrap_or_default();
        let loud = entries
            .iter()
            .filter(|entry| entry["level"] != "DEBUG" && entry["level"] != "INFO");
        loud.map(|entry| entry["message"].to_string()).collect()
    }

    /// Asserts that the browser complains of this status and of nothing else.
    ///
    /// # Panics
    /// When it complains of more, or of nothing.
    pub async fn complains_only_of(&self, status: u16) {
        let complaints = self.complaints().await;
        let said = format!("responded with a status of {status}");
        let is_all = complaints.iter().all(|it| it.contains(&said));
        assert!(
            is_all && !complaints.is_empty(),
            "{status}: {complaints:#?}"
        );
    }

    /// What is wrong with the page that is shown: what the browser's console says since the last time,
    /// what axe finds, and whether the page must be scrolled sideways.
    pub async fn faults(&self) -> Vec<String> {
        let mut faults = self.complaints().await;
        let widths =
            "const page = document.documentElement; return [page.scrollWidth, page.clientWidth]";
        let widths = self.runs(widths).await;
        if widths[0].as_f64() > widths[1].as_f64() {
            faults.push(format!("{} wide in a window of {}", widths[0], widths[1]));
        }
        let found = axe::violations(&self.client).await;
        faults.extend(found.iter().map(|it| format!("{it:#}")));
        faults
    }

    /// Asserts that the page has no [`faults`](Self::faults).
    ///
    /// # Panics
    /// With all of them.
    pub async fn is_content(&self) {
        let faults = self.faults().await;
        if !faults.is_empty() {
            let mut told = self.path().await;
            for fault in faults {
                let _ = write!(told, "\n{fault}");
            }
            panic!("{told}");
        }
    }

    /// The same in both colours and on a phone, as it is and with all that can be opened; afterwards as it
    /// was.
    pub async fn is_content_in_all_clothes(&self) {
        for size in [PHONE, DESK] {
            self.has_size(size).await;
            for theme in ["dark", "light"] {
                self.wears(theme).await;
                self.is_content().await;
                if self.runs(OPEN_ALL).await == true {
                    self.is_content().await;
                    self.runs(CLOSE_AGAIN).await;
                }
            }
        }
        self.wears("system").await;
    }

    /// Gives the page the colours a person could choose.
    pub async fn wears(&self, theme: &str) {
        let wear = format!("document.documentElement.dataset.theme = '{theme}'");
        self.runs(&wear).await;
    }
}
