//! How texts are shown. Click ids, sub ids and reasons come from strangers: markup in them is text,
//! and what would not be seen, or would make other text seem to be somewhere else, is shown by name.

use std::fmt::{self, Write};

use askama::filters::{Escaper, Safe};

/// Escapes every text that a template shows (`askama.toml`).
///
/// What cannot be seen is shown as `⟨U+202E⟩`: control characters, line ends too, and what turns the
/// direction of text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Visible;

impl Escaper for Visible {
    fn write_escaped_str<W: Write>(&self, mut to: W, text: &str) -> fmt::Result {
        text.chars().try_for_each(|c| write_visible(&mut to, c))
    }
}

/// A text of several lines, for a `<pre>`: line ends and tabs stay.
pub(super) fn lines(text: &str) -> Safe<String> {
    escaped(text, |to, c| match c {
        '\n' | '\t' => to.write_char(c),
        c => write_visible(to, c),
    })
}

/// A text as it is, for the value of a field: what is sent back must be what was shown. Inside a
/// `<textarea>` it stands behind a line end of its own, as browsers leave the first one out.
pub(super) fn exact(text: &str) -> Safe<String> {
    escaped(text, |to, c| match c {
        // By number, browsers would read these as characters of Windows-1252.
        '\u{80}'..='\u{9f}' => to.write_char(c),
        c if is_hidden(c) => write!(to, "&#{};", u32::from(c)),
        c => write_visible(to, c),
    })
}

fn escaped(text: &str, write: impl Fn(&mut String, char) -> fmt::Result) -> Safe<String> {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        // Writing into a String cannot fail.
        let _ = write(&mut html, c);
    }
    Safe(html)
}

fn write_visible(to: &mut impl Write, c: char) -> fmt::Result {
    match c {
        '<' => to.write_str("&lt;"),
        '>' => to.write_str("&gt;"),
        '&' => to.write_str("&amp;"),
        '"' => to.write_str("&quot;"),
        '\'' => to.write_str("&#39;"),
        c if is_hidden(c) => write!(to, "⟨U+{:04X}⟩", u32::from(c)),
        c => to.write_char(c),
    }
}

/// Whether a character cannot be seen, or turns the direction of others.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visible(text: &str) -> String {
        let mut shown = String::new();
        Visible.write_escaped_str(&mut shown, text).expect("text");
        shown
    }

    #[test]
    fn markup_is_text() {
        let shown = visible(r#"<script>alert("&'")</script>"#);
        assert_eq!(
            shown,
            "&lt;script&gt;alert(&quot;&amp;&#39;&quot;)&lt;/script&gt;"
        );
    }

    #[test]
    fn what_cannot_be_seen_is_named() {
        assert_eq!(visible("a\u{202e}b\0c\nd"), "a⟨U+202E⟩b⟨U+0000⟩c⟨U+000A⟩d");
        assert_eq!(
            visible("\u{200b}\u{feff}\u{e0041}"),
            "⟨U+200B⟩⟨U+FEFF⟩⟨U+E0041⟩"
        );
        // What can be seen stays, in any script.
        assert_eq!(visible("żółć 東京 שלום"), "żółć 東京 שלום");
    }

    #[test]
    fn a_raw_request_keeps_its_lines() {
        assert_eq!(lines("a\r\n\tb<\u{1b}").0, "a⟨U+000D⟩\n\tb&lt;⟨U+001B⟩");
    }

    #[test]
    fn a_field_holds_what_was_sent() {
        assert_eq!(exact("a\u{202e}\"<\n").0, "a&#8238;&quot;&lt;&#10;");
        assert_eq!(exact("\u{80}\u{9f}").0, "\u{80}\u{9f}");
    }
}
