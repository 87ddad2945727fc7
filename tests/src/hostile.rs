//! What strangers can write where a click id or a sub id is, and what a page must make of it.

use crate::browser::Browser;

/// What a stranger can have booked: markup and quotes.
pub const MARKUP: &str = "\"><script>alert(1)</script>'&amp;{{7*7}}<!--";

/// What is not booked, but kept and shown: also what turns text around, and what cannot be seen.
pub const HOSTILE: &str =
    "\"><script>alert(1)</script>'&amp;{{7*7}}\u{202e}gnp.exe\u{200b}\u{1b}[2J";

/// Asserts that nothing of [`MARKUP`] and [`HOSTILE`] has become markup or is hidden, on a page that
/// shows one of them.
///
/// # Panics
/// When it has, or is.
pub async fn is_shown_as_text(browser: &Browser) {
    let page = browser.text("main").await;
    assert!(page.contains("<script>alert(1)</script>"), "{page}");
    hides_nothing(browser).await;
}

/// Asserts the same of a page that shows it as the value of a field, if at all.
///
/// # Panics
/// When something is hidden, or has become a script.
pub async fn hides_nothing(browser: &Browser) {
    let page = browser.text("body").await;
    for hidden in ['\u{202e}', '\u{200b}', '\u{1b}'] {
        assert!(!page.contains(hidden), "{page}");
    }
    runs_our_script_alone(browser).await;
}

/// Asserts that [`HOSTILE`] is there with what cannot be seen in it named.
///
/// # Panics
/// When it is not.
pub async fn names_what_is_hidden(browser: &Browser) {
    is_shown_as_text(browser).await;
    let page = browser.text("main").await;
    for name in ["⟨U+202E⟩", "⟨U+200B⟩", "⟨U+001B⟩"] {
        assert!(page.contains(name), "{name}: {page}");
    }
}

/// Asserts that the page has one script, which is ours.
///
/// # Panics
/// When it has another one.
pub async fn runs_our_script_alone(browser: &Browser) {
    let scripts = browser.runs("return document.scripts.length").await;
    assert_eq!(scripts, 1, "ours alone");
}
