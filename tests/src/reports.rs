//! What the command line says of a report, to hold the console's pages against.

use serde_json::Value;

use crate::browser::Browser;
use crate::console::Console;

/// A report of the command line as JSON.
///
/// # Panics
/// When it gives none.
#[must_use]
pub fn told(console: &Console, report: &[&str]) -> Value {
    let arguments = [&["report"], report, &["--format", "json"]].concat();
    serde_json::from_str(&console.gate.runs(&arguments)).expect("JSON")
}

/// Asserts that the CSV the page links to is the command line's, and gives it.
///
/// # Panics
/// When it is not.
pub async fn has_the_csv_of(browser: &Browser, console: &Console, report: &[&str]) -> String {
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
#[must_use]
pub fn plain(figure: &str) -> String {
    figure.replace(',', "")
}
